import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ConfigError } from "../../errors";
import { readSecret, secretProblem, type SourceSecret } from "../secret";
import type { RedshiftConfig } from "./config";
import { sortFailure } from "./failures";

/** Where the statements run: exactly one of cluster and workgroup, and the database. */
export type Database =
    | { readonly cluster: string; readonly workgroup?: undefined; readonly database: string }
    | { readonly cluster?: undefined; readonly workgroup: string; readonly database: string };

/** The secret's keys, as Redshift's own rotation writes them; user and password concern the Data API alone. */
const expectedKeys = "username, password, dbClusterIdentifier and db";

/**
 * Which database a source means: what its configuration names, else what its secret does. The secret is read only when it has to be,
 * and then each time, so that a change of it needs no restart.
 * Throws NotFoundError when there is no such secret, ConfigError when it lacks a key.
 */
export async function findDatabase(
    source: { name: string; config: RedshiftConfig },
    secrets: SecretsManagerClient,
): Promise<Database> {
    const { secret, cluster, workgroup, database } = source.config;
    const held: SourceSecret = { source: source.name, secret: secret ?? "", expectedKeys };
    const sort = (error: unknown, doing: string): Error => sortFailure(error, { source: source.name, doing });
    const isNamed = database !== undefined && (cluster ?? workgroup) !== undefined;
    const values = secret === undefined || isNamed ? {} : await readSecret(held, secrets, sort);
    const need = (key: "dbClusterIdentifier" | "db", override: string): string => {
        const value = values[key];
        if (typeof value === "string" && value !== "") return value;
        throw new ConfigError([secretProblem(held, `has no key "${key}"`, override)], { source: source.name });
    };
    const name = database ?? need("db", "database");
    return workgroup === undefined
        ? { cluster: cluster ?? need("dbClusterIdentifier", "cluster"), database: name }
        : { workgroup, database: name };
}
