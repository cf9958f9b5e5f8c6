import { z } from "zod";
import { endpointConflicts, endpoints } from "./endpoints";
import {
    compression,
    maxConcurrentStatements,
    needlessSecretKey,
    secretKeyArn,
    secretName as secretKey,
    sourceTimeZone,
} from "../keys";

/*
 * The keys of databases that are reached by host and port, and whose rows a function streams: declared once for all of them. The messages
 * are clauses that follow the value found.
 */

/** Whether a text is the name or the address of a server, and nothing beside it. */
export function isHostName(text: string): boolean {
    return /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(text);
}

/** The keys of `lookout:sources.<name>` for a database server; `secretName` and `hostName` are examples for messages. */
export const serverKeys = ({ secretName, hostName }: { readonly secretName: string; readonly hostName: string }) => ({
    /**
     * Name or ARN of a secret in Secrets Manager: a JSON object with `username` and `password`, and with `host`, `port` and `dbname`
     * unless they are given here. Without it the function signs in by IAM as `user`.
     */
    secret: secretKey.meta({ examples: [secretName] }).optional(),
    secretKeyArn,
    /** Name of the server as its certificate has it; beside `secret` it takes the place of the secret's `host`. */
    host: z
        .string()
        .refine(isHostName, {
            error: `is not the name of a host; expected such as ${hostName}, without protocol and port`,
        })
        .meta({ examples: [hostName] })
        .optional(),
    /** Port of the server, 1 to 65535; beside `secret` it takes the place of the secret's `port`. Default: the database's usual one. */
    port: z
        .int({ error: "is not a port; expected a whole number from 1 to 65535" })
        .min(1, { error: "is not a port; expected a whole number from 1 to 65535" })
        .max(65_535, { error: "is not a port; expected a whole number from 1 to 65535" })
        .optional(),
    /** Name of the database; beside `secret` it takes the place of the secret's `dbname`. */
    database: z.string().min(1).max(63).optional(),
    /** Database user that the function signs in as by IAM, instead of `secret`. */
    user: z.string().min(1).max(63).optional(),
    /** Resource id of the instance or the cluster, for signing in by IAM: narrows the permission to it. Default: any of the account. */
    resourceId: z
        .string()
        .regex(/^(db|cluster|prx)-[A-Za-z0-9]{1,64}$/, {
            error: "is not the resource id of a database; expected such as db-ABCDEFGHIJKLMNOPQRSTUVWXYZ or cluster-…",
        })
        .optional(),
    /** Certificates, PEM, of the authority that vouches for the server. Default: those of Amazon RDS and the public ones. */
    certificateAuthority: z
        .string()
        .regex(/^\s*-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$/, {
            error: "is not a certificate; expected PEM text that begins with -----BEGIN CERTIFICATE-----",
        })
        .optional(),
    /** Subnets of the database's network that the function runs in; they need a way to S3 and Secrets Manager: `endpoints`. Default: no network of its own. */
    subnetIds: z
        .array(
            z.string().regex(/^subnet-[0-9a-f]{8,17}$/, {
                error: "is not the id of a subnet; expected such as subnet-0123456789abcdef0",
            }),
        )
        .min(1)
        .max(16)
        .optional(),
    /** Security groups of the function, which the database's own lets in. Needed with `subnetIds`. */
    securityGroupIds: z
        .array(
            z.string().regex(/^sg-[0-9a-f]{8,17}$/, {
                error: "is not the id of a security group; expected such as sg-0123456789abcdef0",
            }),
        )
        .min(1)
        .max(5)
        .optional(),
    /** Ways to S3 and Secrets Manager that the program makes in the subnets' VPC. Default: none, the subnets have them. */
    endpoints,
    compression,
    sourceTimeZone,
    maxConcurrentStatements,
});

/** The keys, validated. */
export type ServerKeys = z.output<z.ZodObject<ReturnType<typeof serverKeys>>>;

/** What is wrong with keys that are each valid, but do not go together: for `superRefine`. */
export function checkServer(config: ServerKeys, context: z.RefinementCtx): void {
    for (const { key, message } of findConflicts(config)) {
        context.addIssue({ code: "custom", path: [key], message });
    }
    for (const { path, message } of endpointConflicts(config)) {
        context.addIssue({ code: "custom", path: [...path], message });
    }
}

function findConflicts(config: ServerKeys): { key: string; message: string }[] {
    const { secret, secretKeyArn, host, database, user, subnetIds, securityGroupIds } = config;
    const conflicts: { key: string; message: string }[] = [];
    const conflict = (key: string, message: string): number => conflicts.push({ key, message });
    if (secret === undefined && user === undefined) {
        conflict("secret", "is missing; expected secret, or user to sign in by IAM, together with host and database");
    }
    if (secret === undefined && secretKeyArn !== undefined) conflict("secretKeyArn", needlessSecretKey);
    if (secret === undefined && user !== undefined) {
        if (host === undefined) conflict("host", "is missing; expected the server's name, since there is no secret");
        if (database === undefined) {
            conflict("database", "is missing; expected the database's name, since there is no secret");
        }
    }
    if (secret !== undefined && user !== undefined) {
        conflict("user", "is given beside secret, which decides the user; expected one of the two");
    }
    if ((subnetIds === undefined) !== (securityGroupIds === undefined)) {
        const [present, missing] =
            subnetIds === undefined ? ["securityGroupIds", "subnetIds"] : ["subnetIds", "securityGroupIds"];
        conflict(missing, `is missing; expected it beside ${present}`);
    }
    return conflicts;
}
