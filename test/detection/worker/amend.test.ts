import assert from "node:assert/strict";
import type { Findings } from "../../../alerts/alerting";
import { openDetectorStore } from "../../../detection/store/detectors";
import type { GroupRecord } from "../../../detection/store/groupRecord";
import { createRunCache, openRun } from "../../../detection/store/runs";
import { openCalendar } from "../../../detection/worker/calendar";
import { readScores } from "../../../detection/worker/readScores";
import { runJob } from "../../../detection/worker/worker";
import { saveSnapshot } from "../../../detection/engine/snapshot";
import { openGroups } from "../../../detection/store/groups";
import { memoryObjectStore } from "../../support/memoryObjectStore";
import { checkInvariants } from "../../support/runInvariants";
import { activatedShop } from "../../support/shopDetector";
import { shopLedger } from "../../support/shopLedger";
import { withSpike } from "../../support/spike";

const hour = 3_600_000;
const historyDays = 20;
const liveHours = 60;

/** A detector over a shop's ledger. Each job has a process's memory of its own. */
async function shop(options: { pairs?: number } = {}) {
    const objects = memoryObjectStore();
    const ledger = shopLedger(objects, { historyDays, liveHours, pairs: 3, shiftChance: 0, ...options });
    await ledger.commitHistory();
    const detectors = openDetectorStore(objects);
    await detectors.create(activatedShop(ledger));
    const told = { noted: [] as GroupRecord[], retracted: [] as GroupRecord[] };
    const alerting = {
        note: async ({ groups }: Findings) => told.noted.push(...groups),
        retract: async ({ groups }: Pick<Findings, "groups">) => told.retracted.push(...groups),
        deliver: async () => undefined,
    };
    const buckets = { own: "metrics", store: objects, open: () => objects };
    const work = () =>
        runJob(
            { detectors, buckets, cache: createRunCache(), alerting },
            { job: "advance", detector: "shop" },
            ledger.live + 999 * hour,
        );
    const run = () => openRun(objects, "shop", "r-1", createRunCache());
    const progress = async () => (await run().progress())!.record;
    const calendar = openCalendar("PT1H", "UTC");
    const csv = (h: number): string => ledger.csv(historyDays * 24 + h, historyDays * 24 + h + 1);
    return {
        objects,
        ledger,
        told,
        work,
        progress,
        csv,
        /** Commits hours with the shop's rows, or spoilt ones, each scored at once. */
        play: async (from: number, to: number, rows: (h: number) => string = csv) => {
            for (let h = from; h < to; h++) {
                await ledger.commitHour(h, rows(h));
                await work();
            }
        },
        groups: async () =>
            (await openGroups(objects, "shop", "r-1").page(await progress(), { filter: {}, size: Infinity })).groups,
        find: async (id: string) => openGroups(objects, "shop", "r-1").find(await progress(), id),
        /** All that a reader can see, and the state that will judge what comes: no versions, and nothing of how it came about. */
        seen: async () => {
            await checkInvariants(objects, "shop");
            const record = await progress();
            const store = run();
            const names = await store.combinations(record);
            const series = Array.from({ length: 2 * names.length }, (_, s) => s);
            const span = { first: calendar.positionOf(record.since), last: calendar.positionOf(record.scoredThrough) };
            const groups = record.groups.filter(({ amended }) => amended?.kind !== "withdrawn");
            return {
                names,
                points: record.points,
                scoredThrough: record.scoredThrough,
                scores: await readScores({ store, calendar, progress: record }, { ...span, series }),
                engine: Buffer.from(saveSnapshot(await store.takeModel(record))).toString("base64"),
                groups: groups
                    .map(({ version: _version, amended: _amended, ...group }) => group)
                    .sort((a, b) => (a.id < b.id ? -1 : 1)),
            };
        },
    };
}

type Shop = Awaited<ReturnType<typeof shop>>;

/** What a detector sees that had these rows from the beginning. */
async function fromTheBeginning(rows: (world: Shop, h: number) => string, hours = 40) {
    const world = await shop();
    await world.work();
    await world.play(0, hours, (h) => rows(world, h));
    return world.seen();
}

const at = (h: number): string =>
    new Date(Date.parse("2026-04-01T00:00:00Z") + h * hour).toISOString().slice(0, 13).replace("T", " ");

describe("detection/worker, rows that come late", () => {
    it("raises an anomaly that they show, and ends as if they had been there from the beginning", async () => {
        const world = await shop();
        await world.work();
        await world.play(0, 40);
        assert.deepEqual(await world.groups(), []);
        await world.ledger.commitHour(30, withSpike(world.csv(30), at(30)));
        await world.work();
        assert.deepEqual(
            await world.seen(),
            await fromTheBeginning((other, h) => (h === 30 ? withSpike(other.csv(h), at(h)) : other.csv(h))),
        );
        const groups = (await world.progress()).groups;
        assert.deepEqual(groups.map(({ measure }) => measure).sort(), ["revenue", "views"]);
        for (const { amended, version } of groups) assert.deepEqual([amended?.kind, version], ["raised", 1]);
        assert.deepEqual(world.told.noted.map(({ id }) => id).sort(), groups.map(({ id }) => id).sort());
    });

    it("withdraws one that they explain, which is then found by its id and listed nowhere", async () => {
        const world = await shop();
        await world.work();
        await world.play(0, 40, (h) => (h === 30 ? withSpike(world.csv(h), at(h)) : world.csv(h)));
        const [told, ...more] = await world.groups();
        assert.equal(more.length, 1);
        await world.ledger.commitHour(30);
        await world.work();
        assert.deepEqual(await world.groups(), []);
        const withdrawn = (await world.find(told!.id))!;
        assert.deepEqual([withdrawn.amended?.kind, withdrawn.isOpen, withdrawn.version], ["withdrawn", false, 2]);
        assert.deepEqual(world.told.retracted.map(({ id }) => id).sort(), [told!.id, more[0]!.id].sort());
        assert.deepEqual(await world.seen(), await fromTheBeginning((other, h) => other.csv(h)));
    });

    it("revises one that goes on for longer, under the same id and a higher version", async () => {
        const world = await shop();
        await world.work();
        await world.play(0, 34, (h) => (h === 30 ? withSpike(world.csv(h), at(h)) : world.csv(h)));
        const before = (await world.progress()).groups.find(({ measure }) => measure === "views")!;
        await world.ledger.commitHour(31, withSpike(world.csv(31), at(31)));
        await world.work();
        const after = (await world.find(before.id))!;
        assert.equal(after.end, before.end + hour);
        assert.equal(after.amended?.kind, "revised");
        assert.ok(after.version! > before.version!);
        assert.equal((await world.groups()).filter(({ measure }) => measure === "views").length, 1);
    });

    it("scores a window that was parked and recovered after later ones", async () => {
        const world = await shop();
        await world.work();
        await world.play(0, 20);
        await world.ledger.parkHour(20, "the warehouse is paused");
        await world.play(21, 40);
        assert.equal((await world.seen()).points, historyDays * 24 + 39);
        await world.ledger.commitHour(20);
        await world.work();
        assert.deepEqual(await world.seen(), await fromTheBeginning((other, h) => other.csv(h)));
        assert.equal((await world.progress()).quality.lateRows, 3);
    });

    it("scores what an outage of three days parked, as it is recovered, whatever the order", async () => {
        const world = await shop();
        await world.work();
        for (let h = 0; h < 55; h++) await world.ledger.parkHour(h, "no route to host");
        await world.play(55, 58);
        for (const h of [54, 20, 0, ...Array.from({ length: 55 }, (_, k) => k)]) {
            await world.ledger.commitHour(h);
            if (h % 7 === 0 || h === 54) await world.work();
        }
        await world.work();
        assert.deepEqual(await world.seen(), await fromTheBeginning((other, h) => other.csv(h), 58));
    });

    it("appends combinations that late rows bring where they would have been", async () => {
        const extra = (csv: string, name: string): string =>
            `${csv}${csv.split("\n")[1]!.slice(0, 19)},${name},xx,5,1.50\n`;
        const rows = (other: Shop, h: number): string =>
            h >= 25 && h % 2 === 1 ? extra(other.csv(h), "tv") : h >= 22 ? extra(other.csv(h), "watch") : other.csv(h);
        const world = await shop();
        await world.work();
        await world.play(0, 40, (h) => (h === 22 || h === 25 ? world.csv(h) : rows(world, h)));
        await world.ledger.commitHour(25, rows(world, 25));
        await world.ledger.commitHour(22, rows(world, 22));
        await world.work();
        assert.deepEqual(await world.seen(), await fromTheBeginning(rows));
    });

    it("scores on after that as if nothing had been late, time and again", async () => {
        const rows = (other: Shop, h: number): string =>
            [8, 31, 32, 50].includes(h) ? withSpike(other.csv(h), at(h)) : other.csv(h);
        const world = await shop();
        await world.work();
        for (let h = 0; h < 58; h++) {
            const isHalf = h % 3 === 0;
            await world.ledger.commitHour(
                h,
                isHalf ? rows(world, h).split("\n").slice(0, 2).join("\n") + "\n" : rows(world, h),
            );
            if (h >= 2 && (h - 2) % 3 === 0) await world.ledger.commitHour(h - 2, rows(world, h - 2));
            await world.work();
        }
        await world.ledger.commitHour(57, rows(world, 57));
        await world.work();
        assert.deepEqual(await world.seen(), await fromTheBeginning(rows, 58));
    });

    it("does nothing where the rows are the same, and again nothing when asked again", async () => {
        const world = await shop();
        await world.work();
        await world.play(0, 10);
        const before = world.objects.keys("_detection/");
        await world.ledger.commitHour(8);
        await world.work();
        assert.deepEqual(world.objects.keys("_detection/"), before);
        const { put } = { ...world.objects.calls };
        await world.work();
        assert.equal(world.objects.calls.put, put);
    });

    it("leaves what is further back than its checkpoints as it was scored, and counts it", async () => {
        const objects = memoryObjectStore();
        const ledger = shopLedger(objects, { historyDays: 3, liveHours: 260, pairs: 1, shiftChance: 0 });
        await ledger.commitHistory();
        const detectors = openDetectorStore(objects);
        await detectors.create(activatedShop(ledger));
        const buckets = { own: "metrics", store: objects, open: () => objects };
        const services = { detectors, buckets, cache: createRunCache() };
        const work = () => runJob(services, { job: "advance", detector: "shop" }, ledger.live + 999 * hour);
        await work();
        for (let h = 0; h < 250; h++) await ledger.commitHour(h);
        await work();
        const store = openRun(objects, "shop", "r-1", createRunCache());
        const before = (await store.progress())!.record;
        assert.ok(before.checkpoints!.length < 12, `${before.checkpoints!.length} checkpoints`);
        await ledger.commitHour(10, withSpike(ledger.csv(3 * 24 + 10, 3 * 24 + 11), at(10)));
        await work();
        assert.deepEqual((await store.progress())!.record.groups, before.groups);
        // The newest hours of which it is remembered what they were read from: at least four days.
        await ledger.commitHour(250 - 96, withSpike(ledger.csv(3 * 24 + 154, 3 * 24 + 155), at(154)));
        await work();
        assert.equal((await store.progress())!.record.amendments?.length, 1);
    });

    it("leaves no files behind that nobody reads", async () => {
        const world = await shop();
        await world.work();
        for (let h = 0; h < 58; h++) {
            await world.ledger.commitHour(
                h,
                h % 2 === 0 ? world.csv(h).split("\n").slice(0, 2).join("\n") + "\n" : undefined,
            );
            if (h >= 2) await world.ledger.commitHour(h - (h % 2 === 0 ? 2 : 1));
            await world.work();
        }
        const record = await world.progress();
        const models = world.objects.keys("_detection/runs/shop/r-1/model/").filter((key) => key.endsWith(".bin"));
        const heads = record.checkpoints!.some(({ at }) => at === record.scoredThrough) ? 0 : 1;
        assert.equal(models.length, record.checkpoints!.length + heads, models.join("\n"));
        assert.equal(world.objects.keys("_detection/runs/shop/r-1/open/").length, 1);
    });
});
