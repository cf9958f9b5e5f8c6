import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { openDetection } from "../../detection/client";

const arn = "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:shop";
/** What the service does with a call: answers with a status, or hangs up. */
type Reply = number | "hang up";

describe("detection/client", () => {
    let server: Server;
    let endpoint: string;
    let replies: Reply[];
    let calls: { path: string | undefined; signature: string | undefined }[];
    let pauses: number[];

    beforeEach(async () => {
        [replies, calls, pauses] = [[], [], []];
        server = createServer(({ url, headers, socket }, response) => {
            calls.push({ path: url, signature: headers.authorization });
            const reply = replies.shift() ?? 202;
            if (reply === "hang up") return void socket.destroy();
            response.writeHead(reply, reply < 400 ? {} : { "x-amzn-errortype": "SomeException:" });
            response.end(reply < 400 ? "{}" : '{"Message":"not now"}');
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });

    afterEach(async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    });

    const advance = () =>
        openDetection({
            endpoint,
            signing: "lambda",
            region: "us-east-1",
            credentials: { accessKeyId: "LKIA", secretAccessKey: "very-secret" },
            pause: async (ms) => void pauses.push(ms),
        }).advance(arn);

    for (const reply of [429, 500, 503, "hang up"] as const)
        it(`tries again twice, pausing longer the second time, after ${reply}`, async () => {
            replies = [reply, reply];
            await advance();
            assert.equal(calls.length, 3);
            assert.ok(calls.every(({ path, signature }) => path === "/lookout/v1/advance" && signature !== undefined));
            assert.deepEqual(pauses, [200, 1000]);
        });

    it("gives up after the third refusal, naming endpoint, operation and status, and no secret", async () => {
        replies = [503, 503, 503, 503];
        await assert.rejects(advance(), (error: Error) => {
            assert.deepEqual(
                { name: error.name, message: error.message },
                {
                    name: "SomeException",
                    message: `the detection service at ${endpoint} refused /lookout/v1/advance with status 503: not now`,
                },
            );
            return true;
        });
        assert.equal(calls.length, 3);
    });

    it("gives up when nothing answers three times, naming endpoint and operation", async () => {
        replies = ["hang up", "hang up", "hang up"];
        await assert.rejects(advance(), {
            name: "DetectionServiceError",
            message: `the detection service at ${endpoint} gave no usable answer to /lookout/v1/advance: other side closed`,
        });
        assert.equal(calls.length, 3);
    });

    it("does not repeat what the service refuses for good", async () => {
        replies = [404];
        await assert.rejects(advance(), { name: "SomeException", status: 404 });
        assert.deepEqual([calls.length, pauses], [1, []]);
    });

    it("gives each try ten seconds", async () => {
        const timeout = AbortSignal.timeout.bind(AbortSignal);
        const limits: number[] = [];
        AbortSignal.timeout = (ms) => {
            limits.push(ms);
            return limits.length < 3 ? AbortSignal.abort(new DOMException("timed out", "TimeoutError")) : timeout(ms);
        };
        try {
            await advance();
        } finally {
            AbortSignal.timeout = timeout;
        }
        assert.deepEqual(limits, [10_000, 10_000, 10_000]);
        assert.equal(calls.length, 1);
    });
});
