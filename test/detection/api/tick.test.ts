import assert from "node:assert/strict";
import { dispatchTick, type Tick } from "../../../detection/api/tick";
import { openDetectorStore } from "../../../detection/store/detectors";
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
    const detectors = openDetectorStore(memoryObjectStore());
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
    await dispatchTick(world, { now, everyMs });
    return jobs.map(({ job, detector }) => `${job} ${detector}`);
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
});
