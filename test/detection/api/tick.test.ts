import assert from "node:assert/strict";
import { dispatchTick, type Tick } from "../../../detection/api/tick";
import { openDetectorStore } from "../../../detection/store/detectors";
import { detectorKey } from "../../../detection/store/layout";
import type { DetectorRecord, DetectorStatus } from "../../../detection/store/records";
import type { Job } from "../../../detection/worker/worker";
import { memoryObjectStore } from "../../support/memoryObjectStore";

const midnight = Date.parse("2026-04-01T00:00:00Z");
const minute = 60_000;
const own = "s3://metrics/orders/backtest/0123456789/";
const foreign = "s3://partner/history/";

const metricSet = (path: string): DetectorRecord["metricSet"] => ({
    name: "set",
    createdAt: 0,
    changedAt: 0,
    tags: {},
    measures: [{ name: "orders", aggregation: "SUM" }],
    dimensions: [],
    interval: "PT1H",
    offsetSeconds: 0,
    timeZone: "UTC",
    source: { S3SourceConfig: { HistoricalDataPathList: [path] } },
});

interface Kind {
    readonly status?: DetectorStatus;
    readonly interval?: DetectorRecord["interval"];
    readonly path?: string;
    /** Minutes before midnight. */
    readonly changed?: number;
}

/** Ticks over some detectors; gives the jobs that were handed on, as `<job> <detector>`. */
async function tick(kinds: Readonly<Record<string, Kind>>, { now, everyMs }: Tick, delivering: string[] = []) {
    const { world, jobs } = await openWorld(kinds, delivering);
    await dispatchTick(world, { now, everyMs });
    return namesOf(jobs);
}

const namesOf = (jobs: readonly Job[]): string[] => jobs.map(({ job, detector }) => `${job} ${detector}`);

async function openWorld(kinds: Readonly<Record<string, Kind>>, delivering: string[] = []) {
    const objects = memoryObjectStore();
    const detectors = openDetectorStore(objects);
    for (const [name, { status = "ACTIVE", interval = "PT1H", path = own, changed = 600 }] of Object.entries(kinds))
        await detectors.create({
            version: 1,
            name,
            interval,
            createdAt: 0,
            changedAt: midnight - changed * minute,
            tags: {},
            status,
            metricSet: metricSet(path),
        });
    const jobs: Job[] = [];
    const world = {
        detectors,
        outbox: { detectors: async () => delivering },
        ownBucket: "metrics",
        dispatch: async (job: Job) => void jobs.push(job),
    };
    return { world, jobs, objects };
}

const hourly = { everyMs: 60 * minute };

describe("detection/api/tick", () => {
    it("has detectors of others' data score at each tick, and nobody else whose windows are committed", async () => {
        const kinds = { theirs: { path: foreign }, learning: { path: foreign, status: "LEARNING" as const }, ours: {} };
        assert.deepEqual(await tick(kinds, { now: midnight + 70 * minute, ...hourly }), [
            "advance learning",
            "advance theirs",
        ]);
    });

    it("has the stack's own detectors score now and then, in case a commit was not heard", async () => {
        const kinds = { hours: {}, days: { interval: "P1D" as const }, minutes: { interval: "PT5M" as const } };
        const at = async (minutes: number, every = 60) =>
            tick(kinds, { now: midnight + minutes * minute, everyMs: every * minute });
        assert.deepEqual(await at(10), ["advance days", "advance hours", "advance minutes"]);
        assert.deepEqual(await at(70), ["advance minutes"]);
        assert.deepEqual(await at(5, 5), []);
        assert.deepEqual(await at(60, 5), ["advance minutes"]);
        assert.deepEqual((await at(370)).length, 3);
    });

    it("takes up what a crash left, once no worker can be at it any more", async () => {
        const kinds = {
            fresh: { status: "ACTIVATING" as const, changed: 10 },
            stuck: { status: "ACTIVATING" as const, changed: 20 },
            testing: { status: "BACK_TEST_ACTIVE" as const, changed: 20 },
            going: { status: "DELETING" as const, changed: 20 },
        };
        assert.deepEqual(await tick(kinds, { now: midnight, ...hourly }), [
            "advance going",
            "advance stuck",
            "advance testing",
        ]);
    });

    it("leaves those alone that rest, have failed or are done", async () => {
        const states = ["INACTIVE", "DEACTIVATED", "FAILED", "BACK_TEST_COMPLETE", "DEACTIVATING"] as const;
        const kinds = Object.fromEntries(states.map((status) => [status.toLowerCase(), { status, path: foreign }]));
        assert.deepEqual(await tick(kinds, { now: midnight, ...hourly }), []);
    });

    it("has alerts delivered that still wait, whatever state their detector is in", async () => {
        const jobs = await tick({ shop: { status: "DEACTIVATED" } }, { now: midnight, ...hourly }, ["shop"]);
        assert.deepEqual(jobs, ["deliver shop"]);
    });

    describe("when something fails", () => {
        const at = { now: midnight, ...hourly };

        it("goes on with all others and the outbox, and names what failed at the end", async () => {
            const { world, jobs, objects } = await openWorld({ a: {}, corrupt: {}, throttled: {}, z: {} }, [
                "a",
                "mute",
                "z",
            ]);
            await objects.put(detectorKey("corrupt"), "{");
            const dispatch = async (job: Job): Promise<void> => {
                if (job.detector === "throttled" || job.detector === "mute") throw new Error("Rate exceeded");
                jobs.push(job);
            };
            await assert.rejects(dispatchTick({ ...world, dispatch }, at), (error: AggregateError) => {
                assert.match(
                    error.message,
                    /^3 of 7 jobs could not be handed on: advance corrupt: .+; advance throttled: Rate exceeded; deliver mute: Rate exceeded$/,
                );
                assert.equal(error.errors.length, 3);
                return true;
            });
            assert.deepEqual(namesOf(jobs).sort(), ["advance a", "advance z", "deliver a", "deliver z"]);
        });

        it("delivers although the detectors cannot be listed, and advances although the outbox cannot", async () => {
            const { world, jobs } = await openWorld({ a: {} }, ["b"]);
            const broken = async (): Promise<never> => {
                throw new Error("Slow down");
            };
            const withoutNames = { ...world, detectors: { ...world.detectors, names: broken } };
            await assert.rejects(dispatchTick(withoutNames, at), /advance any detector: Slow down$/);
            assert.deepEqual(namesOf(jobs.splice(0)), ["deliver b"]);
            await assert.rejects(
                dispatchTick({ ...world, outbox: { detectors: broken } }, at),
                /deliver any detector: Slow down$/,
            );
            assert.deepEqual(namesOf(jobs), ["advance a"]);
        });

        it("hands on to a few at a time", async () => {
            const kinds = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`d${i}`, {}]));
            const { world, jobs } = await openWorld(kinds);
            let [running, most] = [0, 0];
            const dispatch = async (job: Job): Promise<void> => {
                most = Math.max(most, (running += 1));
                await new Promise(setImmediate);
                running -= 1;
                jobs.push(job);
            };
            await dispatchTick({ ...world, dispatch }, at);
            assert.deepEqual([jobs.length, most], [30, 8]);
        });
    });
});
