import { noQuality } from "../store/quality";
import { advance } from "./advance";
import { spanOf } from "./history";
import { learnTable, requireUsable, UnusableRowsError, type Span } from "./learn";
import type { RowTable } from "./rowTable";
import type { ReadWindow, WindowReader } from "./windowReader";
import type { Work } from "./work";

/** Part of the intervals that is learned from; the newer rest is scored. */
const learnedShare = 0.7;
/** Intervals without which nothing is scored: the engine judges a series from its 40th point on. */
const fewestIntervals = Math.ceil(40 / learnedShare);

/**
 * Learns the older part of a history and scores the newer one, as if it came interval by interval. Goes on where a crash cut it off.
 * `onLearned` is awaited between the two parts. Throws UnusableRowsError for a history that is no use, or too short.
 */
export async function runBacktest(work: Work, onLearned: () => Promise<void>): Promise<void> {
    const { services, detector } = work;
    const { table } = await work.reader.past({
        watch: (done) => services.watch?.({ detector, stage: "read", done }),
    });
    requireUsable(table);
    const { first, next } = spanOf(table, (table.range?.last ?? -1) + 1);
    const intervals = table.range === undefined ? 0 : next - first;
    if (intervals < fewestIntervals)
        throw new UnusableRowsError(
            "Insufficient amount of data was found at the source location. Check service limits and requirements. " +
                `A back-test needs ${fewestIntervals} intervals; the history spans ${intervals}.`,
        );
    const split = first + Math.floor(intervals * learnedShare);
    if ((await work.store.progress()) === undefined)
        await learnTable(work, table, { first, next: split, isBacktest: true });
    await onLearned();
    await advance({ ...work, reader: tableReader(work, table, { first: split, next }) });
}

/** A history in memory, given out interval by interval. */
function tableReader(work: Work, table: RowTable, { first, next }: Span): WindowReader {
    const { services, detector } = work;
    return {
        ...work.reader,
        late: async () => [],
        async *ready(from) {
            for (let position = from; position < next; position++) {
                services.watch?.({ detector, stage: "score", done: position - first, total: next - first });
                yield windowOf(table, position);
            }
        },
    };
}

/** One interval of a table. What was found in its rows has been counted already. */
function windowOf(table: RowTable, position: number): ReadWindow {
    const combinations = table.combinationsIn(position, position);
    return {
        first: position,
        last: position,
        tag: "",
        table: {
            combinations,
            quality: noQuality(),
            values: (...args) => table.values(...args),
        },
    };
}
