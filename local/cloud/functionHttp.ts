import http from "node:http";
import { Readable, Writable } from "node:stream";
import type { CloudResponse, FunctionRequest } from "./service";

/** What a function's request to the cloud that it runs in is answered with; rejects when the line is cut. */
export type Answer = (request: FunctionRequest) => Promise<CloudResponse>;

/**
 * `node:http` as a function in this process sees it: what it sends to `endpoint`, a base URL, is answered here, without a socket, which takes half
 * the time; everything else goes the usual way.
 */
export function functionHttp(endpoint: string, answer: Answer): typeof http {
    const { hostname, port } = new URL(endpoint);
    const request = (options: http.RequestOptions, onResponse?: Respond): http.ClientRequest => {
        const host = options.hostname ?? options.host;
        if (host !== hostname || String(options.port) !== port) return http.request(options, onResponse);
        // Of a ClientRequest it has what clients of the AWS SDK use.
        return new LocalRequest(options, answer, onResponse) as unknown as http.ClientRequest;
    };
    return { ...http, request: request as typeof http.request };
}

type Respond = (response: http.IncomingMessage) => void;

/** A request that is sent when it has been written to its end. */
class LocalRequest extends Writable {
    private readonly chunks: Buffer[] = [];

    constructor(
        private readonly options: http.RequestOptions,
        private readonly answer: Answer,
        onResponse?: Respond,
    ) {
        // It is closed by its response: until then it can be broken off.
        super({ autoDestroy: false });
        if (onResponse !== undefined) this.once("response", onResponse);
    }

    override _write(chunk: Buffer | string, encoding: BufferEncoding, done: () => void): void {
        this.chunks.push(typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
        done();
    }

    override _final(done: () => void): void {
        done();
        void this.send();
    }

    /** There is no socket that could be silent. */
    setTimeout(): this {
        return this;
    }

    private async send(): Promise<void> {
        const { method = "GET", path, headers } = this.options;
        // As with a socket, others get their turn in between.
        await new Promise<void>((resolve) => setImmediate(resolve));
        try {
            const response = await this.answer({
                method,
                path: path ?? "/",
                headers: lowerCased(headers as http.OutgoingHttpHeaders | undefined),
                body: Buffer.concat(this.chunks),
            });
            if (this.destroyed) return;
            const message = messageOf(response, method);
            message.once("close", () => this.destroy());
            this.emit("response", message);
        } catch {
            this.destroy(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
        }
    }
}

function lowerCased(headers: http.OutgoingHttpHeaders = {}): Record<string, string> {
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** The response as a client reads it. */
function messageOf({ status, headers = {}, body = "" }: CloudResponse, method: string): http.IncomingMessage {
    const parts = { statusCode: status, statusMessage: http.STATUS_CODES[status], headers: lowerCased(headers) };
    if (!isWhole(body))
        return Object.assign(Readable.from(body, { objectMode: false }), parts) as unknown as http.IncomingMessage;
    parts.headers["content-length"] ??= String(Buffer.byteLength(body));
    return Object.assign(wholeBody(method === "HEAD" ? "" : body), parts) as unknown as http.IncomingMessage;
}

const isWhole = (body: NonNullable<CloudResponse["body"]>): body is Buffer | string =>
    typeof body === "string" || Buffer.isBuffer(body);

function wholeBody(body: Buffer | string): Readable {
    const stream = new Readable({ read: () => undefined });
    if (body.length > 0) stream.push(body);
    stream.push(null);
    return stream;
}
