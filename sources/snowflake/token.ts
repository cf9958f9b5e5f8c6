import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { accountOf } from "./names";

/** Seconds that a token is good for; one is made for each request, and Snowflake takes none that is older than a minute at sign-in. */
const lifeSeconds = 300;

/** Why a private key cannot be used, as a clause; nothing of the key is in it. */
export class KeyProblem extends Error {}

/** Reads a private key: PEM, PKCS#8 or PKCS#1, encrypted or not. Throws KeyProblem. */
export function readPrivateKey(pem: string, passphrase: string | undefined): KeyObject {
    let key: KeyObject;
    try {
        key = createPrivateKey({ key: pem, format: "pem", ...(passphrase !== undefined && { passphrase }) });
    } catch {
        // The library's own words name a code of OpenSSL's, which helps nobody.
        throw new KeyProblem(
            /BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(pem)
                ? passphrase === undefined
                    ? 'has an encrypted "privateKey" and no "passphrase"'
                    : 'has a "passphrase" that does not open its "privateKey"'
                : 'has a "privateKey" that is no private key in PEM, with its BEGIN and END lines and its line breaks',
        );
    }
    if (key.asymmetricKeyType !== "rsa" || (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
        throw new KeyProblem('has a "privateKey" that Snowflake does not take; expected RSA of at least 2048 bits');
    }
    return key;
}

/** SHA-256 of the public key, as Snowflake shows it for a user (`RSA_PUBLIC_KEY_FP`). */
export function fingerprintOf(key: KeyObject): string {
    const der = createPublicKey(key).export({ type: "spki", format: "der" });
    return `SHA256:${createHash("sha256").update(der).digest("base64")}`;
}

/** A signed sign-in token (JSON Web Token, RS256); `now` in milliseconds since 1970. */
export function tokenOf(
    key: KeyObject,
    { account, username }: { account: string; username: string },
    now: number,
): string {
    const user = `${accountOf(account)}.${username.toUpperCase()}`;
    const issuedAt = Math.floor(now / 1000);
    const claims = { iss: `${user}.${fingerprintOf(key)}`, sub: user, iat: issuedAt, exp: issuedAt + lifeSeconds };
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const content = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
    return `${content}.${sign("sha256", Buffer.from(content), key).toString("base64url")}`;
}
