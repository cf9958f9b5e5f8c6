import type { Clock } from "../../detection/engine/clock";
import { judge, learnHistory, type Detector } from "../../detection/engine/detector";
import type { AnomalyGroup } from "../../detection/engine/incidents";
import { noOptions } from "../../detection/engine/options";
import { shapeOf } from "../../detection/engine/shape";
import { appendCombinations, createState } from "../../detection/engine/state";
import { setImmediate as breathe } from "node:timers/promises";
import type { History } from "./aggregate";

/** What the detector said of the intervals that it scored. */
export interface Played {
    readonly groups: readonly AnomalyGroup[];
    /** The first interval that was scored, from 0. */
    readonly scoredFrom: number;
    /** Combinations in the engine's order, as indices into the history's. */
    readonly order: readonly number[];
    /** For each combination of the history its place in the engine. */
    readonly judged: Judged;
}

/** By `(combination * measures + measure) * scored + i - scoredFrom`, combinations in the history's order; NaN where nothing was expected. */
export interface Judged {
    readonly expected: Float64Array;
    readonly lower: Float64Array;
    readonly upper: Float64Array;
    readonly severity: Float32Array;
}

export interface PlayOptions {
    readonly intervalSeconds: number;
    readonly measures: number;
    /** When clocks change that the data go by. */
    readonly clock: Clock;
    /** Intervals to learn from. */
    readonly learn: number;
    /** Gets how many intervals have been scored: now and then, and at the end. */
    readonly tell: (scored: number) => void;
    /** Milliseconds, from any origin. */
    readonly now: () => number;
}

/** Milliseconds of scoring after which others get their turn. */
const breatheEveryMs = 50;

/**
 * Learns from the first intervals at once and judges the others one by one, as production does: a combination is unknown before its first
 * number, and an interval is judged by what came before it.
 */
export async function play(
    history: History,
    { intervalSeconds, measures, clock, learn, tell, now }: PlayOptions,
): Promise<Played> {
    const { first, intervals, combinations, firstSeen } = history;
    const order = engineOrder(history, learn);
    let known = order.filter((c) => firstSeen[c]! < learn).length;
    const detector: Detector = {
        engine: createState(shapeOf(intervalSeconds, measures, clock), known),
        combinations: order.slice(0, known).map((c) => combinations[c]!),
        options: noOptions,
        open: [],
        feedback: [],
    };
    learnHistory(detector, {
        first,
        length: learn,
        values: learnedValues(history, order.slice(0, known), measures, learn),
    });
    const judged = emptyJudged(combinations.length * measures * (intervals - learn));
    const groups: AnomalyGroup[] = [];
    let since = now();
    for (let interval = learn; interval < intervals; interval++) {
        const before = known;
        while (known < order.length && firstSeen[order[known]!]! <= interval) known++;
        if (known > before) appendCombinations(detector.engine, known - before);
        detector.combinations.push(...order.slice(before, known).map((c) => combinations[c]!));
        const { scores, closed } = judge(
            detector,
            first + interval,
            columnOf(history, order, { known, measures, interval }),
        );
        groups.push(...closed);
        keep(judged, scores, { order, known, measures, scored: intervals - learn, at: interval - learn });
        if (now() - since < breatheEveryMs) continue;
        tell(interval + 1 - learn);
        await breathe();
        since = now();
    }
    tell(intervals - learn);
    return { groups: [...groups, ...detector.open], scoredFrom: learn, order, judged };
}

/** What is learned comes by its values; what appears later by its time, then its values. */
function engineOrder({ combinations, firstSeen }: History, learn: number): number[] {
    const time = (c: number): number => Math.max(learn - 1, firstSeen[c]!);
    return combinations
        .map((_, c) => c)
        .sort((a, b) => time(a) - time(b) || byValues(combinations[a]!, combinations[b]!));
}

function byValues(one: readonly string[], other: readonly string[]): number {
    const differing = one.findIndex((value, d) => value !== other[d]);
    return differing < 0 ? 0 : one[differing]! < other[differing]! ? -1 : 1;
}

function learnedValues(
    { values, intervals }: History,
    order: readonly number[],
    measures: number,
    learn: number,
): Float64Array {
    const learned = new Float64Array(order.length * measures * learn);
    order.forEach((combination, c) => {
        for (let m = 0; m < measures; m++) {
            const from = (combination * measures + m) * intervals;
            learned.set(values.subarray(from, from + learn), (c * measures + m) * learn);
        }
    });
    return learned;
}

function columnOf(
    { values, intervals }: History,
    order: readonly number[],
    { known, measures, interval }: { readonly known: number; readonly measures: number; readonly interval: number },
): Float64Array {
    const column = new Float64Array(known * measures);
    for (let c = 0; c < known; c++)
        for (let m = 0; m < measures; m++)
            column[c * measures + m] = values[(order[c]! * measures + m) * intervals + interval]!;
    return column;
}

const emptyJudged = (length: number): Judged => ({
    expected: new Float64Array(length).fill(NaN),
    lower: new Float64Array(length).fill(NaN),
    upper: new Float64Array(length).fill(NaN),
    severity: new Float32Array(length),
});

function keep(
    into: Judged,
    scores: { readonly [Name in keyof Judged]: ArrayLike<number> },
    where: {
        readonly order: readonly number[];
        readonly known: number;
        readonly measures: number;
        readonly scored: number;
        readonly at: number;
    },
): void {
    const { order, known, measures, scored, at } = where;
    for (let c = 0; c < known; c++)
        for (let m = 0; m < measures; m++) {
            const from = c * measures + m;
            const to = (order[c]! * measures + m) * scored + at;
            into.expected[to] = scores.expected[from]!;
            into.lower[to] = scores.lower[from]!;
            into.upper[to] = scores.upper[from]!;
            into.severity[to] = scores.severity[from]!;
        }
}
