import { Signer } from "@aws-sdk/rds-signer";
import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type Problem, ConfigError, NotFoundError, QueryError, SourceBusyError } from "../../errors";
import type { ServerKeys } from "./keys";

/** Where a database is, and who signs in. The password is shown nowhere. */
export interface Login {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
    /** The secret's password, or a token that is good for 15 minutes. */
    readonly password: string;
    /** Whether `password` is such a token, which servers take in clear text and inside TLS only. */
    readonly isToken: boolean;
}

/** A source that is reached by host and port. */
export interface ServerSource {
    readonly name: string;
    readonly config: ServerKeys;
    /** Region of the database and of its secret: the function's own. */
    readonly region: string;
}

/** Makes a token with which a user signs in by IAM; a test puts its own in. */
export type SignToken = (login: Omit<Login, "password" | "isToken">, region: string) => Promise<string>;

const expectedKeys = "username, password, host, port and dbname";

/**
 * Who signs in where: what the configuration names, else what its secret does. The secret is read each time, so that a rotated password
 * needs no restart. Throws NotFoundError when there is no such secret, ConfigError when it lacks a key, SourceBusyError when Secrets
 * Manager could not be asked, QueryError when it refused.
 */
export async function findLogin(
    source: ServerSource,
    defaultPort: number,
    tools: { readonly secrets: SecretsManagerClient; readonly sign: SignToken },
): Promise<Login> {
    const { host, port, database, user, secret } = source.config;
    if (secret !== undefined)
        return fromSecret(source, secret, defaultPort, await readSecret(source, secret, tools.secrets));
    const login = { host: host ?? "", port: port ?? defaultPort, database: database ?? "", user: user ?? "" };
    try {
        return { ...login, password: await tools.sign(login, source.region), isToken: true };
    } catch (error) {
        throw sortFailure(error, source, `signing in as ${login.user} by IAM`);
    }
}

/** Signs with the credentials of the function's own role. */
export const signToken: SignToken = ({ host, port, user }, region) =>
    new Signer({ hostname: host, port, username: user, region }).getAuthToken();

type SecretValues = Readonly<Record<string, unknown>>;

function fromSecret(source: ServerSource, secret: string, defaultPort: number, values: SecretValues): Login {
    const { config } = source;
    const problems: Problem[] = [];
    const need = (key: string, override?: "host" | "database"): string => {
        const value = values[key];
        if (typeof value === "string" && value !== "") return value;
        problems.push(secretProblem(source, secret, `has no key "${key}"`, override));
        return "";
    };
    const port = config.port ?? values.port ?? defaultPort;
    const isPort = Number.isInteger(Number(port)) && Number(port) > 0 && Number(port) < 65_536;
    if (!isPort) problems.push(secretProblem(source, secret, `has a "port" that is none`));
    const login = {
        host: config.host ?? need("host", "host"),
        port: Number(port),
        database: config.database ?? need("dbname", "database"),
        user: need("username"),
        password: need("password"),
        isToken: false,
    };
    if (problems.length > 0) throw new ConfigError(problems, { source: source.name });
    return login;
}

async function readSecret(source: ServerSource, secret: string, secrets: SecretsManagerClient): Promise<SecretValues> {
    const text = await secretText(source, secret, secrets);
    try {
        const value: unknown = JSON.parse(text);
        if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as SecretValues;
    } catch {
        // The parser's own message would quote the secret; ours says enough.
    }
    throw new ConfigError([secretProblem(source, secret, "does not hold a JSON object")], { source: source.name });
}

async function secretText(source: ServerSource, secret: string, secrets: SecretsManagerClient): Promise<string> {
    try {
        const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secret }));
        return SecretString ?? "";
    } catch (error) {
        if (error instanceof Error && error.name === "ResourceNotFoundException") {
            throw new NotFoundError(
                `Source ${source.name}: there is no secret "${secret}" in Secrets Manager. Create it as a JSON object with ` +
                    `${expectedKeys}, or correct lookout:sources.${source.name}.secret.`,
                { source: source.name, cause: error },
            );
        }
        throw sortFailure(error, source, `reading the secret "${secret}"`);
    }
}

/** A service that is throttled, fails on its side or never answers may answer another time. */
function sortFailure(error: unknown, { name }: ServerSource, doing: string): SourceBusyError | QueryError {
    const { message, $metadata, code } = error as {
        message?: string;
        $metadata?: { httpStatusCode?: number };
        code?: unknown;
    };
    const text = `Source ${name}: ${doing} failed: ${(message ?? String(error)).trim().replace(/[.\s]*$/, ".")}`;
    const status = $metadata?.httpStatusCode ?? 0;
    const isNetwork = typeof code === "string" && /^(E[A-Z_]+|UND_ERR_\w+)$/.test(code);
    const isThrottled = error instanceof Error && /throttl|timeout|toomanyrequests/i.test(error.name);
    const context = { source: name, cause: error };
    return isNetwork || isThrottled || status === 429 || status >= 500
        ? new SourceBusyError(text, context)
        : new QueryError(text, context);
}

function secretProblem({ name }: ServerSource, secret: string, found: string, override?: string): Problem {
    const key = `lookout:sources.${name}`;
    const instead = override === undefined ? "" : `, or give ${key}.${override}`;
    return {
        key: `${key}.secret`,
        finding: `the secret "${secret}" ${found}; expected a JSON object with ${expectedKeys}`,
        fix: `correct the secret's value in Secrets Manager${instead}`,
    };
}
