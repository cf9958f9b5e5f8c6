import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { foreignOrigin } from "../serve/origin";
import { bindLoopback } from "../serve/bind";
import { resign, type SignedRequest, type Signing } from "./resign";

/** A proxy that listens. */
export interface Proxy {
    /** Base URL. */
    readonly endpoint: string;
    readonly close: () => Promise<void>;
}

export interface ProxyOptions extends Signing {
    /** 0: any free one. */
    readonly port: number;
    /** Told, in lines for people, what the client's error cannot say. */
    readonly log: (line: string) => void;
}

/** Largest body that is taken, in bytes: what a function URL takes. */
const largestBody = 6 * 1024 * 1024;

/**
 * Starts a proxy on loopback: each request is signed anew and sent on, each answer is passed through as it comes. Throws UsageError for
 * a port that is taken.
 */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
    const server = createServer((incoming, outgoing) => {
        passOn(incoming, outgoing, options).catch((error: unknown) => {
            options.log(`${incoming.method} ${incoming.url}: ${describe(error)}`);
            if (outgoing.headersSent) outgoing.destroy();
            else refuse(outgoing, refusalOf(error, options));
        });
    });
    await bindLoopback(server, options.port);
    return {
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: async () => {
            server.close();
            server.closeAllConnections();
            await once(server, "close");
        },
    };
}

async function passOn(incoming: IncomingMessage, outgoing: ServerResponse, options: ProxyOptions): Promise<void> {
    const { origin, host } = incoming.headers;
    if (foreignOrigin(origin, host))
        throw new Refusal(403, "AccessDeniedException", "web pages of others are not served");
    const body = await readBody(incoming);
    const given = { method: incoming.method ?? "GET", target: incoming.url ?? "/", headers: incoming.headers, body };
    const signed = await resign(given, options).catch((error: unknown) => {
        throw new CredentialsError(describe(error), { cause: error });
    });
    const answer = await send(signed, body, options.endpoint, outgoing);
    if (answer.statusCode === 403)
        options.log(
            `${incoming.method} ${incoming.url}: ${options.endpoint.host} answered 403; the credentials need lambda:InvokeFunctionUrl and ` +
                `lambda:InvokeFunction on the service's function, in the region ${options.region}`,
        );
    outgoing.writeHead(answer.statusCode ?? 502, withoutHops(answer.headers));
    await pipeline(answer, outgoing);
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > largestBody)
            throw new Refusal(
                400,
                "ValidationException",
                `the body has more than ${largestBody} bytes, the most that is taken`,
            );
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}

/** Sends a request; gives up when the client has hung up. */
function send(signed: SignedRequest, body: Buffer, endpoint: URL, outgoing: ServerResponse): Promise<IncomingMessage> {
    const start = endpoint.protocol === "https:" ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
        const sent = start(
            {
                host: endpoint.hostname,
                port: endpoint.port,
                method: signed.method,
                path: signed.path,
                headers: signed.headers,
            },
            resolve,
        );
        sent.once("error", (error) => reject(new UnreachableError(describe(error), { cause: error })));
        outgoing.once("close", () => sent.destroy());
        sent.end(body);
    });
}

function withoutHops(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
    const { connection: _connection, "keep-alive": _alive, "transfer-encoding": _encoding, ...kept } = headers;
    return kept;
}

/** What the proxy itself does not take. */
class Refusal extends Error {
    constructor(
        readonly status: number,
        readonly type: string,
        message: string,
    ) {
        super(message);
    }
}

/** There is nothing to sign with. */
class CredentialsError extends Error {}
/** Nothing answers at the endpoint. */
class UnreachableError extends Error {}

function refusalOf(error: unknown, { endpoint }: ProxyOptions): Refusal {
    if (error instanceof Refusal) return error;
    if (error instanceof CredentialsError)
        return new Refusal(
            403,
            "AccessDeniedException",
            `lookout proxy found no AWS credentials to sign with (${error.message}); set AWS_PROFILE, or AWS_ACCESS_KEY_ID and ` +
                "AWS_SECRET_ACCESS_KEY, where the proxy was started",
        );
    return new Refusal(
        503,
        "InternalServerException",
        `lookout proxy could not reach ${endpoint.origin}: ${describe(error)}`,
    );
}

function refuse(outgoing: ServerResponse, { status, type, message }: Refusal): void {
    const body = JSON.stringify({ Message: message });
    outgoing.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": type });
    outgoing.end(body);
}

const describe = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error));
