import assert from "node:assert/strict";
import { groupIdOf, openGroups } from "../../../detection/store/groups";
import type { GroupRecord } from "../../../detection/store/groupRecord";
import type { ProgressRecord } from "../../../detection/store/records";
import { noQuality } from "../../../detection/store/quality";
import { appendIntervals, decodeStretch, emptyStretch, encodeStretch } from "../../../detection/store/stretch";
import { memoryObjectStore } from "../../support/memoryObjectStore";

const day = 86_400_000;
const since = Date.parse("2026-01-01T00:00:00Z");

const group = (start: number, severity: number): GroupRecord => ({
    id: groupIdOf("r", "views", start),
    measure: "views",
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
    const days = 100;

    async function filled() {
        const objects = memoryObjectStore();
        const store = openGroups(objects, "shop", "r");
        for (let d = 0; d < days; d++) {
            const start = since + d * day;
            const name = new Date(start).toISOString().slice(0, 10);
            await store.writeDay(name, [group(start, 50 + (d % 40)), group(start + 3_600_000, 60)]);
        }
        const recent = since + days * day;
        return { objects, store, progress: progress(recent, [group(recent, 70)]) };
    }

    async function collect(list: AsyncGenerator<GroupRecord>, most = Infinity): Promise<GroupRecord[]> {
        const found: GroupRecord[] = [];
        for await (const one of list) if (found.push(one) >= most) break;
        return found;
    }

    it("lists all days newest first, and goes on after any group", async () => {
        const { store, progress: now } = await filled();
        const all = await collect(store.list(now, 0));
        assert.equal(all.length, 2 * days + 1);
        const starts = all.map(({ start }) => start);
        assert.deepEqual(
            starts,
            [...starts].sort((a, b) => b - a),
        );
        for (const at of [0, 1, 2, 57, 200])
            assert.deepEqual(await collect(store.list(now, 0, all[at])), all.slice(at + 1));
    });

    it("reads only the days that a page needs, at the end as at the start", async () => {
        const { objects, store, progress: now } = await filled();
        const all = await collect(store.list(now, 0));
        for (const after of [undefined, all[180]]) {
            const before = objects.calls.get;
            assert.equal((await collect(store.list(now, 0, after), 10)).length, 10);
            assert.ok(objects.calls.get - before <= 7, `${objects.calls.get - before} reads`);
        }
    });

    it("skips days that a threshold leaves out without reading them", async () => {
        const { objects, store, progress: now } = await filled();
        const before = objects.calls.get;
        const found = await collect(store.list(now, 89));
        assert.deepEqual(
            found.map(({ severity }) => severity),
            [89, 89],
        );
        assert.equal(objects.calls.get - before, 2);
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
        const { store } = await filled();
        const early = progress(since + 10 * day, []);
        assert.equal((await collect(store.list(early, 0))).length, 20);
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
