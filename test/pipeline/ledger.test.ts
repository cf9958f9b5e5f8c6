import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openFolderObjectStore } from "../../objects/folderObjectStore";
import { readLedger, saveLedgerCache } from "../../pipeline/ledger";
import { cacheKey, manifestKey } from "../../pipeline/objectLayout";
import { parkWindow } from "../../pipeline/park";
import { formatInstant, type Window } from "../../pipeline/windows";
import { memoryObjectStore, type MemoryObjectStore } from "../support/memoryObjectStore";
import {
    at,
    backfillRun,
    chunks,
    commitAll,
    generation,
    history,
    hour,
    liveRun,
    shopRecord,
    viewOf,
    writeShop,
} from "../support/shop";

const failure = { Error: "QueryError", Cause: "" };
const hours = (from: string, count: number): Window[] =>
    Array.from({ length: count }, (_, index) => {
        const start = at(from) + index * 3_600_000;
        return { start, end: start + 3_600_000 };
    });

async function shop(): Promise<MemoryObjectStore> {
    const store = memoryObjectStore();
    await writeShop(store);
    return store;
}

describe("pipeline/ledger", () => {
    it("begins at the start of the history", async () => {
        const view = await viewOf(await shop());
        assert.deepEqual([view.watermark, view.frontier, view.gaps], [history.start, history.start, []]);
    });

    it("moves watermark and frontier over chunks of history and on to live windows", async () => {
        const store = await shop();
        await commitAll(store, backfillRun, chunks);
        assert.equal((await viewOf(store)).watermark, history.end);
        await commitAll(store, liveRun, hours("2026-01-11", 3));
        const view = await viewOf(store);
        assert.deepEqual([view.watermark, view.frontier], [at("2026-01-11T03:00"), at("2026-01-11T03:00")]);
    });

    it("holds the watermark, not the frontier, at a window that is parked or lost", async () => {
        const store = await shop();
        const [first, , third] = chunks as [Window, Window, Window];
        await commitAll(store, backfillRun, [first, third]);
        await commitAll(store, liveRun, [hour("2026-01-11T00:00"), hour("2026-01-11T02:00")]);
        await parkWindow(store, { run: liveRun, window: hour("2026-01-11T01:00"), error: failure });
        const view = await viewOf(store);
        assert.equal(formatInstant(view.watermark), "2026-01-05T00:00:00Z");
        assert.equal(formatInstant(view.frontier), "2026-01-11T03:00:00Z");
        assert.deepEqual(view.gaps, [chunks[1], hour("2026-01-11T01:00")]);
        assert.deepEqual([...view.parkedStarts], [at("2026-01-11T01:00")]);
        assert.equal(view.parked[0]?.error, "QueryError");
    });

    it("overlooks the record of a parked window that counts by now", async () => {
        const store = await shop();
        const window = hour("2026-01-11T00:00");
        await commitAll(store, backfillRun, chunks);
        await parkWindow(store, { run: liveRun, window, error: failure });
        const parked = store.text("shop/parked/aaaaaaaaaa/20260111T000000Z.json");
        await commitAll(store, liveRun, [window]);
        await store.put("shop/parked/aaaaaaaaaa/20260111T000000Z.json", parked);
        const view = await viewOf(store);
        assert.deepEqual([view.parkedStarts.size, view.watermark], [0, window.end]);
    });

    it("lists no more of a long ledger than of a short one once the cache is written", async () => {
        const listedOf = async (count: number): Promise<number> => {
            const store = await shop();
            await commitAll(store, backfillRun, chunks);
            for (const window of hours("2026-01-11", count)) {
                await store.put(manifestKey("shop", generation, window.start), "{}");
            }
            await saveLedgerCache(store, "shop", await viewOf(store));
            await store.put(manifestKey("shop", generation, at("2026-01-11") + count * 3_600_000), "{}");
            store.calls.listed = 0;
            assert.equal((await viewOf(store)).watermark, at("2026-01-11") + (count + 1) * 3_600_000);
            return store.calls.listed;
        };
        const short = await listedOf(10);
        assert.equal(await listedOf(2000), short);
        assert.ok(short <= 3, `${short} keys listed`);
    });

    it("fills a cached gap once its window is committed", async () => {
        const store = await shop();
        await commitAll(store, backfillRun, chunks);
        await commitAll(store, liveRun, [hour("2026-01-11T01:00")]);
        await saveLedgerCache(store, "shop", await viewOf(store));
        assert.deepEqual((await viewOf(store)).gaps, [hour("2026-01-11T00:00")]);
        await commitAll(store, liveRun, [hour("2026-01-11T00:00")]);
        const view = await viewOf(store);
        assert.deepEqual([view.gaps, view.watermark], [[], at("2026-01-11T02:00")]);
    });

    it("derives the same from a lost, a broken and an old cache", async () => {
        const store = await shop();
        await commitAll(store, backfillRun, chunks);
        const old = await viewOf(store);
        await commitAll(store, liveRun, [hour("2026-01-11T00:00"), hour("2026-01-11T02:00")]);
        const whole = await viewOf(store);
        await saveLedgerCache(store, "shop", whole);
        assert.deepEqual(await viewOf(store), whole);
        await saveLedgerCache(store, "shop", old);
        assert.deepEqual(await viewOf(store), whole);
        await store.put(cacheKey("shop", generation), "{ not JSON");
        assert.deepEqual(await viewOf(store), whole);
        await store.delete([cacheKey("shop", generation)]);
        assert.deepEqual(await viewOf(store), whole);
    });

    it("keeps a bounded number of gaps, and forgets none", async () => {
        const store = await shop();
        await commitAll(store, backfillRun, chunks);
        for (const window of hours("2026-01-11", 600).filter((_, index) => index % 2 === 1)) {
            await store.put(manifestKey("shop", generation, window.start), "{}");
        }
        const whole = await viewOf(store);
        assert.equal(whole.gaps.length, 300);
        await saveLedgerCache(store, "shop", whole);
        store.calls.get = 0;
        assert.deepEqual(await viewOf(store), whole);
        assert.ok(store.calls.get < 210);
    });

    it("needs a history that is fixed", async () => {
        const { history: _none, ...record } = shopRecord;
        await assert.rejects(readLedger(await shop(), "shop", record), { name: "DataError" });
    });

    it("reads the same from a folder, over the turn of a month", async () => {
        const folder = await mkdtemp(path.join(tmpdir(), "lookout-ledger-"));
        try {
            const store = openFolderObjectStore(folder);
            await writeShop(store);
            await commitAll(store, backfillRun, chunks);
            for (const { start } of hours("2026-01-11", 600)) {
                await store.put(manifestKey("shop", generation, start), "{}");
            }
            assert.equal((await viewOf(store)).watermark, at("2026-01-11") + 600 * 3_600_000);
            await saveLedgerCache(store, "shop", await viewOf(store));
            assert.equal((await viewOf(store)).watermark, at("2026-02-05"));
        } finally {
            await rm(folder, { recursive: true, force: true });
        }
    });
});
