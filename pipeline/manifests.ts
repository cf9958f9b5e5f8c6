import type { ObjectInfo, ObjectStore } from "../objects/objectStore";
import { type Document, readDocument } from "./documents";
import { type IndexedManifest, later, type LedgerPlace, readMonthIndex } from "./monthIndex";
import { isMonthIndex, ledgerBefore, ledgerPrefix, manifestKey, startOfKey } from "./objectLayout";
import { manifest, type Manifest, type MonthIndex } from "./records";

/*
 * A ledger is read through here, wherever its manifests lie: each by itself, in its month's index, or both while they are being
 * compacted, and when a window of a compacted month was committed anew. What lies by itself is looked at first: an index takes a
 * manifest in before that goes.
 */

/** The manifest that counts, and how it lies. */
export interface FoundManifest {
    readonly manifest: Manifest;
    /** Changes with the manifest, not with where it lies. */
    readonly tag: string;
    /** The object of its own, whether or not it counts: what a writer replaces. */
    readonly own: Document<Manifest> | undefined;
    readonly isIndexed: boolean;
}

/** The manifest of the window that begins at an instant; undefined when it is not committed. */
export async function findManifest(
    store: ObjectStore,
    place: LedgerPlace,
    start: number,
): Promise<FoundManifest | undefined> {
    const own = await readDocument(store, manifestKey(place.detector, place.generation, start), manifest);
    const index = await readMonthIndex(store, place, start);
    const indexed = index?.value.windows.find(({ manifest: { window } }) => window.start === start);
    const byItself = own === undefined ? undefined : { tag: own.etag, manifest: own.value };
    const found = indexed === undefined || byItself === undefined ? (indexed ?? byItself) : later(indexed, byItself);
    return found === undefined ? undefined : { ...found, own, isIndexed: indexed !== undefined };
}

/** A committed window of a ledger. */
export interface LedgerEntry {
    readonly start: number;
    /** See `FoundManifest`. */
    readonly tag: string;
    /** The manifest: at hand where an index holds it, else for a request. Undefined when the ledger was deleted meanwhile. */
    readonly read: () => Promise<Manifest | undefined>;
}

/** Reads the index that was listed; one that was read before may do. */
export type ReadIndex = (listed: ObjectInfo, start: number) => Promise<MonthIndex | undefined>;

/** The committed windows that begin at an instant or later, oldest first. Each month that is compacted costs one request. */
export async function* ledgerEntries(
    store: ObjectStore,
    place: LedgerPlace,
    from: number | undefined,
    readIndex: ReadIndex = openIndexes(store, place),
): AsyncGenerator<LedgerEntry, void, undefined> {
    const readOwn = ownReader(store, place);
    for await (const { own, index } of listedMonths(store, place, from)) {
        const byStart = new Map<number, LedgerEntry>();
        const indexed = index === undefined ? [] : await indexedFrom(index, from, readIndex);
        for (const one of indexed) byStart.set(one.manifest.window.start, entryOf(one));
        for (const { start, etag } of own) {
            const inIndex = byStart.get(start);
            if (inIndex === undefined) byStart.set(start, { start, tag: etag, read: () => readOwn(start) });
            else if (inIndex.tag !== etag) {
                const found = await findManifest(store, place, start);
                if (found !== undefined) byStart.set(start, entryOf(found));
            }
        }
        yield* [...byStart.values()].sort((one, other) => one.start - other.start);
    }
}

/** Starts of the committed windows that begin at an instant or later, oldest first. */
export async function committedStarts(store: ObjectStore, place: LedgerPlace, from: number): Promise<number[]> {
    const starts: number[] = [];
    const readIndex = openIndexes(store, place);
    for await (const { own, index } of listedMonths(store, place, from)) {
        const indexed = index === undefined ? [] : await indexedFrom(index, from, readIndex);
        const ofMonth = [...own.map(({ start }) => start), ...indexed.map(({ manifest: { window } }) => window.start)];
        starts.push(...[...new Set(ofMonth)].sort((one, other) => one - other));
    }
    return starts;
}

/** Reads indexes, and keeps the latest two: whoever reads windows in order asks for the same one again and again. */
export function openIndexes(store: ObjectStore, place: LedgerPlace): ReadIndex {
    let kept: readonly (Document<MonthIndex> & { readonly key: string })[] = [];
    return async ({ key, etag }, start) => {
        const known = kept.find((one) => one.key === key && one.etag === etag);
        if (known !== undefined) return known.value;
        const found = await readMonthIndex(store, place, start);
        if (found !== undefined) kept = [{ ...found, key }, ...kept.filter((one) => one.key !== key)].slice(0, 2);
        return found?.value;
    };
}

/** What lies in a month's folder, as far as it was listed. */
interface ListedMonth {
    /** Manifests by themselves, oldest first. */
    readonly own: readonly { readonly start: number; readonly etag: string }[];
    readonly index: (ObjectInfo & { readonly month: number }) | undefined;
}

async function* listedMonths(
    store: ObjectStore,
    { detector, generation }: LedgerPlace,
    from: number | undefined,
): AsyncGenerator<ListedMonth, void, undefined> {
    const prefix = ledgerPrefix(detector, generation);
    let own: { readonly start: number; readonly etag: string }[] = [];
    let folder = "";
    for await (const info of store.list(
        prefix,
        from === undefined ? undefined : ledgerBefore(detector, generation, from),
    )) {
        const month = info.key.slice(prefix.length, info.key.lastIndexOf("/"));
        if (month !== folder && own.length > 0) {
            yield { own, index: undefined };
            own = [];
        }
        folder = month;
        const start = startOfKey(info.key);
        if (start !== undefined) own.push({ start, etag: info.etag });
        else if (isMonthIndex(info.key)) {
            yield { own, index: { ...info, month: Date.parse(`${month}-01T00:00:00Z`) } };
            own = [];
        }
    }
    if (own.length > 0) yield { own, index: undefined };
}

async function indexedFrom(
    index: ObjectInfo & { readonly month: number },
    from: number | undefined,
    readIndex: ReadIndex,
): Promise<IndexedManifest[]> {
    const found = await readIndex(index, index.month);
    return (found?.windows ?? []).filter(({ manifest: { window } }) => from === undefined || window.start >= from);
}

const entryOf = ({ tag, manifest }: IndexedManifest): LedgerEntry => ({
    start: manifest.window.start,
    tag,
    read: async () => manifest,
});

/** Reads manifests that were listed by themselves; one that was taken into an index since is found there. */
function ownReader(store: ObjectStore, place: LedgerPlace): (start: number) => Promise<Manifest | undefined> {
    let taken: ReadonlyMap<number, Manifest> = new Map();
    return async (start) => {
        const own = await readDocument(store, manifestKey(place.detector, place.generation, start), manifest);
        if (own !== undefined) return own.value;
        if (!taken.has(start)) {
            const windows = (await readMonthIndex(store, place, start))?.value.windows ?? [];
            taken = new Map(windows.map((one) => [one.manifest.window.start, one.manifest]));
        }
        return taken.get(start);
    };
}
