import { z } from "zod";
import { compression, maxConcurrentStatements, secretName, sourceTimeZone } from "../keys";

/** The keys of `lookout:sources.<name>` for Google BigQuery. */
export const bigquerySchema = z.strictObject({
    type: z.literal("bigquery"),
    /** Id of the Google Cloud project that queries run in and are billed to. */
    project: z
        .string({ error: "is not the id of a project; expected such as shop-analytics" })
        .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, {
            error: "is not the id of a project; expected 6 to 30 lower-case letters, digits and hyphens, the first a letter",
        })
        .meta({ examples: ["shop-analytics"] }),
    /** Where the data sets lie: a multi-region (`EU`, `US`) or a region. */
    location: z
        .string({ error: "is not a location; expected such as EU or europe-west1" })
        .regex(/^([A-Z]{2}|[a-z]+-[a-z]+\d{1,2})$/, { error: "is not a location; expected such as EU or europe-west1" })
        .meta({ examples: ["EU"] }),
    /** Name or ARN of a secret in Secrets Manager: the key file of a service account, JSON, as Google Cloud hands it out. */
    secret: secretName.meta({ examples: ["bigquery-lookout"] }),
    /** Data set in which table names without one are looked up. Default: names must be whole. */
    dataset: z
        .string()
        .regex(/^\w{1,1024}$/, { error: "is not the name of a data set; expected letters, digits and _" })
        .optional(),
    /** Most bytes that one query may scan, and so cost; a query that needs more fails before it begins. Default: no limit of its own. */
    maximumBytesBilled: z
        .int({ error: "is not a limit in bytes; expected a whole number of at least 10485760" })
        .min(10_485_760, { error: "is not a limit in bytes; expected a whole number of at least 10485760" })
        .optional(),
    compression,
    sourceTimeZone,
    maxConcurrentStatements,
});

export type BigqueryConfig = z.output<typeof bigquerySchema>;
