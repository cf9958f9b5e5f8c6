import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ConfigError, NotFoundError } from "../../errors";
import type { RedshiftConfig } from "./config";
import type { About } from "../sql/about";
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
    const about = { source: source.name };
    const values =
        secret === undefined || (database !== undefined && (cluster ?? workgroup) !== undefined)
            ? {}
            : await readSecret(secret, about, secrets);
    const need = (key: "dbClusterIdentifier" | "db", override: string): string => {
        const value = values[key];
        if (typeof value !== "string" || value === "") {
            throw secretProblem(secret ?? "", about, `has no key "${key}"`, override);
        }
        return value;
    };
    const name = database ?? need("db", "database");
    return workgroup === undefined
        ? { cluster: cluster ?? need("dbClusterIdentifier", "cluster"), database: name }
        : { workgroup, database: name };
}

async function readSecret(
    secret: string,
    about: { source: string },
    secrets: SecretsManagerClient,
): Promise<Record<string, unknown>> {
    const text = await secretText(secret, about, secrets);
    try {
        const value: unknown = JSON.parse(text);
        if (typeof value === "object" && value !== null && !Array.isArray(value)) {
            return value as Record<string, unknown>;
        }
    } catch {
        // The parser's own message would quote the secret; ours says enough.
    }
    throw secretProblem(secret, about, "does not hold a JSON object");
}

async function secretText(secret: string, about: About, secrets: SecretsManagerClient): Promise<string> {
    try {
        const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secret }));
        return SecretString ?? "";
    } catch (error) {
        if (error instanceof Error && error.name === "ResourceNotFoundException") {
            throw new NotFoundError(
                `Source ${about.source}: there is no secret "${secret}" in Secrets Manager. Create it as a JSON object with ` +
                    `${expectedKeys}, or correct lookout:sources.${about.source}.secret.`,
                { ...about, cause: error },
            );
        }
        throw sortFailure(error, { ...about, doing: `reading the secret "${secret}"` });
    }
}

function secretProblem(secret: string, about: { source: string }, found: string, override?: string): ConfigError {
    const key = `lookout:sources.${about.source}`;
    const instead = override === undefined ? "" : `, or give ${key}.${override}`;
    return new ConfigError(
        [
            {
                key: `${key}.secret`,
                finding: `the secret "${secret}" ${found}; expected a JSON object with ${expectedKeys}`,
                fix: `correct the secret's value in Secrets Manager${instead}`,
            },
        ],
        about,
    );
}
