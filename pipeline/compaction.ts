import type { ObjectStore } from "../objects/objectStore";
import { collect } from "./collect";
import { compactMonth, type Reading } from "./compactMonth";
import { settleConcurrently } from "./concurrently";
import { monthStart, moveCompaction, nextMonth, readCompaction } from "./compactionState";
import { readDocument } from "./documents";
import { readGeneration, readLedgerCache } from "./ledger";
import type { LedgerPlace } from "./monthIndex";
import { definitionsPrefix } from "./objectLayout";
import { type DetectorDefinition, detectorDefinition, type Interval } from "./records";
import { tickMs } from "./retryPeriod";

/*
 * Many manifests of a closed month become one index, by steps of which each may be the last, and be done by two at once:
 *
 *   1. the month is listed, some of its manifests are read;
 *   2. the index is written with them, if nobody wrote it since it was read;
 *   3. each of them goes, if it is still the one that was read;
 *   4. once nothing is left by itself, compaction goes on with the next month.
 *
 * Steps 1 to 3 are those of compactMonth.ts.
 *
 * Between 2 and 3 a manifest lies in both places and is the same. A window that is committed anew lies by itself again, counts by its
 * fence, and has the month looked at once more. Nothing here takes a lease, or waits for one.
 */

/** Windows that one tick takes into indexes, of all its detectors: some seconds. */
export const windowsPerTick = 1000;
/** Requests to the object store at the same time. */
const concurrency = 16;
const dayMs = 86_400_000;

/** A ledger that could not be compacted this time. */
export interface CompactionFailure {
    readonly detector: string;
    readonly error: unknown;
}

/** What a tick's compaction came to. */
export interface CompactionResult {
    /** Windows that were taken into indexes. */
    readonly compacted: number;
    readonly failed: readonly CompactionFailure[];
}

/**
 * Compacts what is due of the ledgers of an interval's detectors, up to a number of windows in all. `now` is in milliseconds since 1970.
 * A ledger of which nothing is due costs two requests, however long it is.
 */
export async function compactLedgers(
    store: ObjectStore,
    { interval, now }: { readonly interval: Interval; readonly now: number },
    limit: number = windowsPerTick,
): Promise<CompactionResult> {
    const keys = (await collect(store.list(definitionsPrefix(interval)))).map(({ key }) => key);
    const looked = await settleConcurrently(keys, concurrency, (key) => nextClosedMonth(store, key, now));
    const failed: CompactionFailure[] = [];
    const nameOf = (index: number): string => keys[index]!.slice(definitionsPrefix(interval).length, -".json".length);
    let [compacted, spent] = [0, 0];
    for (const [index, outcome] of looked.entries()) {
        try {
            if (outcome.status === "rejected") throw outcome.reason;
            const definition = outcome.value;
            if (definition === undefined || spent >= limit) continue;
            const { windows, months } = await compactLedger(store, definition, now, limit - spent);
            compacted += windows;
            spent += windows + months;
        } catch (error) {
            failed.push({ detector: nameOf(index), error });
        }
    }
    return { compacted, failed };
}

/** Throws when a ledger could not be compacted: a tick that failed is delivered again, and its operators are told. */
export function requireAllCompacted({ failed }: CompactionResult): void {
    if (failed.length === 0) return;
    const reasons = failed.map(({ detector, error }) => `${detector}: ${String(error)}`);
    throw new AggregateError(
        failed.map(({ error }) => error),
        `${failed.length === 1 ? "a ledger" : `${failed.length} ledgers`} could not be compacted; extraction goes on, and later ticks try again: ${reasons.join("; ")}`,
    );
}

async function nextClosedMonth(store: ObjectStore, key: string, now: number): Promise<Reading | undefined> {
    const definition = (await readDocument(store, key, detectorDefinition))?.value;
    if (definition === undefined || definition.live === null) return undefined;
    const reading = { ...definition, live: definition.live };
    const { state } = await readCompaction(store, { detector: definition.name, generation: definition.live });
    return nextMonth(state.from) <= closedBefore(definition, now) ? reading : undefined;
}

/**
 * Months that end by then are closed: their windows are extracted again by nobody but a replay, and the detector, which can score four
 * days or 48 intervals again, has passed them.
 */
function closedBefore({ interval, latenessSeconds }: DetectorDefinition, now: number): number {
    return now - Math.max(8 * dayMs, interval === "P1D" ? 60 * dayMs : 60 * tickMs[interval], latenessSeconds * 1000);
}

/** Compacts a ledger's closed months, oldest first; gives how many windows that were, and how many months were looked at. */
async function compactLedger(
    store: ObjectStore,
    definition: Reading,
    now: number,
    limit: number,
): Promise<{ readonly windows: number; readonly months: number }> {
    const place = { detector: definition.name, generation: definition.live };
    const cache = await readLedgerCache(store, place.detector, place.generation);
    const until = Math.min(closedBefore(definition, now), cache?.frontier ?? 0);
    const { state, document } = await readCompaction(store, place);
    let month = state.from === 0 ? await firstMonth(store, place) : monthStart(state.from);
    let [windows, months] = [0, 0];
    // A month costs a request also where nothing is to be done.
    while (windows + months < limit && nextMonth(month) <= until) {
        const step = await compactMonth(store, { place, definition, month }, limit - windows - months);
        windows += step.windows;
        months += 1;
        if (!step.isDone) break;
        month = nextMonth(month);
    }
    if (month > state.from) await moveCompaction(store, place, { document, from: month });
    return { windows, months };
}

async function firstMonth(store: ObjectStore, { detector, generation }: LedgerPlace): Promise<number> {
    return monthStart((await readGeneration(store, detector, generation)).history?.start ?? 0);
}
