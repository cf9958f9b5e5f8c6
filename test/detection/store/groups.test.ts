import assert from "node:assert/strict";
import { groupIdOf, openGroups } from "../../../detection/store/groups";
import {
    newestFirst,
    type GroupFilter,
    type GroupPlace,
    type GroupSummary,
} from "../../../detection/store/groupSummary";
import { dateOf } from "../../../detection/store/layout";
import type { GroupRecord } from "../../../detection/store/groupRecord";
import type { ProgressRecord } from "../../../detection/store/records";
import { noQuality } from "../../../detection/store/quality";
import { appendIntervals, decodeStretch, emptyStretch, encodeStretch } from "../../../detection/store/stretch";
import { memoryObjectStore, type MemoryObjectStore } from "../../support/memoryObjectStore";

const day = 86_400_000;
const since = Date.parse("2026-01-01T00:00:00Z");

const group = (start: number, severity: number, measure = "views"): GroupRecord => ({
    id: groupIdOf("r", measure, start),
    measure,
    start,
    end: start,
    severity,
    members: [],
    causes: [],
    isOpen: false,
});

const progress = (groupsSince: number, groups: GroupRecord[]): ProgressRecord => ({
    version: 1,
    since,
    scoredFrom: since,
    scoredThrough: groupsSince + day,
    points: 300,
    combinations: 1,
    openSince: since,
    groupsSince: new Date(groupsSince).toISOString().slice(0, 10),
    groups,
    quality: noQuality(),
});

describe("detection/store/groups", () => {
    /** Days with two groups each, from New Year on; April has begun when the last of them is written. */
    const days = 100;

    /** A store with the days written one by one, as a worker that scores day by day does. */
    async function filled() {
        const objects = memoryObjectStore();
        const store = openGroups(objects, "shop", "r");
        for (let d = 0; d < days; d++) {
            const start = since + d * day;
            const groups = [
                group(start, 50 + (d % 40)),
                group(start + 3_600_000, 60, d % 10 === 0 ? "errors" : "views"),
            ];
            await store.writeDays(new Map([[dateOf(start), groups]]), { from: dateOf(start), to: dateOf(start + day) });
        }
        const recent = since + days * day;
        return { objects, store, progress: progress(recent, [group(recent, 70)]) };
    }

    /** All groups, page after page, with the objects read for each page by a process that knows nothing yet. */
    async function pages(objects: MemoryObjectStore, now: ProgressRecord, filter: GroupFilter, size: number) {
        const found: GroupSummary[][] = [];
        const reads: number[] = [];
        for (let after: GroupPlace | undefined; ;) {
            const before = objects.calls.get + objects.calls.list;
            const page = await openGroups(objects, "shop", "r").page(now, { filter, after, size });
            reads.push(objects.calls.get + objects.calls.list - before);
            found.push([...page.groups]);
            after = page.next;
            if (after === undefined) return { found, reads };
        }
    }

    for (const size of [1, 7, 100, 1000])
        it(`lists every group once, newest first, in pages of ${size}`, async () => {
            const { objects, progress: now } = await filled();
            const { found } = await pages(objects, now, {}, size);
            const all = found.flat();
            assert.equal(all.length, 2 * days + 1);
            assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
            assert.deepEqual(all, [...all].sort(newestFirst));
            assert.ok(found.slice(0, -1).every((page) => page.length === size));
        });

    it("reads as little for the last page as for the first", async () => {
        const { objects, progress: now } = await filled();
        const { reads } = await pages(objects, now, {}, 10);
        assert.equal(reads.length, 21);
        assert.ok(Math.max(...reads) <= 8, reads.join());
        assert.ok(reads.at(-1)! <= reads[0]!, reads.join());
    });

    it("reads nothing again that a warm process has read", async () => {
        const { objects, store, progress: now } = await filled();
        const request = { filter: {}, size: 150 };
        const first = await store.page(now, request);
        const before = objects.calls.get + objects.calls.list;
        assert.deepEqual(await store.page(now, request), first);
        assert.equal(objects.calls.get + objects.calls.list, before);
    });

    it("does not open a file whose name tells that a threshold leaves all of it out", async () => {
        const { objects, store, progress: now } = await filled();
        const before = objects.calls.get;
        const { groups, next } = await store.page(now, { filter: { minSeverity: 90 }, size: 100 });
        assert.deepEqual([groups, next, objects.calls.get - before], [[], undefined, 0]);
        const rare = await store.page(now, { filter: { minSeverity: 89 }, size: 100 });
        assert.deepEqual(
            rare.groups.map(({ severity }) => severity),
            [89, 89],
        );
        assert.equal(objects.calls.get - before, 2);
    });

    it("keeps to measures, and to a stretch of time that a group reaches into", async () => {
        const { objects, progress: now } = await filled();
        const errors = await pages(objects, now, { measures: ["errors"] }, 4);
        assert.equal(errors.found.flat().length, days / 10);
        assert.ok(errors.found.flat().every(({ measure }) => measure === "errors"));
        const [from, to] = [since + 30 * day, since + 33 * day];
        const some = (await pages(objects, now, { from, to }, 4)).found.flat();
        assert.deepEqual(
            some.map(({ start }) => (start - from) / 3_600_000),
            [49, 48, 25, 24, 1, 0],
        );
        assert.deepEqual((await pages(objects, now, { from: now.scoredThrough }, 4)).found, [[]]);
    });

    it("ends a page short, and says where to go on, when a filter leaves out all of a hundred files", async () => {
        const objects = memoryObjectStore();
        const store = openGroups(objects, "shop", "r");
        const months = 110;
        for (let m = 0; m < months; m++) {
            const start = Date.UTC(2016, m, 1);
            const measure = m === 0 ? "errors" : "views";
            const span = { from: dateOf(start), to: dateOf(Date.UTC(2016, m + 1, 1)) };
            await store.writeDays(new Map([[dateOf(start), [group(start, 60, measure)]]]), span);
        }
        const now = { ...progress(Date.UTC(2016, months, 1), []), scoredFrom: Date.UTC(2016, 0, 1) };
        const filter = { measures: ["errors"] };
        const before = objects.calls.get;
        const first = await store.page(now, { filter, size: 10 });
        assert.deepEqual(first.groups, []);
        assert.ok(objects.calls.get - before <= 100);
        const second = await store.page(now, { filter, after: first.next, size: 10 });
        assert.deepEqual([second.groups.map(({ measure }) => measure), second.next], [["errors"], undefined]);
    });

    it("parts a month of thousands into files that a listing can tell apart", async () => {
        const objects = memoryObjectStore();
        const store = openGroups(objects, "shop", "r");
        const groups = Array.from({ length: 2500 }, (_, i) =>
            group(since + Math.floor(i / 3) * 600_000, 50, `m${i % 3}`),
        );
        const byDay = new Map<string, GroupRecord[]>();
        for (const one of groups) byDay.set(dateOf(one.start), [...(byDay.get(dateOf(one.start)) ?? []), one]);
        await store.writeDays(byDay, { from: "2026-01-01", to: "2026-02-01" });
        assert.equal(objects.keys().filter((key) => key.includes("/index/")).length, 3);
        const { found, reads } = await pages(objects, progress(Date.parse("2026-02-01"), []), {}, 100);
        assert.equal(new Set(found.flat().map(({ id }) => id)).size, 2500);
        assert.ok(Math.max(...reads) <= 4, reads.join());
    });

    it("lists days that no index has gathered, as a run of an earlier version left them", async () => {
        const { objects, progress: now } = await filled();
        const before = (await pages(objects, now, {}, 50)).found.flat();
        await objects.delete(objects.keys().filter((key) => key.includes("/index/")));
        assert.deepEqual((await pages(objects, now, {}, 50)).found.flat(), before);
    });

    it("gathers a month again, and alike, when a crash came before the progress moved on", async () => {
        const { objects, progress: now } = await filled();
        const store = openGroups(objects, "shop", "r");
        const before = objects.keys();
        const early = progress(since + 30 * day, [group(since + 30 * day, 50 + 30), group(since + 31 * day, 51)]);
        assert.equal((await pages(objects, early, {}, 50)).found.flat().length, 62);
        await store.writeDays(new Map(), { from: "2026-01-31", to: "2026-03-01" });
        assert.deepEqual(objects.keys(), before);
        assert.equal((await pages(objects, now, {}, 50)).found.flat().length, 2 * days + 1);
    });

    it("finds a group by its id, with one read", async () => {
        const { objects, store, progress: now } = await filled();
        const wanted = group(since + 30 * day, 80);
        const before = objects.calls.get;
        assert.deepEqual(await store.find(now, wanted.id), wanted);
        assert.equal(objects.calls.get - before, 1);
        assert.equal(await store.find(now, "ffffffff-0000-8000-a000-000000000000"), undefined);
    });

    it("does not show a day that a crash left behind before the progress moved on", async () => {
        const { objects } = await filled();
        const early = progress(since + 10 * day, []);
        assert.equal((await pages(objects, early, {}, 100)).found.flat().length, 20);
    });
});

describe("detection/store/stretch", () => {
    it("keeps every number, and gaps for series that came later", () => {
        const first = appendIntervals(emptyStretch(10, 1), 1, [
            { outcome: "learned", value: [0.1] },
            { outcome: "scored", value: [NaN], expected: [1.5], lower: [1], upper: [2], severity: [60] },
        ]);
        const both = appendIntervals(first, 2, [{ outcome: "why not", value: [3, 4] }]);
        const read = decodeStretch(encodeStretch(both));
        assert.deepEqual(read, both);
        assert.deepEqual([...read.value], [0.1, NaN, NaN, NaN, 3, 4]);
        assert.deepEqual([...read.severity], [0, 0, 60, 0, 0, 0]);
        assert.deepEqual(read.outcomes, ["learned", "scored", "why not"]);
        assert.equal(read.first, 10);
    });

    it("keeps the sizes of what was anomalous, and has none of what was saved before they were", () => {
        const stretch = appendIntervals(emptyStretch(10, 2), 2, [
            { outcome: "scored", value: [1, 2], verdict: [2, 3], scaled: [0.5, 7.25] },
            { outcome: "scored", value: [1, 2], verdict: [7, 2], scaled: [-6, 1] },
        ]);
        assert.deepEqual(stretch.sizes, [
            [0, 1, 7.25],
            [1, 0, -6],
        ]);
        const saved = encodeStretch(stretch);
        assert.deepEqual(decodeStretch(saved), stretch);
        const length = JSON.stringify({ sizes: stretch.sizes }).length - 1;
        const at = saved.indexOf(',"sizes"');
        const older = Buffer.from(saved);
        older.fill(" ", at, at + length);
        older.write("}", at + length, "latin1");
        assert.deepEqual(decodeStretch(older), { ...stretch, sizes: [] });
    });

    it("reads what was saved before evidence and verdict were, and refuses what is cut off", () => {
        const stretch = appendIntervals(emptyStretch(10, 2), 2, [
            { outcome: "scored", value: [1, 2], severity: [0, 60], evidence: [0, 1], verdict: [2, 3] },
        ]);
        const saved = encodeStretch(stretch);
        assert.deepEqual(decodeStretch(saved), stretch);
        const first = Buffer.from(saved.subarray(0, saved.length - 4));
        assert.throws(() => decodeStretch(first), /cut off/);
        first.writeUInt32LE(1, 4);
        const { evidence, verdict, ...rest } = stretch;
        assert.deepEqual(decodeStretch(first), { ...rest, evidence: evidence.fill(0), verdict: verdict.fill(0) });
    });

    it("refuses what is no stretch, and a later version", () => {
        assert.throws(() => decodeStretch(Buffer.from("timestamp,views")), /no stretch/);
        const later = encodeStretch(emptyStretch(0, 1));
        later[4] = 9;
        assert.throws(() => decodeStretch(later), /version 9/);
    });
});
