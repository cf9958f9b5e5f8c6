import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ConfigError, NotFoundError, type Problem } from "../errors";

/** Which secret a source reads, and what it is to hold. */
export interface SourceSecret {
    /** Logical name of the source. */
    readonly source: string;
    /** Name or ARN in Secrets Manager. */
    readonly secret: string;
    /** For people: `username and password`. */
    readonly expectedKeys: string;
}

/**
 * The values of a source's secret, read anew at each call, so that a rotated one needs no restart. Throws NotFoundError when there is no such
 * secret, ConfigError when it holds no JSON object, and what `sort` makes of any other refusal. None of the values is in any of them.
 */
export async function readSecret(
    of: SourceSecret,
    secrets: SecretsManagerClient,
    sort: (error: unknown, doing: string) => Error,
): Promise<Readonly<Record<string, unknown>>> {
    const text = await secretText(of, secrets, sort);
    try {
        const value: unknown = JSON.parse(text);
        if (typeof value === "object" && value !== null && !Array.isArray(value)) {
            return value as Record<string, unknown>;
        }
    } catch {
        // The parser's own message would quote the secret; ours says enough.
    }
    throw new ConfigError([secretProblem(of, "does not hold a JSON object")], { source: of.source });
}

/** What is wrong with a secret; `override` is the source's key that could stand in for what it lacks. */
export function secretProblem(
    { source, secret, expectedKeys }: SourceSecret,
    found: string,
    override?: string,
): Problem {
    const key = `lookout:sources.${source}`;
    const instead = override === undefined ? "" : `, or give ${key}.${override}`;
    return {
        key: `${key}.secret`,
        finding: `the secret "${secret}" ${found}; expected a JSON object with ${expectedKeys}`,
        fix: `correct the secret's value in Secrets Manager${instead}`,
    };
}

async function secretText(
    { source, secret, expectedKeys }: SourceSecret,
    secrets: SecretsManagerClient,
    sort: (error: unknown, doing: string) => Error,
): Promise<string> {
    try {
        return (await secrets.send(new GetSecretValueCommand({ SecretId: secret }))).SecretString ?? "";
    } catch (error) {
        if (error instanceof Error && error.name === "ResourceNotFoundException") {
            throw new NotFoundError(
                `Source ${source}: there is no secret "${secret}" in Secrets Manager. Create it as a JSON object with ` +
                    `${expectedKeys}, or correct lookout:sources.${source}.secret.`,
                { source, cause: error },
            );
        }
        throw sort(readable(error), `reading the secret "${secret}"`);
    }
}

/** An answer that breaks off is quoted by the parser, and is kept whole by the SDK: nothing of either may go on. */
function readable(error: unknown): unknown {
    if (!(error instanceof SyntaxError)) return error;
    const said = "the answer of Secrets Manager cannot be read";
    return Object.assign(new Error(said), { name: "ServiceUnavailable" });
}
