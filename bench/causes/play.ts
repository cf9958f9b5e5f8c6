import { judge, learnHistory, type Detector } from "../../detection/engine/detector";
import { incidentsOf, type Incident } from "../../detection/engine/incidentList";
import type { AnomalyGroup } from "../../detection/engine/incidents";
import { noOptions } from "../../detection/engine/options";
import { shapeOf } from "../../detection/engine/shape";
import { createState } from "../../detection/engine/state";
import { firstPosition, type DataSet } from "../generator/dataSet";

/** What a detector told about a set, and how sure it was of each value. */
export interface Played {
    readonly incidents: readonly Incident[];
    /** `severity[series * intervals + i]`. */
    readonly severity: Float32Array;
}

/** Learns the learning part of a set and judges the rest, interval by interval, as production does. */
export function play(set: DataSet): Played {
    const { intervals, learnIntervals, combinations, values } = set;
    const series = combinations.length * set.measures.length;
    const first = firstPosition(set);
    const engine = createState(shapeOf(set.intervalSeconds, set.measures.length), combinations.length);
    const detector: Detector = {
        engine,
        combinations: combinations.map((one) => [...one]),
        options: noOptions,
        open: [],
        feedback: [],
    };
    const past = new Float64Array(series * learnIntervals);
    for (let s = 0; s < series; s++)
        past.set(values.subarray(s * intervals, s * intervals + learnIntervals), s * learnIntervals);
    learnHistory(detector, { first, length: learnIntervals, values: past });
    const groups: AnomalyGroup[] = [];
    const severity = new Float32Array(series * intervals);
    const column = new Float64Array(series);
    for (let i = learnIntervals; i < intervals; i++) {
        for (let s = 0; s < series; s++) column[s] = values[s * intervals + i]!;
        const { scores, closed } = judge(detector, first + i, column);
        groups.push(...closed);
        for (let s = 0; s < series; s++) severity[s * intervals + i] = scores.severity[s]!;
    }
    return { incidents: incidentsOf([...groups, ...detector.open]), severity };
}
