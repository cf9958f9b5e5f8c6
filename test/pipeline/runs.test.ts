import assert from "node:assert/strict";
import { beginBackfill } from "../../pipeline/backfill";
import { closeRun } from "../../pipeline/closeRun";
import { commitWindow } from "../../pipeline/commit";
import { explainFailure } from "../../pipeline/failure";
import { parkWindow } from "../../pipeline/park";
import type { WindowOutcome } from "../../pipeline/run";
import { formatInstant, type Window } from "../../pipeline/windows";
import { memoryObjectStore, type MemoryObjectStore } from "../support/memoryObjectStore";
import {
    at,
    backfillRun,
    chunks,
    commitAll,
    extract,
    generation,
    history,
    hour,
    liveRun,
    shopRecord,
    viewOf,
    writeShop,
} from "../support/shop";

const thrown = (errorType: string, errorMessage: string) => ({
    Error: errorType,
    Cause: JSON.stringify({ errorType, errorMessage, trace: ["secret"] }),
});
const window = hour("2026-01-11T00:00");
const now = at("2026-01-11T01:05");
const parkedKey = "shop/parked/aaaaaaaaaa/20260111T000000Z.json";

async function shop(): Promise<MemoryObjectStore> {
    const store = memoryObjectStore();
    await writeShop(store);
    return store;
}

describe("pipeline/failure", () => {
    it("finds name and text in what a function threw", () => {
        assert.deepEqual(explainFailure(thrown("QueryError", "no such table")), {
            error: "QueryError",
            message: "no such table",
        });
    });

    it("takes any other cause as it is, and never says nothing", () => {
        assert.deepEqual(explainFailure({ Error: "Custom", Cause: "a reason" }), {
            error: "Custom",
            message: "a reason",
        });
        assert.deepEqual(explainFailure({ Error: "Custom", Cause: "[1]" }), { error: "Custom", message: "[1]" });
        assert.match(explainFailure({ Error: "States.Timeout", Cause: "" }).message, /no answer/);
        assert.match(explainFailure({ Error: "Other", Cause: " " }).message, /no reason/);
    });
});

describe("pipeline/park", () => {
    it("puts a window aside with its error, counts failures, and drops the ticket", async () => {
        const store = await shop();
        const { ticketKey } = await extract(store, liveRun, window);
        const outcome = await parkWindow(store, {
            run: liveRun,
            window,
            ticketKey,
            error: thrown("QueryError", "bad"),
        });
        assert.deepEqual(outcome, { outcome: "parked", ...window, error: "QueryError", message: "bad" });
        await parkWindow(store, { run: liveRun, window, ticketKey: null, error: thrown("DataError", "worse") });
        assert.deepEqual(store.json(parkedKey), {
            window: { start: "2026-01-11T00:00:00Z", end: "2026-01-11T01:00:00Z" },
            kind: "live",
            failures: 2,
            error: "DataError",
            message: "worse",
        });
        assert.deepEqual(store.keys("shop/tickets/"), []);
    });

    it("reports the failure of a window that counts already, and leaves it counting", async () => {
        const store = await shop();
        await commitAll(store, liveRun, [window]);
        const outcome = await parkWindow(store, { run: liveRun, window, error: thrown("Error", "unreachable") });
        assert.equal(outcome.outcome, "parked");
        assert.deepEqual(store.keys("shop/parked/"), []);
    });
});

describe("pipeline/closeRun", () => {
    const committed = (span: Window, rows = 3): WindowOutcome => ({
        outcome: "committed",
        ...span,
        rows,
        bytes: 1,
        version: 1,
    });
    const parked = (span: Window): WindowOutcome => ({
        outcome: "parked",
        ...span,
        error: "QueryError",
        message: "no table",
    });

    it("keeps the watermark and gives the lease back", async () => {
        const store = await shop();
        await commitAll(store, backfillRun, chunks);
        await commitAll(store, liveRun, [window]);
        await store.put("shop/lease/live.json", JSON.stringify({ owner: liveRun.execution, fence: 1 }));
        const result = await closeRun(store, { run: liveRun, results: [committed(window)] }, now);
        assert.deepEqual(result, {
            outcome: "ok",
            committed: 1,
            parked: 0,
            rows: 3,
            remaining: 0,
            setAside: 0,
            arrival: null,
            watermark: window.end,
            message: 'shop: 1 of 1 windows extracted from "warehouse", complete up to 2026-01-11T01:00:00Z.',
        });
        assert.deepEqual(store.json("shop/lease/live.json"), { owner: null, fence: 1 });
        const cache = { watermark: "2026-01-11T01:00:00Z", frontier: "2026-01-11T01:00:00Z", gaps: [] };
        assert.deepEqual(store.json("shop/cache/aaaaaaaaaa.json"), cache);
    });

    it("fails when a window was parked, and says which and why", async () => {
        const store = await shop();
        await commitAll(store, backfillRun, chunks);
        const many = Array.from({ length: 7 }, (_, index) => parked(hour(`2026-01-11T0${index}:00`)));
        const { outcome, message } = await closeRun(
            store,
            { run: liveRun, results: [committed(window), ...many] },
            now,
        );
        assert.equal(outcome, "failed");
        assert.match(message, /1 of 8 windows/);
        assert.match(message, /2026-01-11T00:00:00Z\/2026-01-11T01:00:00Z: QueryError: no table\n/);
        assert.match(message, /and 2 more$/);
    });

    it("counts the live windows that are still set aside, also when the run itself went well", async () => {
        const store = await shop();
        await commitAll(store, backfillRun, chunks);
        await parkWindow(store, { run: liveRun, window, error: thrown("QueryError", "bad") });
        const next = hour("2026-01-11T01:00");
        await commitAll(store, liveRun, [next]);
        const held = await closeRun(store, { run: liveRun, results: [committed(next)] }, now);
        assert.deepEqual([held.outcome, held.setAside], ["ok", 1]);
        await commitAll(store, liveRun, [window]);
        assert.equal((await closeRun(store, { run: liveRun, results: [committed(window)] }, now)).setAside, 0);
    });

    it("counts what is left of a history, without what is parked", async () => {
        const store = await shop();
        const [first, second] = chunks as [Window, Window, Window];
        await commitAll(store, backfillRun, [first]);
        await parkWindow(store, { run: backfillRun, window: second, error: thrown("QueryError", "bad") });
        assert.equal(
            (await closeRun(store, { run: backfillRun, results: [committed(first), parked(second)] }, now)).remaining,
            1,
        );
    });

    describe("a history without rows", () => {
        const commitEmpty = async (store: MemoryObjectStore, windows: readonly Window[]): Promise<void> => {
            for (const one of windows) {
                const event = await extract(store, backfillRun, one, { rows: [] });
                await commitWindow({ store, advance: async () => undefined }, event);
            }
        };
        const close = async (store: MemoryObjectStore, results: WindowOutcome[], run = backfillRun) =>
            (await closeRun(store, { run, results }, now)).emptyHistory;
        const [first, second, third] = chunks as [Window, Window, Window];

        it("is told of as a whole by the run that completes it", async () => {
            const store = await shop();
            await commitEmpty(store, [first, second]);
            assert.equal(await close(store, [committed(first, 0), committed(second, 0)]), undefined);
            await commitEmpty(store, [third]);
            assert.deepEqual(await close(store, [committed(third, 0)]), history);
        });

        it("is not told of when an earlier run found rows, nor by a live run", async () => {
            const store = await shop();
            await commitAll(store, backfillRun, [first]);
            await commitEmpty(store, [second, third]);
            assert.equal(await close(store, [committed(second, 0), committed(third, 0)]), undefined);
            const empty = await shop();
            await commitEmpty(empty, chunks);
            assert.equal(await close(empty, [committed(window, 0)], liveRun), undefined);
        });

        it("is not told of while a window of it is parked", async () => {
            const store = await shop();
            await commitEmpty(store, [first, second]);
            await parkWindow(store, { run: backfillRun, window: third, error: thrown("QueryError", "bad") });
            assert.equal(await close(store, [parked(third)]), undefined);
        });

        it("is none where no history was asked for", async () => {
            const store = memoryObjectStore();
            await writeShop(store, {}, { ...shopRecord, history: { start: history.end, end: history.end } });
            assert.equal(await close(store, []), undefined);
        });
    });

    it("takes no lease from a later run", async () => {
        const store = await shop();
        const later = { owner: "later", fence: 2 };
        await store.put("shop/lease/live.json", JSON.stringify(later));
        await closeRun(store, { run: liveRun, results: [] }, now);
        assert.deepEqual(store.json("shop/lease/live.json"), later);
    });
});

describe("pipeline/backfill", () => {
    const { history: _none, ...unbegun } = shopRecord;
    const event = {
        detector: "shop",
        interval: "PT1H" as const,
        generation,
        startTime: at("2026-01-11T00:17"),
        execution: backfillRun.execution,
    };
    const world = (store: MemoryObjectStore, isRunning = true) => ({ store, isRunning: async () => isRunning });
    const begun = async (): Promise<MemoryObjectStore> => {
        const store = memoryObjectStore();
        await writeShop(store, { live: null, next: generation }, unbegun);
        return store;
    };

    it("fixes the history by the first execution's start and plans it under the lease", async () => {
        const store = await begun();
        const { run, windows, remaining } = await beginBackfill(world(store), event);
        assert.deepEqual(run, { ...backfillRun, fence: 1 });
        assert.equal(remaining, 0);
        assert.deepEqual(
            windows,
            chunks.map(({ start, end }) => ({ start: formatInstant(start), end: formatInstant(end) })),
        );
        assert.deepEqual((await viewOf(store)).history, history);
        assert.deepEqual(store.json("shop/lease/backfill.json"), { owner: backfillRun.execution, fence: 1 });
    });

    it("answers a repeated call alike, and a later execution with the same history", async () => {
        const store = await begun();
        const first = await beginBackfill(world(store), event);
        assert.deepEqual(await beginBackfill(world(store), event), first);
        const next = { ...event, execution: "next", startTime: at("2026-02-01") };
        const second = await beginBackfill(world(store, false), next);
        assert.deepEqual(second.windows, first.windows);
        assert.equal(second.run.fence, 2);
    });

    it("leaves everything to the execution that has the lease", async () => {
        const store = await begun();
        await beginBackfill(world(store), event);
        const { windows, remaining, run } = await beginBackfill(world(store), { ...event, execution: "second" });
        assert.deepEqual([windows, remaining], [[], 0]);
        assert.equal((await closeRun(store, { run, results: [] }, now)).outcome, "ok");
        assert.deepEqual(store.json("shop/lease/backfill.json"), { owner: backfillRun.execution, fence: 1 });
    });

    it("fixes one history when two executions begin at once", async () => {
        const store = await begun();
        const other = { ...event, execution: "other", startTime: at("2026-01-13") };
        await Promise.all([beginBackfill(world(store), event), beginBackfill(world(store), other)]);
        const { end } = (await viewOf(store)).history;
        assert.ok([history.end, at("2026-01-12T23:00")].includes(end));
        assert.equal((store.json("shop/lease/backfill.json") as { fence: number }).fence, 1);
    });

    it("refuses a generation that the detector no longer wants", async () => {
        const store = await begun();
        await writeShop(store, { live: null, next: "bbbbbbbbbb" }, unbegun);
        await assert.rejects(beginBackfill(world(store), event), { name: "NotFoundError", message: /no longer wants/ });
        await assert.rejects(beginBackfill(world(memoryObjectStore()), event), { name: "NotFoundError" });
    });
});
