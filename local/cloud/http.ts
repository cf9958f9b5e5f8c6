import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { answerFunctionUrl, functionUrlPrefix } from "./functionUrl";
import { judge, refusal } from "./iam";
import { accessDenied, credentialOf, errorResponse, serviceOf } from "./protocols";
import {
    CloudError,
    type CloudRequest,
    type CloudResponse,
    type CloudService,
    type Faults,
    type FunctionRequest,
    type Need,
    type World,
} from "./service";

/** Access key ids of functions begin so; one that no role has is not a user's. */
const functionKeyPrefix = "LKIA";

type RawRequest = Omit<CloudRequest, "operation" | "service" | "principal">;

let requests = 0;

/** The HTTP server of the embedded cloud, on loopback only. Answers unmodified AWS SDK clients for every service it was given. */
export class HttpServer {
    private readonly server: Server;
    private readonly services = new Map<string, CloudService>();

    constructor(
        private readonly world: World,
        private readonly faults: Faults,
        services: readonly CloudService[],
    ) {
        for (const service of services) {
            service.names.forEach((name) => this.services.set(name, service));
        }
        this.server = createServer({ keepAliveTimeout: 60_000, noDelay: true }, (incoming, outgoing) => {
            void this.serve(incoming, outgoing);
        });
    }

    /** Listens on a port, 0 for a free one; returns the base URL. */
    async listen(port: number): Promise<string> {
        this.server.listen(port, "127.0.0.1");
        await once(this.server, "listening");
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    async close(): Promise<void> {
        this.server.close();
        this.server.closeAllConnections();
        await once(this.server, "close");
    }

    /** Answers a function of this process, which needs no socket; rejects when a fault cuts the line. */
    async answerFunction({ path, ...request }: FunctionRequest): Promise<CloudResponse> {
        const outcome = await this.world.activity.run(async () => {
            try {
                return await this.answer({ ...request, ...splitUrl(path) });
            } catch (error) {
                if (error instanceof Late) return undefined;
                throw error;
            }
        });
        // Nobody waits any more.
        return outcome ?? (await new Promise<never>(() => undefined));
    }

    private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
        try {
            const raw = await readRequest(incoming);
            const response = await this.world.activity.run(() => this.answer(raw));
            await send(response, incoming.method ?? "GET", outgoing);
        } catch {
            outgoing.destroy(); // The caller hung up, or a fault cut the line.
        }
    }

    private async answer(raw: RawRequest): Promise<CloudResponse> {
        const requestId = nextRequestId();
        const service = raw.path.startsWith(functionUrlPrefix) ? "lambda" : serviceOf(raw.headers, raw.query);
        const respond = async (): Promise<CloudResponse> => {
            if (service === undefined) {
                throw new CloudError(
                    "MissingAuthenticationToken",
                    "The request is not signed, so that its service is unknown.",
                    403,
                );
            }
            const signed = { ...raw, service, principal: this.principalOf(raw) };
            return raw.path.startsWith(functionUrlPrefix) ? this.callFunction(signed) : this.dispatch(signed);
        };
        const response = await respond().catch((error: unknown) => {
            if (error instanceof Disconnect || error instanceof Late) {
                throw error;
            }
            return errorResponse(service ?? "s3", asCloudError(error), requestId);
        });
        return {
            ...response,
            headers: { ...response.headers, "x-amz-request-id": requestId, "x-amzn-requestid": requestId },
        };
    }

    private async dispatch(signed: Omit<CloudRequest, "operation">): Promise<CloudResponse> {
        const service = this.services.get(signed.service);
        if (service === undefined) {
            throw new CloudError("UnknownService", `The embedded cloud has no service ${signed.service}.`, 501);
        }
        const request = { ...signed, operation: service.operation(signed) };
        const place = [`${request.service}:${request.operation}`];
        throwFault(this.faults.take(place, "before", request));
        this.authorize(request, service.needs(request));
        this.delay(service, request, this.faults.takeLate(place, request));
        const response = await service.handle(request);
        throwFault(this.faults.take(place, "after", request));
        return response;
    }

    /** Carries a request out later, when the function that sent it is over; throws Late. */
    private delay(service: CloudService, request: CloudRequest, lateMs: number | undefined): void {
        if (lateMs === undefined) {
            return;
        }
        if (request.expire === undefined) {
            throw new Error("only what a function sends directly can come late");
        }
        const { clock } = this.world;
        // What the store refuses then, nobody hears of.
        clock.at(clock.now() + lateMs, () => service.handle(request).then(nothing, nothing));
        request.expire();
        throw new Late();
    }

    private async callFunction(signed: Omit<CloudRequest, "operation">): Promise<CloudResponse> {
        return answerFunctionUrl({ ...signed, operation: "InvokeFunctionUrl" }, this.world, (request, needs) =>
            this.authorize(request, needs),
        );
    }

    private authorize({ principal, service }: CloudRequest, needs: readonly Need[]): void {
        if (principal === undefined || needs.length === 0) {
            return;
        }
        const policies = this.world.policiesOf(principal);
        for (const need of needs) {
            const verdict = judge(policies, principal, need);
            if (verdict !== "allowed") {
                const { name, status } = accessDenied(service);
                throw new CloudError(name, refusal(principal, need, verdict), status);
            }
        }
    }

    private principalOf({ headers, query }: RawRequest): string | undefined {
        const accessKeyId = credentialOf(headers, query)?.accessKeyId;
        const principal = accessKeyId === undefined ? undefined : this.world.principalOf(accessKeyId);
        if (principal === undefined && accessKeyId?.startsWith(functionKeyPrefix)) {
            throw new CloudError("InvalidClientTokenId", "The security token included in the request is invalid.", 403);
        }
        return principal;
    }
}

/** Thrown to leave a request without an answer, as a network failure does. */
class Disconnect extends Error {}

/** Thrown to leave a request without an answer for ever. */
class Late extends Error {}

const nothing = (): void => undefined;

function throwFault(error: { name: string; message: string; status?: number } | undefined): void {
    if (error?.status === 0) {
        throw new Disconnect(error.message);
    }
    if (error !== undefined) {
        throw new CloudError(error.name, error.message, error.status ?? 500);
    }
}

async function readRequest(incoming: IncomingMessage): Promise<RawRequest> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) {
        chunks.push(chunk as Buffer);
    }
    return {
        method: incoming.method ?? "GET",
        ...splitUrl(incoming.url ?? "/"),
        headers: incoming.headers as Record<string, string>,
        body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks),
    };
}

function splitUrl(url: string): Pick<RawRequest, "path" | "query"> {
    const mark = url.indexOf("?");
    return {
        path: mark < 0 ? url : url.slice(0, mark),
        query: new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1)),
    };
}

async function send(
    { status, headers = {}, body }: CloudResponse,
    method: string,
    outgoing: ServerResponse,
): Promise<void> {
    const isWhole = body === undefined || typeof body === "string" || Buffer.isBuffer(body);
    if (!isWhole) {
        outgoing.writeHead(status, headers);
        await pipeline(body, outgoing);
        return;
    }
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    const hasLength = "content-length" in headers || status === 204 || status === 304;
    outgoing.writeHead(status, hasLength ? headers : { ...headers, "content-length": String(length) });
    outgoing.end(method === "HEAD" ? undefined : body);
}

function asCloudError(error: unknown): CloudError {
    return error instanceof CloudError
        ? error
        : new CloudError(
              "InternalFailure",
              error instanceof Error ? (error.stack ?? error.message) : String(error),
              500,
          );
}

/** A UUID-like id that is the same in every run. */
function nextRequestId(): string {
    requests += 1;
    return `00000000-0000-4000-8000-${requests.toString(16).padStart(12, "0")}`;
}
