import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { createDetectionApi } from "../../../../detection/api/app";
import { createRunCache } from "../../../../detection/store/runs";
import { openRandom } from "../../../../local/demo/random";
import { contentOf } from "../conformance/content";
import { statuses } from "../conformance/model";
import { openWorld, type World } from "../conformance/world";
import { badRequest, type BadRequest } from "./requests";

const count = 10_000;
/** Every so many requests go over HTTP as raw bytes; the others straight into the app. */
const overHttp = 10;
const seed = 20_261_122;

describe("detection/api, ten thousand malformed requests", () => {
    let world: World;
    const dispatched: unknown[] = [];
    const failures: unknown[] = [];
    const agent = new Agent({ keepAlive: true });

    before(async () => {
        world = await openWorld({ dispatch: async (job) => void dispatched.push(job) });
    });

    after(async () => {
        agent.destroy();
        await world.close();
    });

    it("are each refused with the right error type, and change nothing", async function () {
        // Some seconds of work; the rest is for a machine that is busy with other tests.
        this.timeout(120_000);
        const { server, objects } = world;
        const app = createDetectionApi(
            {
                place: { partition: "aws", region: "us-east-1", accountId: "123456789012" },
                objects,
                detectors: server.services.detectors,
                buckets: server.services.buckets,
                access: { ownBucket: server.services.buckets.own, roles: "any", targets: "any" },
                cache: createRunCache(),
                dispatch: async (job) => void dispatched.push(job),
                now: () => server.now,
            },
            (error) => failures.push(error),
        );
        const inProcess = async ({ method, path, body }: BadRequest): Promise<Response> =>
            app.request(`http://service${path}`, { method, body });
        const random = openRandom(seed);
        const stored = await contentOf(objects);
        for (let i = 0; i < count; i++) {
            const bad = badRequest(world, random);
            const answer = await (i % overHttp === 0 ? raw(server.endpoint, bad, agent) : inProcess(bad));
            requireRefusal(answer.status, answer.headers.get("x-amzn-errortype"), await answer.text(), bad);
        }
        assert.deepEqual(failures, []);
        assert.deepEqual(dispatched, []);
        assert.equal(await contentOf(objects), stored);
    });

    it("are refused although they are larger than any request, without being read to their end", async () => {
        let sent = 0;
        const body = new ReadableStream<Uint8Array>({
            pull: (controller) => {
                sent += 100_000;
                controller.enqueue(Buffer.alloc(100_000, "["));
                if (sent >= 1e9) controller.close();
            },
        });
        const answer = await fetch(`${world.server.endpoint}/ListAlerts`, {
            method: "POST",
            body,
            duplex: "half",
        }).catch(() => undefined);
        // The service may answer, or hang up on who goes on talking.
        if (answer !== undefined) assert.equal(answer.status, 400);
        assert.ok(sent < 50_000_000, `${sent} bytes were taken`);
    });
});

function requireRefusal(status: number, type: string | null, text: string, { what, path, body }: BadRequest): void {
    const about = `${what}: ${path.slice(0, 200)} ${String(body).slice(0, 300)} -> ${status} ${type} ${text.slice(0, 300)}`;
    assert.ok(status >= 400 && status < 500, about);
    assert.equal(statuses[type ?? ""], status, about);
    const { Message, Reason, Fields, ResourceId } = JSON.parse(text) as Record<string, unknown>;
    assert.ok(typeof Message === "string" && Message !== "", about);
    if (type === "ResourceNotFoundException") assert.equal(typeof ResourceId, "string", about);
    else {
        assert.equal(type, "ValidationException", about);
        assert.match(String(Reason), /^(UNKNOWN_OPERATION|CANNOT_PARSE|FIELD_VALIDATION_FAILED|OTHER)$/, about);
        assert.equal(Array.isArray(Fields), Reason === "FIELD_VALIDATION_FAILED", about);
    }
    assert.ok(text.length < 60_000, about);
}

/** Sends a request byte by byte as it is: no client tidies its path. */
async function raw(endpoint: string, { method, path, body }: BadRequest, agent: Agent): Promise<Response> {
    return new Promise((resolve, reject) => {
        const { hostname, port } = new URL(endpoint);
        const headers = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
        const sent = request({ hostname, port, method, path, agent, headers }, (answer) => {
            const chunks: Buffer[] = [];
            answer.on("data", (chunk: Buffer) => chunks.push(chunk));
            answer.on("end", () => {
                const type = String(answer.headers["x-amzn-errortype"] ?? "");
                const init = { status: answer.statusCode ?? 0, headers: { "x-amzn-errortype": type } };
                resolve(new Response(Buffer.concat(chunks), init));
            });
        });
        sent.on("error", reject);
        sent.end(body);
    });
}
