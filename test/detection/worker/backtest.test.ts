import assert from "node:assert/strict";
import { openDetectorStore } from "../../../detection/store/detectors";
import type { DetectorStatus } from "../../../detection/store/records";
import { createRunCache, openRun } from "../../../detection/store/runs";
import { openCalendar } from "../../../detection/worker/calendar";
import { readScores } from "../../../detection/worker/readScores";
import { runJob } from "../../../detection/worker/worker";
import { memoryObjectStore } from "../../support/memoryObjectStore";
import { activatedShop } from "../../support/shopDetector";
import { shopLedger } from "../../support/shopLedger";
import { withSpike } from "../../support/spike";
import { storedGroups } from "../../support/storedGroups";

const hour = 3_600_000;

/** A detector that has been asked for a back-test over a shop's history. */
async function shop(historyDays: number, change: (csv: string) => string = (csv) => csv) {
    const objects = memoryObjectStore();
    const ledger = shopLedger(objects, { historyDays, liveHours: 0, pairs: 3, shiftChance: 0 });
    await ledger.commitHistory();
    for (const key of objects.keys("shop/backtest/").filter((name) => name.includes("/a1/")))
        await objects.put(key, change(objects.text(key)));
    const detectors = openDetectorStore(objects);
    await detectors.create({ ...activatedShop(ledger), status: "BACK_TEST_ACTIVATING" });
    const statuses: DetectorStatus[] = [];
    objects.afterPut = async (key) => {
        if (key.includes("/detectors/")) statuses.push((await detectors.read("shop"))!.status);
    };
    const told: string[] = [];
    const alerting = {
        note: async () => told.push("note"),
        retract: async () => told.push("retract"),
        deliver: async () => void told.push("deliver"),
    };
    const run = openRun(objects, "shop", "r-1", createRunCache());
    const progress = async () => (await run.progress())?.record;
    return {
        objects,
        ledger,
        detectors,
        statuses,
        told,
        progress,
        work: (mostCells?: number) => {
            const buckets = { own: "metrics", store: objects, open: () => objects };
            const services = { detectors, buckets, cache: createRunCache(), alerting, mostCells };
            return runJob(services, { job: "learn", detector: "shop" }, ledger.live + 100 * hour);
        },
        scores: async () => {
            const record = (await progress())!;
            const calendar = openCalendar("PT1H", "UTC");
            const [first, last] = [record.since, record.scoredThrough].map((at) => calendar.positionOf(at));
            const options = { first: first!, last: last!, series: [0] };
            return readScores({ store: run, calendar, progress: record }, options);
        },
        groups: async () => {
            const found = [];
            for await (const group of storedGroups(objects, ["shop", "r-1"], (await progress())!)) found.push(group);
            return found;
        },
    };
}

describe("detection/worker, back-tests", () => {
    it("learns the older 70 % and scores the newer 30 %, to the last interval", async () => {
        const world = await shop(40, (csv) => withSpike(csv, "2026-03-29 07", "2026-03-29 08"));
        await world.work();
        const progress = (await world.progress())!;
        assert.equal(progress.since, world.ledger.from);
        assert.equal(progress.scoredFrom, world.ledger.from + 40 * 24 * 0.7 * hour);
        assert.equal(progress.scoredThrough, world.ledger.live);
        assert.equal(progress.points, 40 * 24);
        assert.equal(progress.isBacktest, true);
        assert.equal(progress.quality.rows, 40 * 24 * 3);
        const outcomes = (await world.scores()).map(({ outcome }) => outcome);
        assert.equal(outcomes.filter((outcome) => outcome === "scored").length, 288);
        assert.equal(outcomes.filter((outcome) => outcome === "learned").length, 672);
        const spike = Date.parse("2026-03-29T07:00:00Z");
        for (const measure of ["views", "revenue"])
            assert.ok((await world.groups()).some((group) => group.start === spike && group.measure === measure));
    });

    it("goes through the states of a back-test, and tells nobody of what it finds", async () => {
        const world = await shop(40);
        await world.work();
        assert.deepEqual(world.statuses, ["BACK_TEST_ACTIVE", "BACK_TEST_COMPLETE"]);
        assert.deepEqual(world.told, []);
    });

    it("is done once: another job changes nothing, and live data are not read", async () => {
        const world = await shop(40);
        await world.work();
        const before = world.objects.keys().map((key) => world.objects.text(key));
        await world.work();
        assert.deepEqual(
            world.objects.keys().map((key) => world.objects.text(key)),
            before,
        );
    });

    it("takes a longer history than the old service would", async () => {
        const world = await shop(130);
        await world.work();
        assert.equal(world.statuses.at(-1), "BACK_TEST_COMPLETE");
        assert.equal((await world.progress())!.points, 130 * 24);
    });

    it("takes 58 intervals, and fails for fewer with the numbers", async () => {
        const cut = (hours: number) => (csv: string) => {
            const [header, ...rows] = csv.trimEnd().split("\n");
            return [header, ...rows.slice(0, hours * 3)].join("\n");
        };
        const enough = await shop(3, cut(58));
        await enough.work();
        assert.equal(enough.statuses.at(-1), "BACK_TEST_COMPLETE");
        const few = await shop(3, cut(57));
        await few.work();
        const { status, failure } = (await few.detectors.read("shop"))!;
        assert.equal(status, "FAILED");
        assert.equal(failure!.type, "BACK_TEST_ACTIVATION_FAILURE");
        assert.match(failure!.reason, /^Insufficient amount of data was found at the source location/);
        assert.match(failure!.reason, /needs 58 intervals; the history spans 57/);
    });

    it("fails for a history that is larger than memory, with the count and the limit, before all of it is read", async () => {
        const world = await shop(40);
        const reads: string[] = [];
        world.objects.before = (operation, key) => void (operation === "stream" && reads.push(key));
        await world.work(1000);
        const { status, failure } = (await world.detectors.read("shop"))!;
        assert.equal(status, "FAILED");
        assert.equal(failure!.type, "BACK_TEST_ACTIVATION_FAILURE");
        assert.match(failure!.reason, /too large for a back-test: [\d,]+ values had been read.*limit is 1,000/);
        assert.match(failure!.reason, /Test on fewer days/);
        assert.ok(reads.length < 40);
    });

    it("fails for a history without any row, and for one that cannot be read", async () => {
        const none = await shop(30, (csv) => csv.split("\n")[0]!);
        await none.work();
        assert.match((await none.detectors.read("shop"))!.failure!.reason, /the history spans 0/);
        const bad = await shop(30, (csv) => csv.replace(/^2026/gm, "MMXXVI"));
        await bad.work();
        assert.match(
            (await bad.detectors.read("shop"))!.failure!.reason,
            /^Nothing can be read: column "timestamp", row 2 of s3:\/\/metrics\/shop.*"MMXXVI-/,
        );
    });

    it("gives a combination that first appears in the tested part series of its own", async () => {
        const late = (csv: string): string =>
            csv
                .split("\n")
                .filter((row) => !row.includes(",fr,") || row >= "2026-03-30")
                .join("\n");
        const world = await shop(40, late);
        await world.work();
        const progress = (await world.progress())!;
        assert.equal(progress.combinations, 3);
        const run = openRun(world.objects, "shop", "r-1", createRunCache());
        assert.deepEqual((await run.combinations({ combinations: 3 })).at(-1), ["mobile_app", "fr"]);
    });
});
