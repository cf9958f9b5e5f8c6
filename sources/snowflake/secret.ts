import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { ConfigError, NotFoundError } from "../../errors";
import { sortFailure } from "./failures";
import { KeyProblem, readPrivateKey } from "./token";

/** Who signs in, and the key that proves it. */
export interface Credentials {
    readonly username: string;
    readonly key: KeyObject;
}

const secretValue = z.object({
    username: z.string().min(1),
    privateKey: z.string().min(1),
    passphrase: z.string().min(1).optional(),
});

const expectedKeys = "username, privateKey (PEM, PKCS#8) and, for an encrypted key, passphrase";

/**
 * Reads a source's secret, each time, so that a new key needs no restart. Throws NotFoundError when there is none, ConfigError when
 * it is not what was expected; nothing of its values is in either.
 */
export async function readCredentials(
    source: { readonly name: string; readonly config: { readonly secret: string } },
    secrets: SecretsManagerClient,
): Promise<Credentials> {
    const { secret } = source.config;
    const parsed = secretValue.safeParse(parseJson(await secretText(source.name, secret, secrets)));
    if (!parsed.success) {
        const at = parsed.error.issues[0]?.path.join(".");
        throw problem(source.name, secret, at ? `has no usable key "${at}"` : "does not hold a JSON object");
    }
    const { username, privateKey, passphrase } = parsed.data;
    try {
        return { username, key: readPrivateKey(privateKey, passphrase) };
    } catch (error) {
        throw error instanceof KeyProblem ? problem(source.name, secret, error.message) : error;
    }
}

async function secretText(source: string, secret: string, secrets: SecretsManagerClient): Promise<string> {
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
        throw sortFailure(error, { source, doing: `reading the secret "${secret}"` });
    }
}

/** The parser's own message would quote the secret; undefined says enough. */
function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

function problem(source: string, secret: string, found: string): ConfigError {
    return new ConfigError(
        [
            {
                key: `lookout:sources.${source}.secret`,
                finding: `the secret "${secret}" ${found}; expected a JSON object with ${expectedKeys}`,
                fix: "correct the secret's value in Secrets Manager",
            },
        ],
        { source },
    );
}
