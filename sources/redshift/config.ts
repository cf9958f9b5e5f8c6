import { z } from "zod";
import { maxConcurrentStatements, needlessSecretKey, secretKeyArn, secretName, sourceTimeZone } from "../keys";

/** The keys of `lookout:sources.<name>` for a Redshift cluster or a Redshift Serverless workgroup. */
export const redshiftSchema = z
    .strictObject({
        type: z.literal("redshift"),
        /**
         * Name or ARN of a secret in Secrets Manager: a JSON object with `username` and `password`, and with `dbClusterIdentifier`
         * and `db` unless `cluster` or `workgroup`, and `database`, are given here. Without it temporary credentials are used.
         */
        secret: secretName.optional(),
        secretKeyArn,
        /** Identifier of a provisioned cluster; beside `secret` it takes the place of the secret's `dbClusterIdentifier`. */
        cluster: z
            .string()
            .regex(/^(?!.*--)[a-z][a-z0-9-]{0,61}[a-z0-9]$|^[a-z]$/, {
                error: "is not a cluster identifier; expected 1 to 63 lower-case letters, digits and single hyphens",
            })
            .optional(),
        /** Name of a Redshift Serverless workgroup, instead of `cluster`. */
        workgroup: z
            .string()
            .regex(/^[a-z0-9-]{3,64}$/, {
                error: "is not a workgroup name; expected 3 to 64 lower-case letters, digits and hyphens",
            })
            .optional(),
        /** Name of the database; beside `secret` it takes the place of the secret's `db`. */
        database: z.string().min(1).max(127).optional(),
        /**
         * Database user that temporary credentials are made for; provisioned clusters without `secret` only.
         * Default: a user named for the extractor's role (`IAMR:<role>`).
         */
        dbUser: z.string().min(1).max(128).optional(),
        /**
         * ARN of a role that is attached to the database already and may write into the bucket, or a chain of them joined by commas.
         * Default: a role of the program's own, which it attaches and takes away again.
         */
        unloadRoleArn: z
            .string()
            .regex(/^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+(,arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+)*$/, {
                error: "is not the ARN of a role, or several joined by commas; expected such as arn:aws:iam::123456789012:role/unload",
            })
            .optional(),
        sourceTimeZone,
        maxConcurrentStatements,
    })
    .superRefine((config, context) => {
        for (const { path, message } of findConflicts(config)) {
            context.addIssue({ code: "custom", path: [path], message });
        }
    });

export type RedshiftConfig = z.output<typeof redshiftSchema>;

/** Which database is meant: the role that UNLOAD assumes is attached to another one when this changes. */
export function redshiftDatabase({ secret, cluster, workgroup }: RedshiftConfig): string {
    return JSON.stringify([secret, cluster, workgroup]);
}

type Connection = Partial<
    Pick<RedshiftConfig, "secret" | "secretKeyArn" | "cluster" | "workgroup" | "database" | "dbUser" | "unloadRoleArn">
>;

function findConflicts({
    secret,
    secretKeyArn,
    cluster,
    workgroup,
    database,
    dbUser,
}: Connection): { path: string; message: string }[] {
    const conflicts: { path: string; message: string }[] = [];
    if (secret === undefined && cluster === undefined && workgroup === undefined) {
        conflicts.push({
            path: "secret",
            message: "is missing; expected secret, or cluster or workgroup together with database",
        });
    }
    if (secret === undefined && secretKeyArn !== undefined) {
        conflicts.push({ path: "secretKeyArn", message: needlessSecretKey });
    }
    if (secret === undefined && (cluster ?? workgroup) !== undefined && database === undefined) {
        conflicts.push({
            path: "database",
            message: "is missing; expected the database's name, since there is no secret",
        });
    }
    if (cluster !== undefined && workgroup !== undefined) {
        conflicts.push({ path: "workgroup", message: "is given beside cluster; expected one of the two" });
    }
    if (dbUser !== undefined && (secret ?? workgroup) !== undefined) {
        conflicts.push({
            path: "dbUser",
            message: `is given beside ${secret === undefined ? "workgroup" : "secret"}, which decides the user; expected neither or no dbUser`,
        });
    }
    return conflicts;
}
