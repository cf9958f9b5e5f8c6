import { z } from "zod";
import { serverKeys } from "../server/keys";

/** SQL Server on RDS signs nobody in by IAM: a secret is the way. */
const {
    secret,
    user: _user,
    resourceId: _resourceId,
    endpoints: _endpoints,
    ...keys
} = serverKeys({ secretName: "sqlserver-lookout", hostName: "shop.abc123.eu-west-1.rds.amazonaws.com" });

/** The keys of `lookout:sources.<name>` for Microsoft SQL Server: on RDS, in Azure, or anywhere else. */
export const sqlserverSchema = z.strictObject({
    type: z.literal("sqlserver"),
    /** Name or ARN of a secret in Secrets Manager: `username` and `password`, and `host`, `port` and `dbname` unless they are given here. */
    secret: secret.unwrap().meta({ examples: ["sqlserver-lookout"] }),
    ...keys,
    /** Whether the query runs under snapshot isolation, which the database has to allow: it then waits for no writer. */
    snapshot: z.boolean({ error: "is not a truth value; expected true or false" }).default(false),
});

export type SqlserverConfig = z.output<typeof sqlserverSchema>;
