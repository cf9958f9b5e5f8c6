import { Signer } from "@aws-sdk/rds-signer";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ConfigError, type Problem, QueryError, SourceBusyError } from "../../errors";
import { readSecret, secretProblem, type SourceSecret } from "../secret";
import { endSentence } from "../sql/about";
import { isTransient } from "../sql/transient";
import { isHostName, type ServerKeys } from "./keys";

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
    if (secret !== undefined) return fromSecret(source, secretOf(source, secret), defaultPort, tools.secrets);
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

const secretOf = ({ name }: ServerSource, secret: string): SourceSecret => ({ source: name, secret, expectedKeys });

async function fromSecret(
    source: ServerSource,
    secret: SourceSecret,
    defaultPort: number,
    secrets: SecretsManagerClient,
): Promise<Login> {
    const { config } = source;
    const values = await readSecret(secret, secrets, (error, doing) => sortFailure(error, source, doing));
    const problems: Problem[] = [];
    const need = (key: string, override?: "host" | "database"): string => {
        const value = values[key];
        if (typeof value === "string" && value !== "") return value;
        problems.push(secretProblem(secret, `has no key "${key}"`, override));
        return "";
    };
    const port = config.port ?? values.port ?? defaultPort;
    // A connection string in its place would come back in the driver's errors, password and all.
    if (typeof values.host === "string" && config.host === undefined && !isHostName(values.host))
        problems.push(secretProblem(secret, 'has a "host" that is not the name of a host alone', "host"));
    const isPort = Number.isInteger(Number(port)) && Number(port) > 0 && Number(port) < 65_536;
    if (!isPort) problems.push(secretProblem(secret, `has a "port" that is none`));
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

/** A service that is throttled, fails on its side or never answers may answer another time. */
function sortFailure(error: unknown, { name }: ServerSource, doing: string): SourceBusyError | QueryError {
    const message = error instanceof Error ? error.message : String(error);
    const text = `Source ${name}: ${doing} failed: ${endSentence(message)}`;
    const context = { source: name, cause: error };
    return isTransient(error) ? new SourceBusyError(text, context) : new QueryError(text, context);
}
