import { z } from "zod";
import { maxConcurrentStatements, secretKeyArn, secretName, sourceTimeZone } from "../keys";

/** One part of a name: plain, or anything between double quotes. */
const namePart = String.raw`([A-Za-z_][\w$]*|"([^"]|"")+")`;

/** A name of so many parts at most, as Snowflake's SQL writes it. */
const objectName = (parts: number, what: string, example: string) =>
    z.string().regex(new RegExp(`^${namePart}(\\.${namePart}){0,${parts - 1}}$`), {
        error: `is not the name of ${what}; expected such as ${example}, in double quotes where it has other characters than letters, digits, _ and $`,
    });

/** The keys of `lookout:sources.<name>` for a Snowflake account. */
export const snowflakeSchema = z
    .strictObject({
        type: z.literal("snowflake"),
        /** Account identifier: `<organisation>-<account>`, or the locator with its region, such as `xy12345.eu-central-1`. */
        account: z.string().regex(/^[A-Za-z0-9_]+(-[A-Za-z0-9_]+)?(\.[A-Za-z0-9-]+){0,3}$/, {
            error: "is not an account identifier; expected <organisation>-<account>, or a locator with its region such as xy12345.eu-central-1, without snowflakecomputing.com",
        }),
        /** Name of the host, where it does not follow from the account: a private link, or a proxy. */
        host: z
            .string()
            .regex(/^[a-z0-9][a-z0-9.-]{0,251}[a-z0-9]$/, {
                error: "is not the name of a host; expected such as myorg-shop.privatelink.snowflakecomputing.com, without protocol and path",
            })
            .optional(),
        /**
         * Name or ARN of a secret in Secrets Manager: a JSON object with `username`, `privateKey` (PEM, PKCS#8) and, where the key is
         * encrypted, `passphrase`.
         */
        secret: secretName,
        secretKeyArn,
        /** Role that statements run with. Default: the user's own. */
        role: objectName(1, "a role", "LOOKOUT").optional(),
        /** Warehouse that does the work. Default: the user's own. */
        warehouse: objectName(1, "a warehouse", "LOOKOUT_WH").optional(),
        /** Database in which the query's tables are looked for when it names none. Default: the user's own. */
        database: objectName(1, "a database", "SALES").optional(),
        /** Schema in which they are looked for. Default: the user's own. */
        schema: objectName(1, "a schema", "PUBLIC").optional(),
        /** Storage integration by which Snowflake writes into the stack's bucket. */
        storageIntegration: objectName(1, "a storage integration", "LOOKOUT").optional(),
        /** Instead: an external stage whose URL is the stack's bucket itself, `s3://<bucket>/`. */
        stage: objectName(3, "a stage", "SALES.PUBLIC.LOOKOUT").optional(),
        /** Seconds after which Snowflake stops a statement, 60 to 86400. */
        statementTimeoutSeconds: z.int().min(60).max(86_400).default(3600),
        sourceTimeZone,
        maxConcurrentStatements,
    })
    .superRefine(({ storageIntegration, stage }, context) => {
        if ((storageIntegration === undefined) === (stage === undefined)) {
            context.addIssue({
                code: "custom",
                path: ["storageIntegration"],
                message:
                    stage === undefined
                        ? "is missing; expected the storage integration by which Snowflake writes into the bucket, or a stage"
                        : "is given beside stage; expected one of the two",
            });
        }
    });

export type SnowflakeConfig = z.output<typeof snowflakeSchema>;
