import { RecordError } from "../errors";
import type { ObjectStore } from "../objects/objectStore";
import { collect } from "./collect";
import { mapConcurrently } from "./concurrently";
import { readDocument } from "./documents";
import { type IndexedManifest, later, type LedgerPlace, readMonthIndex, writeMonthIndex } from "./monthIndex";
import { definitionKey, isMonthIndex, ledgerMonthPrefix, manifestKey, monthIndexKey, startOfKey } from "./objectLayout";
import { type DetectorDefinition, detectorDefinition, manifest } from "./records";

/** A detector that reads a generation of which a month may be due. */
export type Reading = DetectorDefinition & { readonly live: string };

/** A month of a ledger that is closed: nobody but a replay commits windows of it. */
export interface ClosedMonth {
    readonly place: LedgerPlace;
    readonly definition: Reading;
    /** Where it starts, in milliseconds since 1970. */
    readonly month: number;
}

/** Requests to the object store at the same time. */
const concurrency = 16;

/**
 * Takes manifests of a month into its index, at most so many, and deletes those that are in it: one round of steps 1 to 3 of compaction.ts.
 * Gives how many windows that were, and whether nothing is left to be taken in.
 */
export async function compactMonth(
    store: ObjectStore,
    closed: ClosedMonth,
    limit: number,
): Promise<{ readonly windows: number; readonly isDone: boolean }> {
    const { place, month } = closed;
    const listed = await collect(store.list(ledgerMonthPrefix(place.detector, place.generation, month)));
    const own = listed.flatMap(({ key, etag }) => {
        const start = startOfKey(key);
        return start === undefined ? [] : [{ start, tag: etag }];
    });
    const isIndexed = listed.some(({ key }) => isMonthIndex(key));
    // One manifest in an index of its own would be read no faster.
    if (own.length === 0 || (own.length === 1 && !isIndexed)) return { windows: 0, isDone: true };
    const taken = own.slice(0, limit);
    const read = await takeIn(store, closed, taken);
    if (read === undefined) return { windows: 0, isDone: false };
    await mapConcurrently(read, concurrency, ({ start, tag }) =>
        store.delete([manifestKey(place.detector, place.generation, start)], { ifMatch: tag }),
    );
    return { windows: taken.length, isDone: taken.length === own.length };
}

interface OwnManifest {
    readonly start: number;
    readonly tag: string;
}

/** Takes manifests into the index; gives those that are in it as they were read. Undefined when others were at it too. */
async function takeIn(
    store: ObjectStore,
    { place, definition, month }: ClosedMonth,
    own: readonly OwnManifest[],
): Promise<OwnManifest[] | undefined> {
    const before = await readMonthIndex(store, place, month);
    const windows = new Map((before?.value.windows ?? []).map((one) => [one.manifest.window.start, one]));
    const isIn = ({ start, tag }: OwnManifest): boolean => windows.get(start)?.tag === tag;
    const read = await mapConcurrently(
        own.filter((one) => !isIn(one)),
        concurrency,
        ({ start }) => readOwn(store, place, start),
    );
    const found = read.filter((one) => one !== undefined);
    const there = own.filter(isIn);
    for (const one of found) {
        const { start } = one.manifest.window;
        const known = windows.get(start);
        windows.set(start, known === undefined ? one : later(known, one));
    }
    if (found.length > 0) {
        const sorted = [...windows.values()].sort(
            (one, other) => one.manifest.window.start - other.manifest.window.start,
        );
        const written = await writeMonthIndex(store, place, month, { windows: sorted, before });
        if (written === undefined) return undefined;
        if (before === undefined && !(await isStillRead(store, definition))) {
            // Deleted since: an index that is left would be taken for the ledger of whoever creates the detector again.
            await store.delete([monthIndexKey(place.detector, place.generation, month)], { ifMatch: written.etag });
            return undefined;
        }
    }
    return [...there, ...found.map(({ tag, manifest: { window } }) => ({ start: window.start, tag }))];
}

/** A manifest by itself; undefined when it is gone, or cannot be read: who needs it is to find it as it is. */
async function readOwn(
    store: ObjectStore,
    { detector, generation }: LedgerPlace,
    start: number,
): Promise<IndexedManifest | undefined> {
    try {
        const found = await readDocument(store, manifestKey(detector, generation, start), manifest);
        return found === undefined ? undefined : { tag: found.etag, manifest: found.value };
    } catch (error) {
        if (error instanceof RecordError) return undefined;
        throw error;
    }
}

async function isStillRead(store: ObjectStore, { name, interval, live }: Reading): Promise<boolean> {
    return (await readDocument(store, definitionKey(interval, name), detectorDefinition))?.value.live === live;
}
