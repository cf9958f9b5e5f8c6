import assert from "node:assert/strict";
import { openDetectorStore } from "../../../detection/store/detectors";
import { createRunCache, openRun } from "../../../detection/store/runs";
import { runJob } from "../../../detection/worker/worker";
import { memoryObjectStore } from "../../support/memoryObjectStore";

const hour = 3_600_000;
const live = Date.parse("2026-04-01T00:00:00Z");

/** A detector over somebody else's bucket: history below `past/`, each hour in a folder of its own. */
async function foreign(format: object = {}) {
    const [own, other] = [memoryObjectStore(), memoryObjectStore()];
    const detectors = openDetectorStore(own);
    const opened: string[] = [];
    await detectors.create({
        version: 1,
        name: "shop",
        interval: "PT1H",
        createdAt: live,
        changedAt: live,
        tags: {},
        status: "ACTIVATING",
        run: "r-1",
        metricSet: {
            name: "orders",
            createdAt: live,
            changedAt: live,
            tags: {},
            measures: [{ name: "views", aggregation: "SUM" }],
            dimensions: ["place"],
            timestamp: { column: "at", format: "yyyy-MM-dd HH:mm:ss" },
            interval: "PT1H",
            offsetSeconds: 600,
            timeZone: "Europe/Berlin",
            filters: [{ dimension: "place", values: ["a", "b"] }],
            source: {
                S3SourceConfig: {
                    HistoricalDataPathList: ["s3://theirs/past/"],
                    TemplatedPathList: ["s3://theirs/live/{{yyyyMMdd}}/{{HHmm}}"],
                    FileFormatDescriptor: { CsvFormatDescriptor: format },
                },
            },
        },
    });
    const buckets = {
        own: "metrics",
        store: own,
        open: (bucket: string) => {
            opened.push(bucket);
            return other;
        },
    };
    const services = { detectors, buckets, cache: createRunCache() };
    return {
        other,
        opened,
        detectors,
        work: (job: "learn" | "advance", now: number) => runJob(services, { job, detector: "shop" }, now),
        progress: async () => (await openRun(own, "shop", "r-1", createRunCache()).progress())?.record,
    };
}

/** Rows of an hour, in Berlin's summer time, two hours ahead of UTC. */
const rows = (start: number): string => {
    const text = new Date(start + 2 * hour).toISOString().slice(0, 19).replace("T", " ");
    return `${text},a,5\n${text},b,7\n${text},unwanted,7\n`;
};

describe("detection/worker, foreign data", () => {
    it("learns from all files below the historical path, in folders too", async () => {
        const world = await foreign();
        for (let h = 1; h <= 48; h++)
            await world.other.put(`past/${h % 2}/file-${h}.csv`, `at,place,views\n${rows(live - h * hour)}`);
        await world.work("learn", live + 20 * 60_000);
        assert.deepEqual([...new Set(world.opened)], ["theirs"]);
        const progress = (await world.progress())!;
        assert.equal(progress.points, 48);
        assert.equal(progress.combinations, 2);
        assert.equal(progress.since, live - 48 * hour);
        assert.equal(progress.scoredThrough, live);
    });

    it("reads an interval from its templated folder once its offset has passed, and not before", async () => {
        const world = await foreign({ ContainsHeader: false, HeaderList: ["at", "place", "views"] });
        await world.work("learn", live + 20 * 60_000);
        await world.other.put("live/20260401/0200/part-0.csv", rows(live));
        await world.other.put("live/20260401/0200/part-1.csv", rows(live));
        await world.work("advance", live + hour + 599_000);
        assert.equal((await world.progress())!.scoredThrough, live);
        await world.work("advance", live + hour + 600_000);
        assert.equal((await world.progress())!.scoredThrough, live + hour);
        assert.equal((await world.progress())!.points, 1);
    });

    it("goes past intervals without data", async () => {
        const world = await foreign();
        await world.work("learn", live + 20 * 60_000);
        await world.work("advance", live + 100 * hour);
        assert.equal((await world.progress())!.scoredThrough, live + 99 * hour);
        assert.equal((await world.progress())!.points, 0);
        assert.equal((await world.detectors.read("shop"))!.status, "LEARNING");
    });

    it("fails the activation for timestamps that are written otherwise, and shows one", async () => {
        const world = await foreign();
        await world.other.put("past/a.csv", "at,place,views\n01/04/2026 00:00,a,5\n");
        await world.work("learn", live);
        const { status, failure } = (await world.detectors.read("shop"))!;
        assert.equal(status, "FAILED");
        assert.match(failure!.reason, /column "at", row 2 of s3:\/\/theirs\/past\/a.csv: "01\/04\/2026 00:00"/);
    });
});
