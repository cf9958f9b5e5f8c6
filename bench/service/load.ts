import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";
import type { Serving } from "./serving";

/** One kind of request. */
export interface Read {
    readonly path: string;
    readonly body: object;
}

/** How fast requests of one kind are answered. */
export interface Speed {
    /** Requests per second of the clock. */
    readonly perSecond: number;
    /** Requests per second of the server's processor time: what a core of its own would give. */
    readonly perCoreSecond: number;
}

/** Sends requests over so many connections at once for some time. Throws for an answer that is no success. */
export async function measureSpeed(server: Serving, read: Read, seconds: number, connections = 16): Promise<Speed> {
    const { port } = server;
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    const text = JSON.stringify(read.body);
    for (let warm = 0; warm < 50; warm++) await send(port, agent, read.path, text);
    const processor = await server.processor();
    const began = performance.now();
    const until = began + seconds * 1000;
    let count = 0;
    const loop = async (): Promise<void> => {
        for (; performance.now() < until; count++) await send(port, agent, read.path, text);
    };
    await Promise.all(Array.from({ length: connections }, loop));
    const elapsed = (performance.now() - began) / 1000;
    agent.destroy();
    return { perSecond: count / elapsed, perCoreSecond: count / ((await server.processor()) - processor) };
}

function send(port: number, agent: Agent, path: string, text: string): Promise<void> {
    return new Promise((resolve, reject) => {
        const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
        const sent = request({ port, agent, path, host: "127.0.0.1", method: "POST", headers }, (answer) => {
            answer.resume();
            answer.once("error", reject);
            answer.once("end", () => {
                if (answer.statusCode === 200) resolve();
                else reject(new Error(`${path} answered ${answer.statusCode}`));
            });
        });
        sent.once("error", reject);
        sent.end(text);
    });
}
