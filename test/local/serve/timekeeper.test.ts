import assert from "node:assert/strict";
import { openDetectorStore } from "../../../detection/store/detectors";
import { detectorKey } from "../../../detection/store/layout";
import type { Job } from "../../../detection/worker/worker";
import { openJobQueue } from "../../../local/serve/jobQueue";
import { keepSimulatedTime } from "../../../local/serve/timekeeper";
import { memoryObjectStore } from "../../support/memoryObjectStore";

const hour = 3_600_000;
const start = Date.parse("2026-04-01T00:00:00Z");

/** Running detectors with hourly intervals under a simulated clock; `run` does their jobs. */
async function open(names: readonly string[], run: (job: Job) => Promise<void>) {
    const objects = memoryObjectStore();
    const detectors = openDetectorStore(objects);
    const common = { createdAt: 0, changedAt: 0, tags: {} };
    for (const name of names)
        await detectors.create({
            ...common,
            version: 1,
            name,
            interval: "PT1H",
            status: "ACTIVE",
            metricSet: {
                ...common,
                name: "set",
                measures: [{ name: "orders", aggregation: "SUM" }],
                dimensions: [],
                interval: "PT1H",
                offsetSeconds: 0,
                timeZone: "UTC",
                source: {},
            },
        });
    let now = start;
    const jobs: string[] = [];
    const queue = openJobQueue({
        run: async (job) => {
            jobs.push(`${job.job} ${job.detector}`);
            await run(job);
        },
        width: 2,
        tries: 1,
        pause: async () => undefined,
        failed: () => undefined,
    });
    const outbox = { detectors: async (): Promise<string[]> => ["told"] };
    const clock = { now: () => now, set: (to: number) => void (now = to) };
    return { objects, jobs, outbox, clock, keeper: keepSimulatedTime({ detectors, outbox, queue }, clock) };
}

const timesOf = (jobs: readonly string[], job: string): number => jobs.filter((other) => other === job).length;

describe("local/serve/timekeeper", () => {
    it("lets time pass beside jobs that fail, and lists each once", async () => {
        const { keeper, clock, jobs } = await open(["bad", "good"], async ({ detector }) => {
            if (detector === "bad") throw new Error(`broken at ${new Date(clock.now()).toISOString()}`);
        });
        assert.deepEqual(await keeper.advance!(start + 3 * hour), {
            ticks: 3,
            // Once as the advance begins, and at each hour.
            failed: [{ job: "advance", detector: "bad", times: 4, message: "broken at 2026-04-01T03:00:00.000Z" }],
        });
        assert.equal(clock.now(), start + 3 * hour);
        assert.deepEqual([timesOf(jobs, "advance good"), timesOf(jobs, "deliver told")], [4, 4]);
    });

    it("lets time pass beside a record that cannot be read, and names it", async () => {
        const { keeper, clock, jobs, objects } = await open(["corrupt", "good"], async () => undefined);
        await objects.put(detectorKey("corrupt"), "{");
        const { ticks, failed } = await keeper.advance!(start + 2 * hour);
        assert.deepEqual(
            failed.map(({ job, detector }) => [job, detector]),
            [["advance", "corrupt"]],
        );
        assert.deepEqual([ticks, clock.now(), timesOf(jobs, "advance good")], [2, start + 2 * hour, 3]);
    });

    it("scores although the outbox cannot be listed", async () => {
        const { keeper, jobs, outbox } = await open(["good"], async () => undefined);
        outbox.detectors = async () => {
            throw new Error("no such folder");
        };
        const { failed } = await keeper.advance!(start + hour);
        assert.deepEqual(failed, [{ job: "deliver", times: 2, message: "no such folder" }]);
        assert.equal(timesOf(jobs, "advance good"), 2);
    });

    it("has nothing to tell when all went well, and forgets what failed before", async () => {
        let isBroken = true;
        const { keeper } = await open(["a"], async ({ detector }) => {
            if (isBroken && detector === "a") throw new Error("broken");
        });
        assert.equal((await keeper.advance!(start + hour)).failed.length, 1);
        isBroken = false;
        assert.deepEqual(await keeper.advance!(start + 2 * hour), { ticks: 1, failed: [] });
    });
});
