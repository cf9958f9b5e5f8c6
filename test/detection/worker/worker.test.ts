import assert from "node:assert/strict";
import { openDetectorStore } from "../../../detection/store/detectors";
import type { DetectorRecord } from "../../../detection/store/records";
import { createRunCache, openRun } from "../../../detection/store/runs";
import { clockFrom, openCalendar } from "../../../detection/worker/calendar";
import { readScores } from "../../../detection/worker/readScores";
import { runJob } from "../../../detection/worker/worker";
import { memoryObjectStore, type MemoryObjectStore } from "../../support/memoryObjectStore";
import { activatedShop } from "../../support/shopDetector";
import { shopLedger } from "../../support/shopLedger";
import { storedGroups } from "../../support/storedGroups";

const hour = 3_600_000;
const header = "timestamp,platform,marketplace,views,revenue\n";

/** A store with an activated detector over a shop's ledger, and a worker on it. */
function shop(options: { historyDays: number; liveHours?: number; pairs?: number; shiftChance?: number }) {
    const objects = memoryObjectStore();
    const ledger = shopLedger(objects, { liveHours: 30, pairs: 3, ...options });
    const detectors = openDetectorStore(objects);
    const open = () => ({
        detectors,
        buckets: { own: "metrics", store: objects, open: () => objects },
        cache: createRunCache(),
    });
    const warm = open();
    const run = openRun(objects, "shop", "r-1", createRunCache());
    const calendar = openCalendar("PT1H", "UTC");
    return {
        objects,
        ledger,
        detectors,
        /** Each call with a new process's memory when `isCold`. */
        work: (job: "learn" | "advance", isCold = false) =>
            runJob(isCold ? open() : warm, { job, detector: "shop" }, ledger.live + 100 * hour),
        activate: (members: Partial<DetectorRecord> = {}) => detectors.create({ ...activatedShop(ledger), ...members }),
        progress: async () => (await run.progress())?.record,
        status: async () => (await detectors.read("shop"))?.status,
        outcomes: async () => {
            const progress = (await run.progress())!.record;
            const first = calendar.positionOf(ledger.live);
            const found = await readScores(
                { store: run, calendar, progress },
                { first, last: first + 1000, series: [0] },
            );
            return found.map(({ outcome, points }) => ({ outcome, value: points[0]!.value }));
        },
        groups: async () => {
            const progress = (await run.progress())!.record;
            const found = [];
            for await (const group of storedGroups(objects, ["shop", "r-1"], progress)) found.push(group);
            return found;
        },
    };
}

/** Everything that the service has stored, by key, but what tells the order of writes. */
const contents = (objects: MemoryObjectStore): [string, string][] =>
    objects.keys("_detection/").map((key) => [key, objects.text(key)]);

describe("detection/worker", () => {
    it("learns what is usual by the clock of the metric set's zone, and keeps it with the model", async () => {
        const world = shop({ historyDays: 13 });
        await world.ledger.commitHistory();
        const { metricSet } = activatedShop(world.ledger);
        await world.activate({ metricSet: { ...metricSet!, timeZone: "Europe/Berlin" } });
        await world.work("learn");
        const run = openRun(world.objects, "shop", "r-1", createRunCache());
        const { clock } = (await run.takeModel((await world.progress())!)).shape;
        const since = world.ledger.live - 13 * 24 * hour;
        assert.deepEqual(clock, clockFrom(since, "Europe/Berlin"));
        assert.ok(clock.length > 0);
    });

    it("learns the committed history, and is ACTIVE with 300 points", async () => {
        const world = shop({ historyDays: 13 });
        await world.ledger.commitHistory();
        await world.activate();
        await world.work("learn");
        assert.equal(await world.status(), "ACTIVE");
        const progress = (await world.progress())!;
        assert.equal(progress.points, 13 * 24);
        assert.equal(progress.combinations, 3);
        assert.equal(progress.scoredThrough, world.ledger.live);
        const { rows, badRows, partialRows, examples } = progress.quality;
        assert.deepEqual(
            { rows, badRows, partialRows, examples },
            {
                rows: 13 * 24 * 3,
                badRows: 0,
                partialRows: 0,
                examples: [],
            },
        );
    });

    it("stays LEARNING below 300 points and becomes ACTIVE with the 300th", async () => {
        const world = shop({ historyDays: 12 });
        await world.ledger.commitHistory();
        await world.activate();
        await world.work("learn");
        for (let h = 0; h < 11; h++) await world.ledger.commitHour(h);
        await world.work("advance");
        assert.equal(await world.status(), "LEARNING");
        await world.ledger.commitHour(11);
        await world.work("advance");
        assert.equal(await world.status(), "ACTIVE");
    });

    it("starts cold when there are no rows at all", async () => {
        const world = shop({ historyDays: 0 });
        await world.ledger.commitHistory();
        await world.activate();
        await world.work("learn");
        assert.equal(await world.status(), "LEARNING");
        await world.ledger.commitHour(0);
        await world.work("advance");
        assert.equal((await world.progress())!.points, 1);
        assert.equal((await world.progress())!.combinations, 3);
    });

    it("writes the same whether windows come one by one, at once, or to a process that starts anew each time", async () => {
        const play = async (batches: number[], isCold: boolean): Promise<[string, string][]> => {
            const world = shop({ historyDays: 14, liveHours: 150, shiftChance: 0.02 });
            await world.ledger.commitHistory();
            await world.activate();
            await world.work("learn");
            for (let h = 0; h < 150; h++) {
                await world.ledger.commitHour(h);
                if (batches.includes(h + 1)) await world.work("advance", isCold);
            }
            assert.ok((await world.groups()).length > 5);
            return contents(world.objects);
        };
        const singly = await play(
            Array.from({ length: 150 }, (_, h) => h + 1),
            true,
        );
        assert.deepEqual(await play([150], false), singly);
        assert.deepEqual(await play([7, 60, 61, 150], false), singly);
    });

    it("scores a window once, however often it is asked to", async () => {
        const world = shop({ historyDays: 14 });
        await world.ledger.commitHistory();
        await world.activate();
        await world.work("learn");
        await world.ledger.commitHour(0);
        await Promise.all([world.work("advance", true), world.work("advance", true), world.work("advance")]);
        const once = contents(world.objects);
        await world.work("advance", true);
        assert.deepEqual(contents(world.objects), once);
        assert.equal((await world.outcomes()).length, 1);
    });

    it("waits for a window that is neither committed nor parked", async () => {
        const world = shop({ historyDays: 14 });
        await world.ledger.commitHistory();
        await world.activate();
        await world.work("learn");
        for (const h of [0, 2]) await world.ledger.commitHour(h);
        await world.work("advance");
        assert.equal((await world.progress())!.scoredThrough, world.ledger.live + hour);
        await world.ledger.commitHour(1);
        await world.work("advance");
        assert.equal((await world.progress())!.scoredThrough, world.ledger.live + 3 * hour);
    });

    it("passes over a parked window as a gap, and tells why", async () => {
        const world = shop({ historyDays: 14 });
        await world.ledger.commitHistory();
        await world.activate();
        await world.work("learn");
        await world.ledger.commitHour(0);
        await world.ledger.parkHour(1, "permission denied for relation ecommerce");
        await world.work("advance");
        assert.equal((await world.outcomes()).length, 1, "nothing follows the parked window: it may yet be committed");
        await world.ledger.commitHour(2);
        await world.work("advance");
        const [, parked, next] = await world.outcomes();
        assert.match(parked!.outcome, /permission denied for relation ecommerce/);
        assert.ok(Number.isNaN(parked!.value));
        assert.equal(next!.outcome, "scored");
    });

    it("scores a parked window that is recovered after later ones, and counts its rows as late", async () => {
        const world = shop({ historyDays: 14 });
        await world.ledger.commitHistory();
        await world.activate();
        await world.work("learn");
        await world.ledger.parkHour(0, "the warehouse is paused");
        await world.ledger.commitHour(1);
        await world.work("advance");
        const { points, scoredThrough } = (await world.progress())!;
        await world.ledger.commitHour(0);
        await world.work("advance");
        await world.work("advance");
        const progress = (await world.progress())!;
        assert.equal(progress.quality.lateRows, 3);
        assert.match(progress.quality.examples.at(-1)!, /^late: shop\/ledger\/.*: 3 rows, of which 0 had come/);
        assert.deepEqual([progress.points, progress.scoredThrough], [points + 1, scoredThrough]);
        const [recovered] = await world.outcomes();
        assert.equal(recovered!.outcome, "scored");
    });

    it("counts the rows that a window has more when it is extracted again", async () => {
        const world = shop({ historyDays: 14 });
        await world.ledger.commitHistory();
        await world.activate();
        await world.work("learn");
        await world.ledger.commitHour(0, `${header}2026-04-01 00:00:00,mobile_app,de,100,30\n`);
        await world.work("advance");
        await world.ledger.commitHour(0);
        await world.ledger.commitHour(1);
        await world.work("advance");
        const { quality } = (await world.progress())!;
        assert.equal(quality.lateRows, 2);
        assert.equal((await world.outcomes())[0]!.value, world.ledger.views(0, 14 * 24));
    });

    it("takes a window without rows for a failed execution", async () => {
        const world = shop({ historyDays: 14 });
        await world.ledger.commitHistory();
        await world.activate();
        await world.work("learn");
        await world.ledger.commitHour(0, header);
        await world.work("advance");
        const [empty] = await world.outcomes();
        assert.equal(
            empty!.outcome,
            "No datapoint was found at the source location for time interval from 2026-04-01T00:00:00.000Z to 2026-04-01T01:00:00.000Z.",
        );
        assert.equal((await world.progress())!.points, 14 * 24);
    });

    it("counts bad rows, uses the good ones and ignores those of other intervals", async () => {
        const world = shop({ historyDays: 14 });
        await world.ledger.commitHistory();
        await world.activate();
        await world.work("learn");
        const rows = [
            "2026-04-01 00:00:00,mobile_app,de,100,30",
            "2026-04-01 00:59:59,mobile_app,de,20,6",
            "2026-04-01 01:00:00,mobile_app,de,5000,1",
            "yesterday,mobile_app,de,1,1",
            "2026-04-01 00:00:00,mobile_app,es,many,12",
            '2026-04-01 00:00:00,mobile_app,fr,"n/a",-',
            "2026-04-01 00:00:00,mobile_app,jp,,",
        ];
        await world.ledger.commitHour(0, `${header}${rows.join("\n")}\n`);
        await world.work("advance");
        const [first] = await world.outcomes();
        assert.equal(first!.value, 120);
        const { quality, combinations } = (await world.progress())!;
        assert.equal(combinations, 3, "a row without any number makes no combination");
        assert.equal(quality.badRows, 3);
        assert.equal(quality.partialRows, 1);
        assert.match(quality.examples[0]!, /column "timestamp", row 5 of s3:\/\/metrics\/shop\/live\/.*"yesterday"/);
        assert.match(quality.examples[1]!, /column "views", row 7 .*"n\/a" is not a number/);
        assert.match(quality.examples[2]!, /column "views, revenue", row 8 .*"" is not a number/);
        assert.match(quality.partialExamples[0]!, /column "views", row 6 .*"many" is not a number/);
        const percent = (column: string) => quality.columns.find((one) => one.column === column)!.usable;
        assert.equal(percent("marketplace"), percent("timestamp") + 1, "the row without a timestamp has a marketplace");
    });

    it("fails the activation with column, row and value when a measure never is a number", async () => {
        const world = shop({ historyDays: 1 });
        await world.ledger.commitHistory();
        for (const key of world.objects.keys("shop/backtest/").filter((name) => name.includes("/a1/")))
            await world.objects.put(key, world.objects.text(key).replace(/,\d+,([\d.]+)$/gm, ",lots,$1"));
        await world.activate();
        await world.work("learn");
        const record = (await world.detectors.read("shop"))!;
        assert.equal(record.status, "FAILED");
        assert.equal(record.failure?.type, "ACTIVATION_FAILURE");
        assert.match(record.failure.reason, /column "views", row 2 of s3:\/\/.*: "lots" is not a number/);
    });

    it("fails the activation when a column is missing, and names those that are there", async () => {
        const world = shop({ historyDays: 1 });
        await world.ledger.commitHistory();
        for (const key of world.objects.keys("shop/backtest/").filter((name) => name.includes("/a1/")))
            await world.objects.put(key, world.objects.text(key).replace("views", "visits"));
        await world.activate();
        await world.work("learn");
        const { failure } = (await world.detectors.read("shop"))!;
        assert.match(failure!.reason, /no column "views"; its columns are timestamp, platform, marketplace, visits/);
    });

    it("is consistent after a crash at any write, and goes on to the same end", async () => {
        const play = async (crashAt: number): Promise<{ crashed: boolean; contents: [string, string][] }> => {
            const world = shop({ historyDays: 14, liveHours: 4, shiftChance: 0.1 });
            await world.ledger.commitHistory();
            await world.activate();
            let puts = 0;
            let crashed = false;
            world.objects.afterPut = (key) => {
                if (!key.startsWith("_detection/") || puts++ !== crashAt) return;
                crashed = true;
                throw new Error("the process was killed");
            };
            const tryWork = (job: "learn" | "advance") =>
                world.work(job, true).catch(() => world.work("advance", true));
            await tryWork("learn");
            for (let h = 0; h < 4; h++) {
                await world.ledger.commitHour(h);
                await tryWork("advance");
            }
            return { crashed, contents: contents(world.objects) };
        };
        const whole = await play(-1);
        for (let at = 0; at < 18; at++) {
            const { crashed, contents: found } = await play(at);
            assert.ok(crashed);
            // A model that was written before a crash may stay behind; nothing reads it.
            const kept = new Set(whole.contents.map(([key]) => key));
            assert.deepEqual(
                found.filter(([key]) => kept.has(key)),
                whole.contents,
                `crash after write ${at}`,
            );
        }
    });

    it("scores a live interval with eleven requests to the store beside reading its rows", async () => {
        const world = shop({ historyDays: 14, pairs: 21 });
        await world.ledger.commitHistory();
        await world.activate();
        await world.work("learn");
        await world.ledger.commitHour(0);
        await world.work("advance");
        await world.ledger.commitHour(1);
        const { get, put, list, delete: deleted } = { ...world.objects.calls };
        await world.work("advance");
        const { calls } = world.objects;
        const requests = calls.get - get + (calls.put - put) + (calls.list - list) + (calls.delete - deleted);
        assert.equal(requests, 11, "nine for the run, one for feedback, one for windows that came late");
    });

    it("leaves a newer run alone when a learner of the one before comes to its end late", async () => {
        const world = shop({ historyDays: 14 });
        await world.ledger.commitHistory();
        await world.activate();
        const [old, own, newer] = ["r-0", "r-1", "r-2"].map((run) => `_detection/runs/shop/${run}/progress.json`);
        await world.objects.put(old!, "{}");
        world.objects.afterPut = async (key) => {
            if (key !== own) return;
            await world.objects.put(newer!, "{}");
            await world.detectors.change("shop", (record) => ({ ...record, run: "r-2" }));
        };
        await world.work("learn");
        assert.deepEqual(
            world.objects.keys("_detection/runs/").filter((key) => key.endsWith("/progress.json")),
            [own, newer],
        );
    });

    it("forgets a detector that is gone", async () => {
        const world = shop({ historyDays: 1 });
        await world.work("learn");
        assert.deepEqual(contents(world.objects), []);
    });

    it("finishes a deletion that was cut off", async () => {
        const world = shop({ historyDays: 14 });
        await world.ledger.commitHistory();
        await world.activate();
        await world.work("learn");
        await world.detectors.change("shop", (record) => ({ ...record, status: "DELETING" }));
        await world.work("advance");
        assert.deepEqual(contents(world.objects), []);
    });
});
