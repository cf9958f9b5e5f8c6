import type { IncomingHttpHeaders } from "node:http";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";

/** SigV4 service name that a function URL wants. */
export const functionUrlSigning = "lambda";

/** A request as it came in. */
export interface GivenRequest {
    readonly method: string;
    /** Path and query as they were written, escapes included: an ARN in a path keeps its `%2F`. */
    readonly target: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
}

export interface Credentials {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
}

export interface Signing {
    /** Base URL of the service; its path, where it has one, goes before the request's. */
    readonly endpoint: URL;
    readonly region: string;
    readonly credentials: () => Promise<Credentials>;
    /** The time to sign with. */
    readonly now: () => Date;
}

/** A request that can be sent on. */
export interface SignedRequest {
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, string>;
}

/** Headers that belong to the client's connection or to its own signature. */
const dropped =
    /^(host|authorization|content-length|connection|expect|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|x-amz-date|x-amz-security-token|x-amz-content-sha256)$/;

/**
 * Signs a request anew, for the service behind a function URL. Whatever the client signed with is dropped. Throws what `credentials`
 * throws.
 */
export async function resign(
    given: GivenRequest,
    { endpoint, region, credentials, now }: Signing,
): Promise<SignedRequest> {
    const path = endpoint.pathname.replace(/\/$/, "") + given.target;
    const [pathname = "/", search = ""] = splitOnce(path, "?");
    const kept = Object.entries(given.headers)
        .filter(([name]) => !dropped.test(name))
        .map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")] as const);
    const isSigned = ([name]: readonly [string, string]): boolean =>
        name === "content-type" || name.startsWith("x-amz-");
    const signer = new SignatureV4({
        service: functionUrlSigning,
        region,
        credentials,
        sha256: Sha256,
        applyChecksum: true,
    });
    const { headers } = await signer.sign(
        {
            method: given.method,
            protocol: endpoint.protocol,
            hostname: endpoint.hostname,
            ...(endpoint.port === "" ? {} : { port: Number(endpoint.port) }),
            path: pathname,
            query: queryOf(search),
            headers: { host: endpoint.host, ...Object.fromEntries(kept.filter(isSigned)) },
            body: given.body,
        },
        { signingDate: now() },
    );
    const unsigned = Object.fromEntries(kept.filter((header) => !isSigned(header)));
    const length = String(given.body.length);
    return { method: given.method, path, headers: { ...unsigned, ...headers, "content-length": length } };
}

function splitOnce(text: string, mark: string): [string, string] {
    const at = text.indexOf(mark);
    return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function queryOf(search: string): Record<string, string | string[]> {
    const query = new URLSearchParams(search);
    const keys = [...new Set(query.keys())];
    return Object.fromEntries(
        keys.map((key) => {
            const values = query.getAll(key);
            return [key, values.length === 1 ? values[0]! : values];
        }),
    );
}
