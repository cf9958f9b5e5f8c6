import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { openDetectorStore } from "../../../detection/store/detectors";
import { createRunCache, openRun } from "../../../detection/store/runs";
import { openCalendar } from "../../../detection/worker/calendar";
import { readScores } from "../../../detection/worker/readScores";
import { runJob } from "../../../detection/worker/worker";
import { memoryObjectStore } from "../../support/memoryObjectStore";

const hour = 3_600_000;
const live = Date.parse("2026-04-01T00:00:00Z");

/** A detector over somebody else's bucket: history below `past/`, each hour in a folder of its own. */
async function foreign(format: object = {}, options: { readonly metricSet?: object; readonly source?: object } = {}) {
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
            ...options.metricSet,
            source: {
                S3SourceConfig: {
                    HistoricalDataPathList: ["s3://theirs/past/"],
                    TemplatedPathList: ["s3://theirs/live/{{yyyyMMdd}}/{{HHmm}}"],
                    FileFormatDescriptor: { CsvFormatDescriptor: format },
                    ...options.source,
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
        outcomes: async () => {
            const store = openRun(own, "shop", "r-1", createRunCache());
            const progress = (await store.progress())!.record;
            const { interval, timeZone } = (await detectors.read("shop"))!.metricSet!;
            const calendar = openCalendar(interval, timeZone);
            const first = calendar.positionOf(progress.scoredFrom);
            const found = await readScores({ store, calendar, progress }, { first, last: first + 999, series: [0] });
            return found.map(({ outcome, points }) => ({ outcome, value: points[0]!.value }));
        },
        failure: async () => (await detectors.read("shop"))?.failure,
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

    it("names the folder of an interval without data, and the empty history of a back-test", async () => {
        const world = await foreign();
        await world.work("learn", live + 20 * 60_000);
        await world.work("advance", live + 2 * hour);
        assert.equal(
            (await world.outcomes())[0]!.outcome,
            "No datapoint was found at the source location for time interval from 2026-04-01T00:00:00.000Z to " +
                "2026-04-01T01:00:00.000Z. Looked under s3://theirs/live/20260401/0200/",
        );
        const test = await foreign({}, { source: { HistoricalDataPathList: ["s3://theirs/pats/"] } });
        await test.detectors.change("shop", (record) => ({ ...record, status: "BACK_TEST_ACTIVATING" }));
        await test.work("learn", live);
        assert.match(
            (await test.failure())!.reason,
            /^Insufficient amount of data .* Nothing lies under s3:\/\/theirs\/pats\/: check HistoricalDataPathList\./,
        );
    });

    it("goes past intervals without data", async () => {
        const world = await foreign();
        await world.work("learn", live + 20 * 60_000);
        await world.work("advance", live + 100 * hour);
        assert.equal((await world.progress())!.scoredThrough, live + 99 * hour);
        assert.equal((await world.progress())!.points, 0);
        assert.equal((await world.detectors.read("shop"))!.status, "LEARNING");
    });

    for (const path of ["_detection/detectors/shop.json", "_operations/", "", "_detection"])
        it(`reads nothing of what the service itself keeps, at "${path}", and quotes none of it`, async () => {
            const world = await foreign({}, { source: { HistoricalDataPathList: [`s3://metrics/${path}`] } });
            await world.work("learn", live);
            const { status, failure } = (await world.detectors.read("shop"))!;
            assert.equal(status, "FAILED");
            assert.equal(
                failure!.reason,
                `metric set "orders": "s3://metrics/${path}" holds what the service itself keeps, which is no data`,
            );
        });

    it("fails the activation for timestamps that are written otherwise, and shows one", async () => {
        const world = await foreign();
        await world.other.put("past/a.csv", "at,place,views\n01/04/2026 00:00,a,5\n");
        await world.work("learn", live);
        const { status, failure } = (await world.detectors.read("shop"))!;
        assert.equal(status, "FAILED");
        assert.match(failure!.reason, /column "at", row 2 of s3:\/\/theirs\/past\/a.csv: "01\/04\/2026 00:00"/);
    });

    it("learns from several paths: a folder with and without its slash, and a file; not from one whose name only begins alike", async () => {
        const paths = ["s3://theirs/one/", "s3://theirs/two", "s3://theirs/three/file.csv"];
        const world = await foreign({}, { source: { HistoricalDataPathList: paths } });
        for (const [h, key] of ["one/a.csv", "two/deep/er/a.csv", "three/file.csv"].entries())
            await world.other.put(key, `at,place,views\n${rows(live - (h + 1) * hour)}`);
        for (const key of ["two-more/a.csv", "twofold.csv", "three/file.csv.bak"])
            await world.other.put(key, `at,place,views\n${rows(live - 90 * hour)}`);
        await world.other.put("one/", "");
        await world.work("learn", live + 20 * 60_000);
        assert.equal((await world.progress())!.points, 3);
    });

    it("without a historical path learns from the past folders of the templated one, and from each folder its own interval", async () => {
        const world = await foreign({}, { source: { HistoricalDataPathList: undefined } });
        for (let h = 1; h <= 30; h++) {
            const start = live - h * hour;
            const local = new Date(start + 2 * hour).toISOString();
            const folder = `live/${local.slice(0, 10).replaceAll("-", "")}/${local.slice(11, 13)}00`;
            // Each folder repeats the hour before, which belongs to another folder.
            await world.other.put(`${folder}/a.csv`, `at,place,views\n${rows(start)}${rows(start - hour)}`);
        }
        await world.other.put("live/readme.txt", "not a folder of an interval");
        await world.work("learn", live + 20 * 60_000);
        const progress = (await world.progress())!;
        assert.equal(progress.points, 30);
        assert.equal(progress.since, live - 30 * hour);
        assert.equal(progress.quality.rows, 60);
        assert.equal(progress.quality.strayRows, 60);
    });

    it("counts rows of a history that are later than the last interval that had ended", async () => {
        const world = await foreign();
        await world.other.put(
            "past/a.csv",
            `at,place,views\n${rows(live - hour)}${rows(live)}${rows(live + 48 * hour)}`,
        );
        await world.work("learn", live + 20 * 60_000);
        const { quality } = (await world.progress())!;
        assert.deepEqual([quality.rows, quality.futureRows, quality.strayRows], [2, 4, 0]);
    });

    it("reads JSON lines, packed, in several files of an interval", async () => {
        const json = { JsonFormatDescriptor: { FileCompression: "GZIP", Charset: "UTF-8" } };
        const world = await foreign({}, { source: { FileFormatDescriptor: json }, metricSet: { timeZone: "UTC" } });
        await world.work("learn", live + 20 * 60_000);
        for (const place of ["a", "b"])
            for (const file of [1, 2]) {
                const row = JSON.stringify({ at: "2026-04-01 00:30:00", place, views: file });
                await world.other.put(`live/20260401/0000/${place}${file}.gz`, gzipSync(`${row}\n`));
            }
        await world.work("advance", live + 2 * hour);
        assert.deepEqual(await world.outcomes(), [{ outcome: "scored", value: 3 }]);
    });

    it("reads epoch seconds and milliseconds in one file", async () => {
        const unix = { timeZone: "UTC", timestamp: { column: "at", format: "UNIX" } };
        const world = await foreign({}, { metricSet: unix });
        await world.work("learn", live + 20 * 60_000);
        const csv = `at,place,views\n${live / 1000},a,1\n${live + 1},a,2\n`;
        await world.other.put("live/20260401/0000/a.csv", csv);
        await world.work("advance", live + 2 * hour);
        assert.deepEqual(await world.outcomes(), [{ outcome: "scored", value: 3 }]);
    });

    it("reads whole days of the metric set's zone, the short one of spring too", async () => {
        const spring = Date.parse("2026-03-27T23:00:00Z");
        const daily = {
            interval: "P1D",
            offsetSeconds: 3600,
            timestamp: { column: "at", format: "yyyy-MM-dd" },
        };
        const source = { TemplatedPathList: ["s3://theirs/{{yyyy}}/{{MM}}/{{dd}}/"] };
        const world = await foreign({}, { metricSet: daily, source });
        await world.work("learn", spring + hour);
        for (const [d, views] of [28, 29, 30].map((day) => [day, day * 10] as const))
            await world.other.put(`2026/03/${d}/a.csv`, `at,place,views\n2026-03-${d},a,${views}\n`);
        // The day that the clock goes forward on ends at 22:00 UTC; its data are read an hour later.
        await world.work("advance", Date.parse("2026-03-29T22:59:00Z"));
        assert.deepEqual(
            (await world.outcomes()).map(({ value }) => value),
            [280],
        );
        await world.work("advance", Date.parse("2026-03-29T23:00:00Z"));
        assert.deepEqual(
            (await world.outcomes()).map(({ value }) => value),
            [280, 290],
        );
    });

    it("uses the good files of a history when others cannot be read, and names those", async () => {
        const world = await foreign({ FileCompression: "GZIP" });
        const good = (h: number): Buffer => gzipSync(`at,place,views\n${rows(live - h * hour)}`);
        await world.other.put("past/1.csv.gz", good(1));
        await world.other.put("past/2.csv.gz", "at,place,views\nnot packed");
        await world.other.put("past/3.csv.gz", good(3).subarray(0, 60).toString("latin1"));
        await world.other.put("past/4.csv.gz", gzipSync(`at,spot,views\n${rows(live - 4 * hour)}`));
        await world.work("learn", live + 20 * 60_000);
        assert.equal((await world.detectors.read("shop"))!.status, "LEARNING");
        const { quality, points } = (await world.progress())!;
        assert.equal(quality.badObjects, 3);
        assert.equal(points, 1);
        assert.match(quality.examples[0]!, /s3:\/\/theirs\/past\/2.csv.gz is not gzip, or is cut off/);
        assert.match(quality.examples.at(-1)!, /past\/4.csv.gz has no column "place"; its columns are at, spot, views/);
    });

    it("scores nothing of an interval of which a file cannot be read, and says which", async () => {
        const world = await foreign({}, { metricSet: { timeZone: "UTC" } });
        await world.work("learn", live + 20 * 60_000);
        await world.other.put("live/20260401/0000/a.csv", "at,place,views\n2026-04-01 00:00:00,a,5\n");
        await world.other.put("live/20260401/0000/b.csv", "at,place\n2026-04-01 00:00:00,a\n");
        await world.other.put("live/20260401/0100/a.csv", "at,place,views\n2026-04-01 01:00:00,a,7\n");
        await world.work("advance", live + 3 * hour);
        const [failed, next] = await world.outcomes();
        assert.match(failed!.outcome, /s3:\/\/theirs\/live\/20260401\/0000\/b.csv has no column "views"/);
        assert.ok(Number.isNaN(failed!.value));
        assert.deepEqual(next, { outcome: "scored", value: 7 });
        assert.equal((await world.progress())!.quality.badObjects, 1);
    });

    it("scores an interval again whose rows come late, and counts them once", async () => {
        const world = await foreign({}, { metricSet: { timeZone: "UTC" } });
        await world.work("learn", live + 20 * 60_000);
        const file = (views: number): string => `at,place,views\n2026-04-01 00:00:00,a,${views}\n`;
        await world.other.put("live/20260401/0000/a.csv", file(5));
        await world.work("advance", live + 2 * hour);
        await world.other.put("live/20260401/0000/b.csv", file(6) + "2026-04-01 00:10:00,b,1\n");
        await world.work("advance", live + 2 * hour + 60_000);
        await world.work("advance", live + 2 * hour + 120_000);
        await world.work("advance", live + 3 * hour);
        assert.deepEqual((await world.outcomes())[0], { outcome: "scored", value: 11 });
        const { quality } = (await world.progress())!;
        assert.equal(quality.lateRows, 2);
        assert.equal(quality.rows, 1);
        assert.match(quality.examples.at(-1)!, /^late: s3:\/\/theirs\/live\/20260401\/0000\/b.csv: 3 rows/);
    });

    for (const [what, options, reason] of [
        [
            "an unknown template key",
            { source: { TemplatedPathList: ["s3://theirs/{{QQ}}/"] } },
            /"Q" is no template key/,
        ],
        [
            "an unknown timestamp format",
            { metricSet: { timestamp: { column: "at", format: "E" } } },
            /"E" is not understood/,
        ],
        [
            "an unknown character set",
            { source: { FileFormatDescriptor: { CsvFormatDescriptor: { Charset: "Klingon" } } } },
            /"Klingon" is no character set/,
        ],
        [
            "a path that is none",
            { source: { HistoricalDataPathList: ["http://theirs/"] } },
            /"http:\/\/theirs\/" is no S3 path/,
        ],
        [
            "files without a header and without names",
            { source: { FileFormatDescriptor: { CsvFormatDescriptor: { ContainsHeader: false } } } },
            /need a HeaderList/,
        ],
    ] as const)
        it(`fails the activation for ${what}, and says so`, async () => {
            const world = await foreign({}, options);
            await world.work("learn", live);
            assert.equal((await world.detectors.read("shop"))!.status, "FAILED");
            assert.match((await world.failure())!.reason, reason);
        });

    it("fails the job, not the detector, when the bucket cannot be reached", async () => {
        const world = await foreign();
        world.other.before = () => {
            throw new Error("the network is down");
        };
        await assert.rejects(world.work("learn", live), /the network is down/);
        assert.equal((await world.detectors.read("shop"))!.status, "ACTIVATING");
    });
});
