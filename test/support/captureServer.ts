import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";

/** A request as a server got it. */
export interface Captured {
    readonly method: string;
    /** Path and query as they were written. */
    readonly target: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
}

/** A server on loopback that keeps what it is sent. */
export interface CaptureServer {
    readonly endpoint: string;
    readonly requests: readonly Captured[];
    close(): Promise<void>;
}

/** Starts one; `answer` writes the responses, `{}` unless given. */
export async function startCaptureServer(
    answer: (response: ServerResponse, request: Captured) => void = (response) => void response.end("{}"),
): Promise<CaptureServer> {
    const requests: Captured[] = [];
    const server = createServer((incoming, outgoing) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () => {
            const request: Captured = {
                method: incoming.method ?? "",
                target: incoming.url ?? "",
                headers: incoming.headers,
                body: Buffer.concat(chunks).toString("utf8"),
            };
            requests.push(request);
            answer(outgoing, request);
        });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        requests,
        close: async () => {
            server.close();
            server.closeAllConnections();
            await once(server, "close");
        },
    };
}

/** The parts of a request's SigV4 header. */
export function signatureOf({ headers }: Captured): {
    readonly accessKeyId: string;
    /** Region and service that it was signed for: `us-east-1/lambda`. */
    readonly scope: string;
    readonly signedHeaders: readonly string[];
    readonly signature: string;
} {
    const form =
        /Credential=([^/]+)\/\d{8}\/([^/]+\/[^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
    const [, accessKeyId = "", scope = "", signed = "", signature = ""] = form.exec(headers.authorization ?? "") ?? [];
    return { accessKeyId, scope, signedHeaders: signed.split(";"), signature };
}

/** The signature that a service computes for a request: equal to the one sent, or the service refuses it. */
export async function expectedSignature(request: Captured, secretAccessKey: string): Promise<string> {
    const { accessKeyId, scope, signedHeaders } = signatureOf(request);
    const [region = "", service = ""] = scope.split("/");
    const { "x-amz-date": stamp, "x-amz-security-token": token } = request.headers as Record<string, string>;
    const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp ?? "") ?? [];
    const [path = "", search = ""] = request.target.split("?");
    const query = new URLSearchParams(search);
    const own = ["x-amz-date", "x-amz-security-token"];
    const headers = signedHeaders.filter((name) => !own.includes(name)).map((name) => [name, request.headers[name]]);
    const signer = new SignatureV4({
        service,
        region,
        credentials: { accessKeyId, secretAccessKey, ...(token === undefined ? {} : { sessionToken: token }) },
        sha256: Sha256,
        applyChecksum: false,
    });
    const signed = await signer.sign(
        {
            method: request.method,
            protocol: "http:",
            hostname: request.headers.host ?? "",
            path,
            query: Object.fromEntries([...new Set(query.keys())].map((key) => [key, query.getAll(key)])),
            headers: Object.fromEntries(headers) as Record<string, string>,
            body: request.body,
        },
        { signingDate: new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`) },
    );
    return /Signature=([0-9a-f]{64})$/.exec(signed.headers.authorization ?? "")?.[1] ?? "";
}
