import { z } from "zod";
import { kmsKeyArns, maxConcurrentStatements, sourceTimeZone } from "../keys";
import { templateProblem } from "./pathTemplate";

export { fixedPrefix } from "./pathTemplate";

/** `s3://bucket/prefix/`, in which keys in double braces stand for the time of the rows below: `s3://lake/orders/{{yyyyMMdd}}/`. */
const path = z
    .string()
    .regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[^{]/, {
        error: "is not a place in S3 with a prefix before its first key; expected such as s3://my-lake/orders/{{yyyyMMdd}}/",
    })
    .superRefine((text, context) => {
        const message = templateProblem(text);
        if (message !== undefined) context.addIssue({ code: "custom", message });
    });

const duration = z
    .string()
    .regex(/^P(\d+D)?(T(\d+H)?(\d+M)?)?$/, { error: "is not a duration; expected such as PT1H" });

const tableSchema = z.strictObject({
    path,
    /** Where the rows of a backfill lie, when not under `path`. */
    historyPath: path.optional(),
    /** How objects are written; `.gz` at the end of a key means that it is packed. */
    format: z.enum(["CSV", "JSON", "PARQUET"], {
        error: "is no format; expected CSV, JSON (one value a line) or PARQUET",
    }),
    /** Character between the fields of CSV. */
    delimiter: z.string().length(1).default(","),
    /** How much later than its own time a row may lie by the path's keys, ISO 8601 up to days: an object per hour of arrival holds older rows. */
    arrival: duration.default("PT0M"),
});

export type TableConfig = z.output<typeof tableSchema>;

const keys = z.strictObject({
    type: z.literal("s3"),
    /** Tables by their names, which queries select from. */
    tables: z
        .record(
            z
                .string()
                .regex(/^[A-Za-z_]\w{0,62}$/, { error: "is not a name for a table; expected letters, digits and _" }),
            tableSchema,
        )
        .refine((tables) => Object.keys(tables).length > 0, { error: "names no table" }),
    /** Role that the function assumes to read the objects, such as one of the account that owns them. */
    roleArn: z
        .string()
        .regex(/^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/, { error: "is not the ARN of a role" })
        .optional(),
    /** What the role's trust policy asks for as `sts:ExternalId`, where it does. */
    externalId: z
        .string()
        .regex(/^[\w+=,.@:/-]{2,1224}$/, {
            error: "is no external id; expected 2 to 1,224 letters, digits or _+=,.@:/-",
        })
        .optional(),
    kmsKeyArns,
    sourceTimeZone,
    maxConcurrentStatements,
    /** How the rows are stored. */
    compression: z.enum(["NONE", "GZIP"]).default("NONE"),
});

/** The keys of `lookout:sources.<name>` for objects in S3. */
export const s3Schema = keys.refine(({ roleArn, externalId }) => externalId === undefined || roleArn !== undefined, {
    path: ["externalId"],
    error: "is given without roleArn; expected it beside the role whose trust policy asks for it",
});

export type S3Config = z.output<typeof s3Schema>;
