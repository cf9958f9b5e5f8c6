import { z } from "zod";
import { compression, maxConcurrentStatements, sourceTimeZone } from "../keys";

const name = (example: string) =>
    z
        .string({ error: `is not a name; expected such as ${example}` })
        .regex(/^[\w.-]{3,256}$/, { error: `is not a name; expected 3 to 256 letters, digits, ., - and _` })
        .meta({ examples: [example] });

/** The keys of `lookout:sources.<name>` for Amazon Timestream for LiveAnalytics. */
export const timestreamSchema = z.strictObject({
    type: z.literal("timestream"),
    /** Database that the query reads. */
    database: name("shop"),
    /** Tables of it that the query reads, 1 to 50: the function may select from no others. */
    tables: z
        .array(name("orders"))
        .min(1)
        .max(50)
        .meta({ examples: [["orders"]] }),
    /** Region of the database. Default: the stack's. */
    region: z
        .string()
        .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: "is not a region; expected such as eu-west-1" })
        .meta({ examples: ["eu-west-1"] })
        .optional(),
    compression,
    sourceTimeZone,
    maxConcurrentStatements,
});

export type TimestreamConfig = z.output<typeof timestreamSchema>;
