import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { ConfigError } from "../../errors";
import { readSecret, secretProblem } from "../secret";
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
    const secret = { source: source.name, secret: source.config.secret, expectedKeys };
    const problem = (found: string): ConfigError =>
        new ConfigError([secretProblem(secret, found)], { source: source.name });
    const sort = (error: unknown, doing: string): Error => sortFailure(error, { source: source.name, doing });
    const parsed = secretValue.safeParse(await readSecret(secret, secrets, sort));
    if (!parsed.success) throw problem(`has no usable key "${parsed.error.issues[0]?.path.join(".")}"`);
    const { username, privateKey, passphrase } = parsed.data;
    try {
        return { username, key: readPrivateKey(privateKey, passphrase) };
    } catch (error) {
        throw error instanceof KeyProblem ? problem(error.message) : error;
    }
}
