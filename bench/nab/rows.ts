import { judge, type Detector } from "../../detection/engine/detector";
import { noOptions } from "../../detection/engine/options";
import { pointsBeforeScoring, shapeOf } from "../../detection/engine/shape";
import { createState } from "../../detection/engine/state";

const leastIntervalSeconds = 60;

/**
 * Scores of rows as they come: row i is judged by rows before it. The interval is the usual distance of the first rows, which are too few
 * to be scored; a row that comes early or late takes the next position that is free.
 *
 * @param times milliseconds since 1970, one a row
 */
export function scoreRows(times: readonly number[], values: Float64Array): Float64Array {
    const intervalSeconds = usualDistance(times.slice(0, pointsBeforeScoring));
    const detector: Detector = {
        engine: createState(shapeOf(intervalSeconds, 1), 1),
        combinations: [[]],
        options: noOptions,
        open: [],
        feedback: [],
    };
    let last = Number.NEGATIVE_INFINITY;
    return values.map((value, row) => {
        last = Math.max(last + 1, Math.floor(times[row]! / 1000 / intervalSeconds));
        return judge(detector, last, Float64Array.of(value)).scores.score[0]!;
    });
}

/** Median distance in whole seconds, at least a minute. */
function usualDistance(times: readonly number[]): number {
    const distances = times.slice(1).map((time, i) => (time - times[i]!) / 1000);
    distances.sort((a, b) => a - b);
    return Math.max(leastIntervalSeconds, Math.round(distances[distances.length >> 1] ?? leastIntervalSeconds));
}
