import { learn } from "../engine/engine";
import { shapeOf } from "../engine/shape";
import { createState, seriesCount } from "../engine/state";
import { dateOf } from "../store/layout";
import type { ProgressRecord } from "../store/records";
import { emptyStretch, learned, type StretchInterval } from "../store/stretch";
import { writeScores, type Work } from "./advance";
import { describeFinding, type RowTable } from "./rowTable";
import { sortedCombinations, stretchOf } from "./scoring";

/** Intervals that are learned from at most, the newest ones; a stray timestamp of long ago must not make a table of decades. */
const mostIntervals = 200_000;
/** Learned values that are kept for charts, in intervals. */
const keptIntervals = 2688;

/**
 * Learns from all that is there and writes the run's first progress. Repeating it after a crash writes the same again. `now`, in
 * milliseconds since 1970, is where scoring begins when there is nothing to learn from at all. Throws DataError when there are rows and
 * none can be used, naming column, row and value.
 */
export async function learnRun(work: Work, now: number): Promise<void> {
    const { store, calendar, metricSet } = work;
    if ((await store.progress()) !== undefined) return;
    const { table, end } = await work.reader.past();
    const problem = findUnusable(table);
    if (problem !== undefined) throw new UnusableRowsError(problem);
    const next = end ?? calendar.positionOf(now);
    const first = Math.min(next, Math.max(table.range?.first ?? next, next - mostIntervals));
    const length = next - first;
    const combinations = sortedCombinations(table.combinations);
    const values = table.values(combinations, first, length);
    const engine = createState(shapeOf(calendar.intervalSeconds, metricSet.measures.length), combinations.length);
    learn(engine, { first, length, values });
    const through = calendar.startOf(next);
    const openSince = await writeLearned(work, values, { first, length, series: seriesCount(engine) });
    await store.writeCombinations(combinations);
    await store.writeModel(through, engine);
    const record: ProgressRecord = {
        version: 1,
        since: calendar.startOf(first),
        scoredFrom: through,
        scoredThrough: through,
        points: countPoints(values, length),
        combinations: combinations.length,
        openSince,
        groupsSince: dateOf(through),
        groups: [],
        quality: table.quality,
    };
    // Another worker may have been first: it learned the same.
    await store.advance(record, undefined);
}

/** There are rows, and none of them can be learned from. */
export class UnusableRowsError extends Error {
    override readonly name = "UnusableRowsError";
}

/** Why the rows are of no use: no timestamp could be read, or a measure never was a number. */
function findUnusable(table: RowTable): string | undefined {
    if (table.quality.rows === 0) return undefined;
    const bad = table.firstBad.find((finding, m) => finding !== undefined && !table.numbersSeen[m]!);
    if (bad !== undefined) return `A measure holds no number: ${describeFinding(bad)}.`;
    if (table.size === 0 && table.badTimestamp !== undefined)
        return `No timestamp can be read: ${describeFinding(table.badTimestamp)}.`;
    return undefined;
}

/** Writes the newest learned values as scores without expectations; gives the start of the stretch that will grow on. */
async function writeLearned(
    work: Work,
    values: Float64Array,
    { first, length, series }: { readonly first: number; readonly length: number; readonly series: number },
): Promise<number> {
    const next = first + length;
    const from = Math.max(first, stretchOf(next - keptIntervals));
    const intervals: StretchInterval[] = [];
    for (let position = from; position < next; position++) {
        const value = Float64Array.from({ length: series }, (_, s) => values[s * length + position - first]!);
        intervals.push({ outcome: learned, value });
    }
    return writeScores(work, emptyStretch(from, series), intervals, work.calendar.startOf(next), series);
}

/** Intervals in which any series has a value. */
function countPoints(values: Float64Array, length: number): number {
    const seen = new Uint8Array(length);
    for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i]!)) seen[i % length] = 1;
    return seen.reduce((sum, one) => sum + one, 0);
}
