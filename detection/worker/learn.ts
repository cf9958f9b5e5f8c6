import { learnHistory } from "../engine/detector";
import { shapeOf } from "../engine/shape";
import { createState, seriesCount } from "../engine/state";
import { dateOf } from "../store/layout";
import { runShapeOf, type ProgressRecord } from "../store/records";
import { emptyStretch, learned, type StretchInterval } from "../store/stretch";
import { ActivationError } from "./dataErrors";
import { engineOptionsOf } from "./engineOptions";
import { readMarks } from "./feedbackMarks";
import { describeFinding, type RowTable } from "./rowTable";
import { sortedCombinations, stretchOf } from "./scoring";
import { isCurrent, type Work } from "./work";
import { writeScores } from "./writeScores";

/** Learned values that are kept for charts, in intervals. */
export const keptIntervals = 2688;

/** A stretch of history: positions from `first` up to, not including, `next`. */
export interface Span {
    readonly first: number;
    readonly next: number;
}

/** What is known of a history beside its values. */
export interface Learned extends Span {
    readonly points: number;
    readonly combinations: number;
    readonly openSince: number;
    readonly isBacktest: boolean;
}

/** Learns a table's rows of a stretch of time, and writes the run's first progress; another worker that was first learned the same. */
export async function learnTable(
    work: Work,
    table: RowTable,
    { first, next, isBacktest }: Span & { readonly isBacktest: boolean },
): Promise<void> {
    const { store, calendar, metricSet, services } = work;
    const length = next - first;
    const own = isBacktest ? table.combinationsIn(first, next - 1) : table.combinations;
    const combinations = sortedCombinations(own);
    const values = table.values(combinations, first, length);
    const shape = shapeOf(calendar.intervalSeconds, metricSet.measures.length, calendar.clockFrom(first));
    const engine = createState(shape, combinations.length);
    const total = seriesCount(engine);
    services.watch?.({ detector: work.detector, stage: "learn", done: 0, total });
    const options = engineOptionsOf(work.record.options, metricSet, calendar);
    const feedback = await readMarks(work, combinations);
    learnHistory({ engine, combinations, options, open: [], feedback }, { first, length, values });
    services.watch?.({ detector: work.detector, stage: "learn", done: total, total });
    // A deletion may have come in between: nothing is to be left under a name that is free.
    if (!(await isCurrent(work))) return;
    const openSince = await writeLearned(work, values, { first, length, series: total });
    await store.writeCombinations(combinations);
    await store.writeModel(calendar.startOf(next), engine);
    const points = seenIntervals(values, length).reduce((sum, one) => sum + one, 0);
    const found = { first, next, points, openSince, isBacktest, combinations: combinations.length };
    await store.advance({ ...firstProgress(work, found), quality: table.quality }, undefined);
}

/** The progress of a run that has learned and scored nothing yet. */
export function firstProgress(
    { calendar, metricSet }: Work,
    { first, next, points, combinations, openSince, isBacktest }: Learned,
): Omit<ProgressRecord, "quality"> {
    const through = calendar.startOf(next);
    return {
        version: 1,
        since: calendar.startOf(first),
        scoredFrom: through,
        scoredThrough: through,
        points,
        combinations,
        openSince,
        groupsSince: dateOf(through),
        groups: [],
        learnedWith: runShapeOf(metricSet),
        ...(isBacktest ? { isBacktest } : { checkpoints: [{ at: through, points, combinations }] }),
    };
}

/** There are rows, and none of them can be learned from. */
export class UnusableRowsError extends ActivationError {
    override readonly name = "UnusableRowsError";
}

/** Throws UnusableRowsError when there are rows and none is of use: nothing could be read, or a measure never was a number. */
export function requireUsable(table: RowTable): void {
    const bad = table.firstBad.find((finding, m) => finding !== undefined && !table.numbersSeen[m]!);
    if (bad !== undefined) throw new UnusableRowsError(`A measure holds no number: ${describeFinding(bad)}.`);
    if (table.size === 0 && table.firstLost !== undefined)
        throw new UnusableRowsError(`Nothing can be read: ${table.firstLost}.`);
}

/** First position of the learned stretches that are kept. */
export const keptFrom = ({ first, next }: Span): number => Math.max(first, stretchOf(next - keptIntervals));

/** Writes the newest learned values as scores without expectations; gives the start of the stretch that will grow on. */
async function writeLearned(
    work: Work,
    values: Float64Array,
    { first, length, series }: { readonly first: number; readonly length: number; readonly series: number },
): Promise<number> {
    const next = first + length;
    const from = keptFrom({ first, next });
    const intervals: StretchInterval[] = [];
    for (let position = from; position < next; position++) {
        const value = Float64Array.from({ length: series }, (_, s) => values[s * length + position - first]!);
        intervals.push({ outcome: learned, value });
    }
    return writeScores(work, emptyStretch(from, series), intervals, work.calendar.startOf(next), series);
}

/** For each interval, 1 when any series has a value in it. */
export function seenIntervals(values: Float64Array, length: number): Uint8Array {
    const seen = new Uint8Array(length);
    for (let from = 0; from < values.length; from += length)
        for (let i = 0; i < length; i++) if (!Number.isNaN(values[from + i]!)) seen[i] = 1;
    return seen;
}
