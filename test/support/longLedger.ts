import { z } from "zod";
import type { ObjectStore } from "../../objects/objectStore";
import { writeDocument } from "../../pipeline/documents";
import { saveLedgerCache } from "../../pipeline/ledger";
import { cacheKey, manifestKey } from "../../pipeline/objectLayout";
import { type DetectorDefinition, ledgerCache, type Manifest, manifest } from "../../pipeline/records";
import { compactLedgers } from "../../pipeline/compaction";
import { formatInstant, type Window } from "../../pipeline/windows";
import { chunks, generation, viewOf, writeShop } from "./shop";

const hourMs = 3_600_000;

/** So many hours from an instant on. */
export const hoursFrom = (start: number, count: number): Window[] =>
    Array.from({ length: count }, (_, i) => ({ start: start + i * hourMs, end: start + (i + 1) * hourMs }));

/** A window's manifest, as the pipeline writes it. */
export function manifestOf(window: Window, given: Partial<Manifest> = {}): Manifest {
    const attempt = given.attempt ?? "a1";
    return {
        version: 1,
        generation,
        kind: window.end - window.start > hourMs ? "backfill" : "live",
        window,
        queryHash: "0123456789abcdef",
        rows: 1,
        bytes: 64,
        minTimestamp: window.start,
        maxTimestamp: window.start,
        objects: [{ key: `shop/live/${window.start}/${attempt}/0000.csv`, bytes: 64, etag: '"e"' }],
        attempt,
        fence: 1,
        committedAt: window.end + 300_000,
        ticket: { statement: "s-1" },
        ...given,
    };
}

/** Commits windows by their manifests alone. */
export async function writeManifests(store: ObjectStore, windows: readonly Window[]): Promise<void> {
    const like = windows[0] === undefined ? undefined : z.encode(manifest, manifestOf(windows[0]));
    for (const window of windows) {
        const [start, end] = [formatInstant(window.start), formatInstant(window.end)];
        const { kind, objects } = manifestOf(window);
        const own = { ...like, kind, objects, window: { start, end }, minTimestamp: start, maxTimestamp: start };
        await store.put(manifestKey("shop", generation, window.start), JSON.stringify(own));
    }
}

/** The shop with a history and so many live hours after it, all committed, and the cache that the last run left. */
export async function writeLongLedger(
    store: ObjectStore,
    hours: number,
    definition: Partial<DetectorDefinition> = {},
): Promise<readonly Window[]> {
    await writeShop(store, definition);
    const windows = [...chunks, ...hoursFrom(chunks.at(-1)!.end, hours)];
    await writeManifests(store, windows);
    await saveLedgerCache(store, "shop", await viewOf(store));
    return windows;
}

/**
 * A ledger of which only some windows are written and the cache says that all are committed up to an instant: as good for compaction, and
 * quicker to go through many times.
 */
export async function writeSparseLedger(
    store: ObjectStore,
    windows: readonly Window[],
    frontier: number,
    definition: Partial<DetectorDefinition> = {},
): Promise<readonly Window[]> {
    await writeShop(store, definition);
    await writeManifests(store, windows);
    const cache = { watermark: frontier, frontier, gaps: [] };
    await writeDocument(store, cacheKey("shop", generation), ledgerCache, cache);
    return windows;
}

/** Compacts until nothing more is due; gives how many ticks that took. */
export async function compactAll(store: ObjectStore, now: number, limit?: number): Promise<number> {
    for (let ticks = 1; ; ticks++) {
        const { compacted, failed } = await compactLedgers(store, { interval: "PT1H", now }, limit);
        if (failed.length > 0) throw failed[0]!.error;
        if (compacted === 0) return ticks;
    }
}
