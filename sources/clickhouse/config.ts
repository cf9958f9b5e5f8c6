import { z } from "zod";
import { serverKeys } from "../server/keys";

/** ClickHouse knows users and passwords, no IAM. */
const {
    secret,
    user: _user,
    resourceId: _resourceId,
    endpoints: _endpoints,
    ...keys
} = serverKeys({ secretName: "clickhouse-lookout", hostName: "abc123.eu-west-1.aws.clickhouse.cloud" });

/** The keys of `lookout:sources.<name>` for ClickHouse, in ClickHouse Cloud or on servers of your own. Spoken to by HTTPS; the usual port is 8443. */
export const clickhouseSchema = z.strictObject({
    type: z.literal("clickhouse"),
    /** Name or ARN of a secret in Secrets Manager: `username` and `password`, and `host`, `port` and `dbname` unless they are given here. */
    secret: secret.unwrap().meta({ examples: ["clickhouse-lookout"] }),
    ...keys,
    /** Most bytes that one query may read; one that needs more fails. Default: the user's own limit. */
    maxBytesToRead: z
        .int({ error: "is not a number of bytes; expected a whole number such as 10000000000" })
        .min(1)
        .optional(),
});

export type ClickhouseConfig = z.output<typeof clickhouseSchema>;
