import { z } from "zod";
import { maxConcurrentStatements, sourceTimeZone } from "../keys";

const database = z.string().regex(/^[\p{L}\p{N}_.-]{1,255}$/u, {
    error: "is not the name of a database in the Glue catalogue; expected letters, digits, _, - and . such as sales",
});

/** A place in S3 that ends in a slash or is a whole bucket, so that it never means more than a folder. */
const dataLocation = z.string().regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/([^*?]*\/)?$/, {
    error: "is not a folder in S3; expected s3://<bucket>/<path>/ with a slash at its end",
});

const keyArn = z.string().regex(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/, {
    error: "is not the ARN of a KMS key; expected such as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-…",
});

/** The keys of `lookout:sources.<name>` for a data lake that Amazon Athena queries. */
export const athenaSchema = z
    .strictObject({
        type: z.literal("athena"),
        /** Database in which the query's tables are looked for when it names none. */
        database,
        /** Further databases that the query reads from. */
        databases: z.array(database).default([]),
        /** Name of the data catalogue, as Athena lists it. */
        catalog: z
            .string()
            .regex(/^[\w@/-]{1,256}$/, {
                error: "is not the name of a data catalogue; expected such as AwsDataCatalog",
            })
            .default("AwsDataCatalog"),
        /** Workgroup that the queries run in; it must not override the result location that a query asks for. */
        workgroup: z
            .string()
            .regex(/^[a-zA-Z0-9._-]{1,128}$/, {
                error: "is not the name of a workgroup; expected letters, digits, ., _ and - such as primary",
            })
            .default("primary"),
        /** Folders in S3 where the tables' files lie: what the extractor may read. Needed unless `lakeFormation` hands out access. */
        dataLocations: z.array(dataLocation).default([]),
        /** ARNs of the KMS keys that those files are encrypted with. */
        dataKeys: z.array(keyArn).default([]),
        /** Whether Lake Formation decides what may be read; the extractor's role is then granted there. */
        lakeFormation: z.boolean().default(false),
        sourceTimeZone,
        maxConcurrentStatements,
    })
    .superRefine(({ dataLocations, lakeFormation }, context) => {
        if (dataLocations.length === 0 && !lakeFormation) {
            context.addIssue({
                code: "custom",
                path: ["dataLocations"],
                message:
                    "is missing; expected the folders in S3 where the tables' files lie, such as s3://lake/orders/, or lakeFormation: true",
            });
        }
    });

export type AthenaConfig = z.output<typeof athenaSchema>;
