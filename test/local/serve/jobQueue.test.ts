import assert from "node:assert/strict";
import type { Job } from "../../../detection/worker/worker";
import { openJobQueue, type Failure, type JobQueue } from "../../../local/serve/jobQueue";

/** A queue whose jobs end when they are told to. */
function open({ width = 2, tries = 1 }: { width?: number; tries?: number } = {}) {
    const running = new Map<string, { end(): void; fail(error: Error): void }>();
    const begun: string[] = [];
    const failures: Failure[] = [];
    const pauses: number[] = [];
    const nameOf = ({ job, detector, shard }: Job): string =>
        `${job} ${detector}${shard === undefined ? "" : ` ${shard}`}`;
    const queue: JobQueue = openJobQueue({
        width,
        tries,
        run: (job) =>
            new Promise((resolve, reject) => {
                begun.push(nameOf(job));
                running.set(nameOf(job), { end: resolve, fail: reject });
            }),
        pause: async (ms) => pauses.push(ms),
        failed: (failure) => failures.push(failure),
    });
    /** Lets everything happen that waits for nothing but its turn. */
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    const end = async (name: string): Promise<void> => {
        running.get(name)!.end();
        await settle();
    };
    const fail = async (name: string, message: string): Promise<void> => {
        running.get(name)!.fail(new Error(message));
        await settle();
    };
    return { queue, begun, failures, pauses, end, fail };
}

describe("local/serve/jobQueue", () => {
    it("does jobs of several detectors at once, and of one after another", async () => {
        const { queue, begun, end } = open();
        for (const detector of ["a", "a", "b", "c"])
            await queue.dispatch({ job: begun.length === 0 ? "learn" : "advance", detector });
        assert.deepEqual(begun, ["learn a", "advance b"]);
        await end("advance b");
        assert.deepEqual(begun, ["learn a", "advance b", "advance c"]);
        await end("learn a");
        assert.deepEqual(begun.at(-1), "advance a");
        assert.equal(queue.size, 2);
    });

    it("takes a job that waits already no second time, but again when it is under way", async () => {
        const { queue, begun, end } = open({ width: 1 });
        for (let i = 0; i < 3; i++) await queue.dispatch({ job: "advance", detector: "a" });
        await end("advance a");
        await end("advance a");
        assert.deepEqual([begun.length, queue.size], [2, 0]);
    });

    it("tries a job that fails again, later and later, and then tells of it once", async () => {
        const { queue, begun, failures, pauses, fail } = open({ tries: 3 });
        await queue.dispatch({ job: "advance", detector: "a" });
        for (const message of ["one", "two", "three"]) await fail("advance a", message);
        assert.deepEqual([begun.length, pauses], [3, [250, 500]]);
        assert.deepEqual(
            failures.map(({ error }) => error.message),
            ["three"],
        );
        assert.deepEqual(
            (await queue.idle()).map(({ error }) => error.message),
            ["three"],
        );
        assert.deepEqual(await queue.idle(), []);
    });

    it("learns the shards of one detector beside each other, and merges them when all are done", async () => {
        const { queue, begun, end } = open({ width: 4 });
        const all = queue.learnShards("a", 3);
        await queue.dispatch({ job: "advance", detector: "a" });
        assert.deepEqual(begun.sort(), ["advance a", "learnShard a 0", "learnShard a 1", "learnShard a 2"]);
        for (const shard of [0, 2, 1]) await end(`learnShard a ${shard}`);
        await all;
        assert.ok(!begun.includes("mergeShards a"));
        await end("advance a");
        assert.equal(begun.at(-1), "mergeShards a");
    });

    it("merges nothing when a shard failed", async () => {
        const { queue, begun, failures, end, fail } = open({ width: 2 });
        const all = queue.learnShards("a", 2);
        await end("learnShard a 0");
        await fail("learnShard a 1", "broken");
        await all;
        assert.deepEqual([begun.includes("mergeShards a"), failures.length], [false, 1]);
    });

    it("forgets what waits when it is stopped, and waits for what is under way", async () => {
        const { queue, begun, end } = open({ width: 1 });
        await queue.dispatch({ job: "advance", detector: "a" });
        await queue.dispatch({ job: "advance", detector: "b" });
        let isStopped = false;
        const stopping = queue.stop().then(() => (isStopped = true));
        await queue.dispatch({ job: "advance", detector: "c" });
        assert.equal(isStopped, false);
        await end("advance a");
        await stopping;
        assert.deepEqual([begun, queue.size], [["advance a"], 0]);
    });
});
