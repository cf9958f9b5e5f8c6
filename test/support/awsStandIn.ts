import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** One call as it came in: the operation, and its input as JSON (or, for the query protocol, its form fields). */
export interface StandInCall {
    readonly operation: string;
    readonly input: Readonly<Record<string, unknown>>;
}

/** Thrown by an answer: the service's error code, its message and the HTTP status. */
export class StandInError extends Error {
    constructor(
        readonly code: string,
        message: string,
        readonly status = 400,
    ) {
        super(message);
    }
}

/** What an operation answers: a JSON body, or XML text for the query protocol. */
export type Answer = (input: StandInCall["input"]) => unknown;

/** Services that a test scripts, reached by unmodified SDK clients over HTTP on loopback. */
export interface AwsStandIn {
    readonly calls: StandInCall[];
    /** Answers by operation; assigning one changes it from the next call on. */
    readonly answers: Record<string, Answer>;
    /** Client options that reach it: no retries, so that one failure is one call. */
    readonly client: {
        readonly endpoint: string;
        readonly region: string;
        readonly maxAttempts: number;
        readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    };
    close(): Promise<void>;
}

/** Starts a stand-in; every operation that no answer was given for is an error of the test. */
export async function openAwsStandIn(answers: Record<string, Answer> = {}): Promise<AwsStandIn> {
    const calls: StandInCall[] = [];
    const server = createServer((request, response) => {
        const reply = (status: number, body: string, type: string): void => {
            response.writeHead(status, { "content-type": type }).end(body);
        };
        text(request)
            .then((body) => {
                const call = readCall(request.headers["x-amz-target"], body);
                calls.push(call);
                const answer = answers[call.operation];
                if (answer === undefined) {
                    throw new StandInError("UnknownOperation", `no answer was prepared for ${call.operation}`);
                }
                const result = answer(call.input);
                reply(200, typeof result === "string" ? result : JSON.stringify(result ?? {}), contentType(result));
            })
            .catch((error: unknown) => {
                const { code, message, status } =
                    error instanceof StandInError ? error : new StandInError("Bug", String(error));
                const query = request.headers["x-amz-target"] === undefined;
                const xml = `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
                reply(
                    status,
                    query ? xml : JSON.stringify({ __type: code, message, Message: message }),
                    contentType(query ? "" : {}),
                );
            });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return {
        calls,
        answers,
        client: {
            endpoint: `http://127.0.0.1:${port}`,
            region: "eu-west-1",
            maxAttempts: 1,
            credentials: { accessKeyId: "AKIATEST", secretAccessKey: "test" },
        },
        async close() {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

function readCall(target: string | string[] | undefined, body: string): StandInCall {
    if (typeof target === "string") {
        return { operation: target.split(".").pop() ?? "", input: JSON.parse(body) as Record<string, unknown> };
    }
    const { Action = "", ...input } = Object.fromEntries(new URLSearchParams(body));
    return { operation: Action, input };
}

const contentType = (result: unknown): string =>
    typeof result === "string" ? "text/xml" : "application/x-amz-json-1.1";
