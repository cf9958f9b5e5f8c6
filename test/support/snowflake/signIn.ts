import { createHash, type KeyObject, verify } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** The one user that may sign in, by a key pair. */
export interface KnownUser {
    /** As tokens name it, in upper case. */
    readonly account: string;
    readonly username: string;
    readonly publicKey: KeyObject;
    /** Milliseconds since 1970. */
    readonly now: () => number;
}

/** Status, code and message with which the API refuses a request by its headers; undefined when it does not. */
export function refusal(
    headers: IncomingHttpHeaders,
    { account, username, publicKey, now }: KnownUser,
): [status: number, code: string, message: string] | undefined {
    if (headers["user-agent"] === undefined) return [400, "391903", "User-Agent header is missing."];
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
    const [head = "", claims = "", signature = ""] = token.split(".");
    const { iss, sub, iat, exp } = decode(claims);
    const user = `${account}.${username}`;
    const seconds = now() / 1000;
    const isRight =
        verify("sha256", Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, "base64url")) &&
        headers["x-snowflake-authorization-token-type"] === "KEYPAIR_JWT" &&
        decode(head).alg === "RS256" &&
        iss === `${user}.${fingerprint(publicKey)}` &&
        sub === user &&
        Number(iat) <= seconds + 1 &&
        Number(exp) > seconds &&
        Number(exp) - Number(iat) <= 3600;
    return isRight ? undefined : [401, "390144", "JWT token is invalid. [0f811342-c5de-47a0-bd01-f2228f082876]"];
}

/** As DESC USER shows it. */
function fingerprint(key: KeyObject): string {
    const der = key.export({ type: "spki", format: "der" });
    return `SHA256:${createHash("sha256").update(der).digest("base64")}`;
}

const decode = (part: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(part, "base64url").toString("utf8") || "{}") as Record<string, unknown>;
