import { judge, learnHistory, type Detector, type Judged } from "../../detection/engine/detector";
import { noOptions } from "../../detection/engine/options";
import { shapeOf } from "../../detection/engine/shape";
import { loadSnapshot, saveSnapshot } from "../../detection/engine/snapshot";
import { createState } from "../../detection/engine/state";
import { seededChance } from "./businessSeries";

/** A midnight at the start of a week, of hourly intervals. */
export const monday = 24 * 7 * 2900;

/** First position of a test's series: a midnight at the start of a week, in any interval that divides an hour or is made of days. */
export const firstOf = (intervalSeconds: number): number => (monday * 3600) / intervalSeconds;

/** A detector that has learned the first part of some series, each a combination of its own; one dimension, one measure. */
export function learnedDetector(series: readonly Float64Array[], learned: number, intervalSeconds = 3600): Detector {
    const values = new Float64Array(series.length * learned);
    series.forEach((one, s) => values.set(one.subarray(0, learned), s * learned));
    const detector: Detector = {
        engine: createState(shapeOf(intervalSeconds, 1), series.length),
        combinations: series.map((_, s) => [`series${s}`]),
        options: noOptions,
        open: [],
        feedback: [],
    };
    learnHistory(detector, { first: firstOf(intervalSeconds), length: learned, values });
    return detector;
}

/** A detector that goes its own way from here. */
export const copyOf = (detector: Detector): Detector => ({
    ...detector,
    combinations: [...detector.combinations],
    engine: loadSnapshot(saveSnapshot(detector.engine)),
});

/** Judges the intervals of series from one up to, not including, another. */
export function goOn(
    detector: Detector,
    series: readonly Float64Array[],
    from: number,
    to = series[0]!.length,
): Judged[] {
    const first = firstOf(detector.engine.shape.intervalSeconds);
    return Array.from({ length: to - from }, (_, k) =>
        judge(
            detector,
            first + from + k,
            Float64Array.from(series, (one) => one[from + k]!),
        ),
    );
}

/** Severities of one series that is learned up to an interval and judged from there. */
export function severitiesOf(series: Float64Array, learned: number, intervalSeconds = 3600): number[] {
    const judged = goOn(learnedDetector([series], learned, intervalSeconds), [series], learned);
    return judged.map(({ scores }) => scores.severity[0]!);
}

/** Intervals from a severity on. */
export const countFrom = (severities: readonly number[], least: number): number =>
    severities.filter((severity) => severity >= least).length;

/** A series by the number of its interval and seeded chance. */
export function build(
    length: number,
    seed: number,
    valueAt: (i: number, chance: () => number) => number,
): Float64Array {
    const chance = seededChance(seed);
    return Float64Array.from({ length }, (_, i) => valueAt(i, chance));
}

/** About a Gaussian's, with deviation 1: the sum of twelve even chances. */
export function gaussian(chance: () => number): number {
    let sum = -6;
    for (let k = 0; k < 12; k++) sum += chance();
    return sum;
}

/** A count by chance, with the given mean (Knuth). */
export function poisson(chance: () => number, mean: number): number {
    let [count, left] = [0, chance()];
    for (const least = Math.exp(-mean); left > least; left *= chance()) count++;
    return count;
}
