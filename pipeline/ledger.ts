import { DataError, RecordError, NotFoundError } from "../errors";
import type { ObjectStore } from "../objects/objectStore";
import { mapConcurrently } from "./concurrently";
import { readDocument, writeDocument } from "./documents";
import { expectedWindows } from "./history";
import { committedStarts } from "./manifests";
import { type LedgerPlace, readMonthIndex } from "./monthIndex";
import {
    cacheKey,
    generationKey,
    ledgerMonthPrefix,
    manifestKey,
    parkedKey,
    parkedPrefix,
    startOfKey,
} from "./objectLayout";
import {
    type GenerationRecord,
    generationRecord,
    type LedgerCache,
    ledgerCache,
    type ParkedWindow,
    parkedWindow,
} from "./records";
import type { Window } from "./windows";

/** What is known of a generation's windows at one moment. */
export interface LedgerView {
    readonly record: GenerationRecord;
    /** The stretch that the backfill covers. */
    readonly history: Window;
    /** End of the contiguous committed stretch; a parked window holds it back. */
    readonly watermark: number;
    /** End of the last committed window; a parked window does not hold it back. */
    readonly frontier: number;
    /** Windows before the frontier that are not committed, oldest first: parked, or lost with the run that had them. */
    readonly gaps: readonly Window[];
    /** Starts of all windows that are parked. */
    readonly parkedStarts: ReadonlySet<number>;
    /** The records of the oldest of them. */
    readonly parked: readonly ParkedWindow[];
}

/** Requests to the object store at the same time. */
const concurrency = 8;
/** Parked windows whose records are read, so that a long failure costs a tick no more than a short one. */
const parkedRead = 200;
/** Gaps that the cache keeps; each costs the next reader one request. */
const gapsKept = 200;

/** A generation's record. Throws NotFoundError when there is none. */
export async function readGeneration(
    store: ObjectStore,
    detector: string,
    generation: string,
): Promise<GenerationRecord> {
    const found = await readDocument(store, generationKey(detector, generation), generationRecord);
    if (found === undefined) {
        throw new NotFoundError(
            `the detector "${detector}" has no record of its generation ${generation}; change the detector's description and ` +
                'run "pulumi up", which writes the record again',
            { detector },
        );
    }
    return found.value;
}

/**
 * Derives the state of a generation from the cache, the manifests that begin after what the cache covers, and the parked windows.
 * What it costs depends on what is new or missing, not on the ledger's length; without a cache everything is listed.
 * Throws DataError while the generation's history is not fixed.
 */
export async function readLedger(store: ObjectStore, detector: string, record: GenerationRecord): Promise<LedgerView> {
    const { generation, history } = record;
    if (history === undefined) {
        throw new DataError(
            `the history of "${detector}" has not begun to be extracted in the generation ${generation}`,
            {
                detector,
            },
        );
    }
    const cache = await readLedgerCache(store, detector, generation);
    const frontier = cache?.frontier ?? history.start;
    const place = { detector, generation };
    const [starts, open, parkedStarts] = await Promise.all([
        committedStarts(store, place, frontier),
        withoutManifest(store, place, cache?.gaps ?? []),
        parkedBelow(store, parkedPrefix(detector, generation)),
    ]);
    const derived = advance(record, frontier, starts);
    const gaps = [...(await uncommitted(store, place, open, new Set(parkedStarts))), ...derived.gaps];
    const missing = parkedStarts.filter(
        (start) => start >= derived.frontier || gaps.some((gap) => gap.start === start),
    );
    return {
        record,
        history,
        gaps,
        frontier: derived.frontier,
        watermark: gaps[0]?.start ?? derived.frontier,
        parkedStarts: new Set(missing),
        parked: await readParked(store, detector, generation, missing.slice(0, parkedRead)),
    };
}

/**
 * Keeps what was derived, so that the next reader lists less. Whatever a cache says stays true, since manifests are never taken
 * back: a late writer can only make readers list more.
 */
export async function saveLedgerCache(store: ObjectStore, detector: string, view: LedgerView): Promise<void> {
    const { generation } = view.record;
    const cache: LedgerCache = {
        watermark: view.watermark,
        frontier: view.gaps[gapsKept]?.start ?? view.frontier,
        gaps: view.gaps.slice(0, gapsKept),
    };
    await writeDocument(store, cacheKey(detector, generation), ledgerCache, cache);
}

/** The cache; one that cannot be read counts as lost, since everything in it can be derived again. */
export async function readLedgerCache(
    store: ObjectStore,
    detector: string,
    generation: string,
): Promise<LedgerCache | undefined> {
    try {
        return (await readDocument(store, cacheKey(detector, generation), ledgerCache))?.value;
    } catch (error) {
        if (error instanceof RecordError) return undefined;
        throw error;
    }
}

async function parkedBelow(store: ObjectStore, prefix: string): Promise<number[]> {
    const starts: number[] = [];
    for await (const { key } of store.list(prefix)) {
        const start = startOfKey(key);
        if (start !== undefined) starts.push(start);
    }
    return starts;
}

/** Those of the windows that have no manifest of their own. */
async function withoutManifest(
    store: ObjectStore,
    { detector, generation }: LedgerPlace,
    windows: readonly Window[],
): Promise<Window[]> {
    const found = await mapConcurrently(windows, concurrency, ({ start }) =>
        store.get(manifestKey(detector, generation, start)),
    );
    return windows.filter((_, index) => found[index] === undefined);
}

/**
 * Those of the windows that no index of a month holds either. One that is parked is in none: what it was parked by goes with the
 * commit, and an index is big.
 */
async function uncommitted(
    store: ObjectStore,
    place: LedgerPlace,
    windows: readonly Window[],
    parked: ReadonlySet<number>,
): Promise<Window[]> {
    const monthOf = ({ start }: Window): string => ledgerMonthPrefix(place.detector, place.generation, start);
    const byMonth = new Map(
        windows.filter(({ start }) => !parked.has(start)).map((window) => [monthOf(window), window]),
    );
    const indexes = await Promise.all([...byMonth.values()].map(({ start }) => readMonthIndex(store, place, start)));
    const indexed = new Set(
        indexes.flatMap((index) => index?.value.windows.map(({ manifest }) => manifest.window.start) ?? []),
    );
    return windows.filter(({ start }) => !indexed.has(start));
}

/** Moves the frontier behind the last committed window and collects what lies between. `starts` are sorted. */
function advance(
    record: GenerationRecord,
    from: number,
    starts: readonly number[],
): { readonly frontier: number; readonly gaps: Window[] } {
    const committed = new Set(starts);
    const last = starts.at(-1) ?? -Infinity;
    let frontier = from;
    const gaps: Window[] = [];
    let pending: Window[] = [];
    for (const window of expectedWindows(record, from)) {
        if (window.start > last) break;
        if (committed.has(window.start)) {
            gaps.push(...pending);
            pending = [];
            frontier = window.end;
        } else {
            pending.push(window);
        }
    }
    return { frontier, gaps };
}

/** Whether a window that the ledger should hold is committed. */
export function isCommitted(view: LedgerView, window: Window): boolean {
    return window.start < view.frontier && !view.gaps.some(({ start }) => start === window.start);
}

async function readParked(
    store: ObjectStore,
    detector: string,
    generation: string,
    starts: readonly number[],
): Promise<ParkedWindow[]> {
    const found = await mapConcurrently(starts, concurrency, (start) =>
        readDocument(store, parkedKey(detector, generation, start), parkedWindow),
    );
    // One that vanished since the listing has just been committed.
    return found.flatMap((document) => (document === undefined ? [] : [document.value]));
}
