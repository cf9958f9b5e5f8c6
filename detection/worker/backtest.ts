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

/** What the old service said of too few data. */
const insufficient =
    "Insufficient amount of data was found at the source location. Check service limits and requirements.";

/**
 * Learns the older part of a history and scores the newer one, as if it came interval by interval. Goes on where a crash cut it off.
 * `onLearned` is awaited between the two parts. Throws UnusableRowsError for a history that is no use, or too short.
 */
export async function runBacktest(work: Work, onLearned: () => Promise<void>): Promise<void> {
    const { services, detector } = work;
    const { table, empty = [] } = await work.reader.past({
        watch: (done) => services.watch?.({ detector, stage: "read", done }),
        prepare: (empty) => limit(empty, services.mostCells),
    });
    if (empty.length > 0)
        throw new UnusableRowsError(
            `${insufficient} Nothing lies under ${empty.join(", ")}: check HistoricalDataPathList.`,
        );
    requireUsable(table);
    const { first, next } = spanOf(table, (table.range?.last ?? -1) + 1);
    const intervals = table.range === undefined ? 0 : next - first;
    if (intervals < fewestIntervals)
        throw new UnusableRowsError(
            `${insufficient} A back-test needs ${fewestIntervals} intervals; the history spans ${intervals}.`,
        );
    const split = first + Math.floor(intervals * learnedShare);
    if ((await work.store.progress()) === undefined)
        await learnTable(work, table, { first, next: split, isBacktest: true });
    await onLearned();
    await advance({ ...work, reader: tableReader(work, table, { first: split, next }) });
}

/** Has the reading end as soon as the history is larger than memory: a back-test is learned and scored in one go. */
function limit(table: RowTable, mostCells = table.mostCells): void {
    table.mostCells = mostCells;
    table.relief = async () => {
        const [found, most] = [table.cells, mostCells].map((count) => count.toLocaleString("en-US"));
        throw new UnusableRowsError(
            `The history is too large for a back-test: ${found} values had been read when it was stopped; ` +
                `the limit is ${most} (metrics × intervals). Test on fewer days, or with fewer dimensions or measures.`,
        );
    };
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
