import assert from "node:assert/strict";
import { commitWindow } from "../../pipeline/commit";
import { compactLedgers, requireAllCompacted } from "../../pipeline/compaction";
import { saveLedgerCache } from "../../pipeline/ledger";
import { findManifest, ledgerEntries } from "../../pipeline/manifests";
import { cacheKey, compactionKey, definitionKey, manifestKey, monthIndexKey } from "../../pipeline/objectLayout";
import type { DetectorDefinition, Manifest } from "../../pipeline/records";
import type { Run } from "../../pipeline/run";
import type { Window } from "../../pipeline/windows";
import { compactAll, hoursFrom, writeLongLedger, writeSparseLedger } from "../support/longLedger";
import { memoryObjectStore, type MemoryObjectStore } from "../support/memoryObjectStore";
import { at, chunks, extract, generation, hour, liveRun, row, viewOf } from "../support/shop";

const place = { detector: "shop", generation };
const ledger = `shop/ledger/${generation}/`;
/** 2026-01-11 to 2026-02-28 are committed: January is closed then, February is not. */
const now = at("2026-03-01T00:05");
const liveHours = 49 * 24;
/** A dozen windows of January, and two of February. */
const some = [...chunks, ...hoursFrom(at("2026-01-12"), 9), ...hoursFrom(at("2026-02-03"), 2)];
const january = (store: MemoryObjectStore): string[] => store.keys(`${ledger}2026-01/`);

async function wholeShop(): Promise<{ store: MemoryObjectStore; windows: readonly Window[] }> {
    const store = memoryObjectStore();
    return { store, windows: await writeLongLedger(store, liveHours) };
}

async function shop(definition: Partial<DetectorDefinition> = {}): Promise<MemoryObjectStore> {
    const store = memoryObjectStore();
    await writeSparseLedger(store, some, at("2026-03-01"), definition);
    return store;
}

/** Every manifest of the ledger as a reader finds it. */
async function read(store: MemoryObjectStore): Promise<{ tag: string; manifest: Manifest }[]> {
    const found: { tag: string; manifest: Manifest }[] = [];
    for await (const entry of ledgerEntries(store, place, undefined))
        found.push({ tag: entry.tag, manifest: (await entry.read())! });
    return found;
}

const nth = (fence: number, given: Partial<Run> = {}): Run => ({
    ...liveRun,
    execution: `e-${fence}`,
    fence,
    ...given,
});

/** Extracts a window with so many views, and commits it. */
async function commit(store: MemoryObjectStore, window: Window, run: Run, views: number): Promise<Manifest> {
    const event = await extract(store, run, window, { rows: [row(window.start, views)] });
    await commitWindow({ store, advance: async () => undefined, now: () => now }, event);
    return (await findManifest(store, place, window.start))!.manifest;
}

describe("pipeline/compaction", () => {
    it("makes one index of a closed month's manifests, from which everybody reads the same", async () => {
        const { store, windows } = await wholeShop();
        const [before, view] = [await read(store), await viewOf(store)];
        assert.equal(before.length, windows.length);
        await compactAll(store, now);
        assert.deepEqual(january(store), [monthIndexKey("shop", generation, at("2026-01-01"))]);
        assert.deepEqual(store.keys(`${ledger}2026-02/`).length, 28 * 24);
        assert.deepEqual(await read(store), before);
        assert.deepEqual(await viewOf(store), view);
        await store.delete([cacheKey("shop", generation)]);
        assert.deepEqual(await viewOf(store), view);
        assert.deepEqual((await findManifest(store, place, at("2026-01-20")))?.manifest.attempt, "a1");
        assert.deepEqual(await findManifest(store, place, at("2026-01-20T00:30")), undefined);
    });

    it("leaves a month alone until its windows change no more, and one with a single manifest for good", async () => {
        const store = await shop();
        const untouched = january(store);
        await compactAll(store, at("2026-02-05"));
        assert.deepEqual(january(store), untouched);
        const late = await shop({ latenessSeconds: 40 * 86_400 });
        await compactAll(late, now);
        assert.deepEqual(january(late), untouched);
        await store.delete(untouched.slice(1));
        await compactAll(store, now);
        assert.deepEqual(january(store), untouched.slice(0, 1));
    });

    it("does nothing for a detector without live windows, and nothing twice", async () => {
        const store = await shop({ live: null });
        const untouched = january(store);
        await compactAll(store, now);
        assert.deepEqual(january(store), untouched);
        await writeSparseLedger(store, some, at("2026-03-01"));
        await compactAll(store, now);
        const keys = store.keys();
        assert.equal(await compactAll(store, now), 1);
        assert.deepEqual(store.keys(), keys);
    });

    it("takes in so many windows a tick, and the rest at the next ones", async () => {
        const store = await shop();
        const before = await read(store);
        const { compacted } = await compactLedgers(store, { interval: "PT1H", now }, 5);
        assert.equal(compacted, 5);
        assert.deepEqual([january(store).length, await read(store)], [8, before]);
        assert.ok((await compactAll(store, now, 5)) >= 3);
        assert.deepEqual([january(store).length, await read(store)], [1, before]);
    });

    it("loses nothing when it dies at any step, and is repaired by being done again", async () => {
        const expected = await read(await shop());
        let steps = 0;
        for (const answer of ["refused", "lost"] as const)
            for (let step = 0, isOver = false; !isOver; step++, steps++) {
                const store = await shop();
                let done = 0;
                const die = () => {
                    if (done++ === step) throw new Error("died");
                };
                if (answer === "lost") store.afterPut = die;
                else store.before = die;
                await compactLedgers(store, { interval: "PT1H", now }).catch(() => undefined);
                isOver = done <= step;
                [store.before, store.afterPut] = [undefined, undefined];
                assert.deepEqual(await read(store), expected, `${answer} at step ${step}`);
                await compactAll(store, now);
                assert.deepEqual(await read(store), expected, `${answer} at step ${step}, done again`);
                assert.equal(january(store).length, 1, `${answer} at step ${step}`);
            }
        assert.ok(steps > 30, `${steps} steps`);
    });

    it("comes to the same when it is done twice at once", async () => {
        const store = await shop();
        const before = await read(store);
        const thrice = [7, 9, 1000].map((limit) => compactLedgers(store, { interval: "PT1H", now }, limit));
        for (const { failed } of await Promise.all(thrice)) assert.deepEqual(failed, []);
        assert.deepEqual(await read(store), before);
        await compactAll(store, now);
        assert.deepEqual([january(store).length, await read(store)], [1, before]);
    });

    it("keeps what is committed anew at any of its steps", async () => {
        const window = hour("2026-01-12T03:00");
        for (let step = 0, isOver = false; !isOver; step++) {
            const store = await shop();
            let done = 0;
            store.before = async () => {
                if (done++ !== step) return;
                store.before = undefined;
                assert.equal((await commit(store, window, nth(2), 7)).version, 2);
            };
            await compactLedgers(store, { interval: "PT1H", now });
            isOver = store.before !== undefined;
            store.before = undefined;
            if (isOver) break;
            const found = (await findManifest(store, place, window.start))!;
            assert.deepEqual([found.manifest.version, found.manifest.fence], [2, 2], `step ${step}`);
            await compactAll(store, now);
            const again = (await read(store)).filter(({ manifest }) => manifest.window.start === window.start);
            assert.deepEqual(again, [{ tag: found.tag, manifest: found.manifest }], `step ${step}`);
        }
    });

    it("disturbs no run that commits, at any of its steps", async () => {
        const window = hour("2026-01-12T03:00");
        for (let step = 0, isOver = false; !isOver; step++) {
            const store = await shop();
            const event = await extract(store, nth(2), window, { rows: [row(window.start, 7)] });
            let done = 0;
            store.before = async () => {
                if (done++ !== step) return;
                store.before = undefined;
                await compactAll(store, now);
            };
            const outcome = await commitWindow({ store, advance: async () => undefined }, event);
            isOver = store.before !== undefined;
            store.before = undefined;
            assert.equal(outcome.version, 2, `step ${step}`);
            await compactAll(store, now);
            const found = (await findManifest(store, place, window.start))!.manifest;
            assert.deepEqual([found.version, found.attempt], [2, event.attemptId], `step ${step}`);
            assert.ok(store.keys(event.folder).length === 1, `step ${step}`);
        }
    });

    it("shows every window once to whoever reads while it works", async () => {
        const store = await shop();
        const starts: number[] = [];
        for await (const entry of ledgerEntries(store, place, undefined)) {
            if (starts.length === 5) await compactAll(store, now);
            assert.equal((await entry.read())?.window.start, entry.start);
            starts.push(entry.start);
        }
        assert.deepEqual(
            starts,
            some.map(({ start }) => start),
        );
    });

    it("takes late rows of a compacted month, and then compacts them too", async () => {
        const store = await shop();
        await compactAll(store, now);
        const window = hour("2026-01-12T03:00");
        assert.deepEqual(await commit(store, window, nth(2), 7).then(({ version }) => version), 2);
        assert.equal(january(store).length, 2);
        assert.equal((await viewOf(store)).gaps.length, 0);
        const other = (await read(store)).filter(({ manifest }) => manifest.window.start === window.start);
        assert.deepEqual(
            other.map(({ manifest }) => [manifest.version, manifest.rows]),
            [[2, 1]],
        );
        await compactAll(store, now);
        assert.equal(january(store).length, 1);
        // The same rows once more change nothing but the fence, and with force the version.
        assert.deepEqual(await commit(store, window, nth(3), 7).then(({ version, fence }) => [version, fence]), [2, 3]);
        await compactAll(store, now);
        assert.equal((await commit(store, window, nth(4, { force: true }), 7)).version, 3);
        await compactAll(store, now);
        assert.equal(january(store).length, 1);
        assert.equal((await findManifest(store, place, window.start))?.manifest.version, 3);
    });

    it("lets no run overwrite what its successor committed and compaction took in", async () => {
        const store = await shop();
        const window = hour("2026-01-12T03:00");
        const late = await extract(store, nth(2), window, { rows: [row(window.start, 5)] });
        let isHeld = true;
        store.before = async (operation, key) => {
            if (operation !== "put" || key !== manifestKey("shop", generation, window.start) || !isHeld) return;
            isHeld = false;
            await commit(store, window, nth(3), 9);
            await compactAll(store, now);
        };
        await commitWindow({ store, advance: async () => undefined }, late);
        assert.deepEqual((await findManifest(store, place, window.start))?.manifest.fence, 3);
        await compactAll(store, now);
        const found = (await read(store)).filter(({ manifest }) => manifest.window.start === window.start);
        assert.deepEqual(
            found.map(({ manifest }) => manifest.fence),
            [3],
        );
    });

    it("lets no run put a first manifest over the one that its successor wrote and compaction took in", async () => {
        const store = await shop();
        const window = hour("2026-01-20T00:00");
        const late = await extract(store, nth(2), window, { rows: [row(window.start, 5)] });
        const key = manifestKey("shop", generation, window.start);
        let isHeld = true;
        store.before = async (operation, written) => {
            if (operation !== "put" || written !== key || !isHeld) return;
            isHeld = false;
            await commit(store, window, nth(3), 9);
            await compactAll(store, now);
        };
        await commitWindow({ store, advance: async () => undefined }, late);
        store.before = undefined;
        const fences = async () =>
            (await read(store))
                .filter(({ manifest }) => manifest.window.start === window.start)
                .map(({ manifest }) => manifest.fence);
        assert.deepEqual([store.keys(key), await fences()], [[key], [3]]);
        // Whoever commits the window next, in the right order, has compaction clear it away.
        await commit(store, window, nth(4), 9);
        await compactAll(store, now);
        assert.deepEqual([store.keys(key), await fences()], [[], [4]]);
    });

    it("finds a window that a cached gap names where an index has it by now", async () => {
        const { store } = await wholeShop();
        const window = hour("2026-01-12T03:00");
        const key = manifestKey("shop", generation, window.start);
        const own = store.text(key);
        await store.delete([key, cacheKey("shop", generation)]);
        const stale = await viewOf(store);
        assert.deepEqual(stale.gaps, [window]);
        await store.put(key, own);
        await saveLedgerCache(store, "shop", stale);
        await compactAll(store, now);
        assert.equal(january(store).length, 1);
        const view = await viewOf(store);
        assert.deepEqual([view.gaps, view.watermark], [[], at("2026-03-01")]);
    });

    it("leaves a manifest that cannot be read for whoever needs it, and compacts the others", async () => {
        const store = await shop();
        const key = manifestKey("shop", generation, at("2026-01-12T03:00"));
        await store.put(key, "{ broken");
        await compactAll(store, now);
        assert.deepEqual(january(store), [key, monthIndexKey("shop", generation, at("2026-01-01"))]);
        await assert.rejects(findManifest(store, place, at("2026-01-12T03:00")), { name: "RecordError" });
    });

    it("begins anew where its own record is broken", async () => {
        const store = await shop();
        await compactAll(store, now);
        await store.put(compactionKey("shop", generation), "{ broken");
        await commit(store, hour("2026-01-12T03:00"), nth(2), 7);
        await store.put(compactionKey("shop", generation), "{ broken");
        await compactAll(store, now);
        assert.equal(january(store).length, 1);
    });

    it("leaves no index behind of a detector that was deleted meanwhile", async () => {
        const store = await shop();
        store.before = async (operation, key) => {
            if (operation !== "put" || !key.endsWith("/index.json")) return;
            store.before = undefined;
            await store.delete([definitionKey("PT1H", "shop")]);
            await store.delete(store.keys("shop/"));
        };
        await compactLedgers(store, { interval: "PT1H", now });
        assert.deepEqual(store.keys(ledger), []);
    });

    it("tells whose ledger could not be compacted, and compacts the others", async () => {
        const store = await shop();
        const definition = store.json(definitionKey("PT1H", "shop")) as object;
        await store.put(definitionKey("PT1H", "bad"), JSON.stringify({ ...definition, name: "bad" }));
        store.before = (_, key) => {
            if (key.startsWith("bad/")) throw new Error("SlowDown");
        };
        const result = await compactLedgers(store, { interval: "PT1H", now });
        assert.deepEqual(
            result.failed.map(({ detector }) => detector),
            ["bad"],
        );
        assert.throws(() => requireAllCompacted(result), /a ledger could not be compacted.*bad: Error: SlowDown/);
        assert.equal(january(store).length, 1);
    });
});
