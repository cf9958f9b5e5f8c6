import assert from "node:assert/strict";
import { planBackfill } from "../../pipeline/backfillPlan";
import { expectedWindows, historyOf, historyWindows } from "../../pipeline/history";
import { parkWindow } from "../../pipeline/park";
import type { Window } from "../../pipeline/windows";
import { memoryObjectStore } from "../support/memoryObjectStore";
import {
    at,
    backfillRun,
    chunks,
    commitAll,
    history,
    hour,
    shopRecord,
    shopSpec,
    viewOf,
    writeShop,
} from "../support/shop";

describe("pipeline/backfillPlan", () => {
    it("plans the whole history in chunks, then nothing", async () => {
        const store = memoryObjectStore();
        await writeShop(store);
        assert.deepEqual(planBackfill(await viewOf(store)), { windows: chunks, remaining: 0 });
        await commitAll(store, backfillRun, chunks);
        assert.deepEqual(planBackfill(await viewOf(store)), { windows: [], remaining: 0 });
    });

    it("goes on where an earlier execution stopped, counts what does not fit, and tries parked windows last", async () => {
        const store = memoryObjectStore();
        await writeShop(store);
        const [first, second, third] = chunks as [Window, Window, Window];
        await parkWindow(store, { run: backfillRun, window: first, error: { Error: "QueryError", Cause: "" } });
        assert.deepEqual(planBackfill(await viewOf(store)).windows, [second, third, first]);
        assert.deepEqual(planBackfill(await viewOf(store), 1), { windows: [second], remaining: 1 });
        await commitAll(store, backfillRun, [third]);
        assert.deepEqual(planBackfill(await viewOf(store), 1), { windows: [second], remaining: 0 });
    });
});

describe("pipeline/history", () => {
    it("ends at the last window that is due and begins at a date or a length before", () => {
        const now = at("2026-01-11T00:17");
        assert.deepEqual(historyOf(shopSpec, now, 300), { start: at("2026-01-01"), end: at("2026-01-11") });
        assert.deepEqual(historyOf(shopSpec, now, 1200).end, at("2026-01-10T23:00"));
        assert.deepEqual(historyOf({ ...shopSpec, history: { last: "P90D" } }, now, 300), {
            start: at("2026-01-11") - 90 * 86_400_000,
            end: at("2026-01-11"),
        });
    });

    it("begins a daily history at a local midnight, over a change of the clock too", () => {
        const spec = { ...shopSpec, interval: "P1D", timeZone: "Europe/Berlin", history: { last: "P30D" } } as const;
        const { start, end } = historyOf(spec, at("2026-04-10T12:00"), 0);
        assert.deepEqual([start, end], [at("2026-03-10T23:00"), at("2026-04-09T22:00")]);
    });

    it("is empty when it would begin in the future", () => {
        const record = {
            ...shopRecord,
            history: historyOf({ ...shopSpec, history: { from: "2027-01-01" } }, at("2026-01-11"), 0),
        };
        assert.deepEqual(record.history, { start: at("2026-01-11"), end: at("2026-01-11") });
        assert.deepEqual(historyWindows(record), []);
    });

    it("expects chunks up to the end of the history and single windows from there, wherever one begins", () => {
        const first = (from: number, count: number): Window[] => {
            const windows: Window[] = [];
            for (const window of expectedWindows(shopRecord, from)) {
                if (windows.push(window) === count) break;
            }
            return windows;
        };
        assert.deepEqual(first(history.start, 5), [...chunks, hour("2026-01-11T00:00"), hour("2026-01-11T01:00")]);
        assert.deepEqual(first(at("2026-01-09"), 2), [chunks[2], hour("2026-01-11T00:00")]);
        assert.deepEqual(first(at("2026-03-01"), 1), [hour("2026-03-01T00:00")]);
    });
});
