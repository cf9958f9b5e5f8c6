import { judge, learnHistory, type Detector, type Judged } from "../../detection/engine/detector";
import type { AnomalyGroup } from "../../detection/engine/incidents";
import { noOptions } from "../../detection/engine/options";
import { shapeOf } from "../../detection/engine/shape";
import { appendCombinations, createState } from "../../detection/engine/state";
import type { DataSet } from "./dataSet";

/** What production would have said of one value. */
export interface Severity {
    readonly interval: number;
    readonly combination: number;
    readonly measure: number;
    /** Above 0, below 100. */
    readonly severity: number;
}

/** What a data set brought: severities above 0, and the groups. */
export interface Played {
    readonly detector: Detector;
    readonly severities: readonly Severity[];
    readonly groups: readonly AnomalyGroup[];
}

/** Position of an interval in the engine's count. */
export const positionOf = (set: DataSet, interval: number): number =>
    Math.floor(set.start / 1000 / set.intervalSeconds) + interval;

/**
 * Learns from the first intervals at once, then judges the others one by one, as production does. A combination is unknown before its
 * first row.
 */
export function play(set: DataSet): Played {
    const measures = set.measures.length;
    const order = set.combinations.map((_, c) => c).sort((a, b) => firstSeen(set, a) - firstSeen(set, b) || a - b);
    let known = order.filter((c) => firstSeen(set, c) < set.learnIntervals).length;
    const detector: Detector = {
        engine: createState(shapeOf(set.intervalSeconds, measures), known),
        combinations: order.slice(0, known).map((c) => [...set.combinations[c]!]),
        options: noOptions,
        open: [],
        feedback: [],
    };
    learnHistory(detector, {
        first: positionOf(set, 0),
        length: set.learnIntervals,
        values: historyOf(set, order.slice(0, known)),
    });
    const severities: Severity[] = [];
    const groups: AnomalyGroup[] = [];
    for (let interval = set.learnIntervals; interval < set.intervals; interval++) {
        for (; known < order.length && firstSeen(set, order[known]!) <= interval; known++) {
            appendCombinations(detector.engine, 1);
            detector.combinations.push([...set.combinations[order[known]!]!]);
        }
        const judged = judge(detector, positionOf(set, interval), columnOf(set, order, known, interval));
        groups.push(...judged.closed);
        note(severities, judged, { interval, order, measures });
    }
    return { detector, severities, groups: [...groups, ...detector.open] };
}

const firstSeen = (set: DataSet, combination: number): number => set.firstSeen[combination]!;

function historyOf(set: DataSet, order: readonly number[]): Float64Array {
    const { learnIntervals, intervals, measures } = set;
    const values = new Float64Array(order.length * measures.length * learnIntervals);
    order.forEach((combination, c) => {
        for (let m = 0; m < measures.length; m++) {
            const from = (combination * measures.length + m) * intervals;
            values.set(set.values.subarray(from, from + learnIntervals), (c * measures.length + m) * learnIntervals);
        }
    });
    return values;
}

function columnOf(set: DataSet, order: readonly number[], known: number, interval: number): Float64Array {
    const measures = set.measures.length;
    const column = new Float64Array(known * measures);
    for (let c = 0; c < known; c++)
        for (let m = 0; m < measures; m++)
            column[c * measures + m] = set.values[(order[c]! * measures + m) * set.intervals + interval]!;
    return column;
}

function note(
    into: Severity[],
    judged: Judged,
    where: { readonly interval: number; readonly order: readonly number[]; readonly measures: number },
): void {
    const { interval, order, measures } = where;
    judged.scores.severity.forEach((severity, series) => {
        if (!(severity > 0)) return;
        const combination = order[Math.floor(series / measures)]!;
        into.push({ interval, combination, measure: series % measures, severity });
    });
}
