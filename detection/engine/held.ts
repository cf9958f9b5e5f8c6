import { at } from "./numbers";
import { pointsBeforeScoring } from "./shape";
import { followTails, isEmptyTail, numbersOfTail } from "./tail";

/*
 * What came and has stayed for three intervals. A spike is over in one; what matters lasts, and three deviations that are each large, on one
 * side, are much rarer than one. Each is counted from what the deviation before all three lets expect, so that it is the coming that is heard,
 * not a level that stays where it is. The smallest of the three is held against its own tail.
 */

/** What is known of a value's deviation from its expectation, in the noise of its interval. */
export interface Standing {
    readonly deviation: number;
    /** The deviation of the interval right before; NaN where there is none. */
    readonly last: number;
    /** Lag-one correlation of the deviations. */
    readonly persistence: number;
}

/** Gives by how much all of the last three intervals are off on the same side, 0 where they are not; remembers the deviation. */
export function followHeld(numbers: Float32Array, base: number, { deviation, last, persistence }: Standing): number {
    const earlier = numbers[base + at.earlierDeviation]!;
    const earliest = numbers[base + at.earliestDeviation]!;
    const isNext = last === last;
    numbers[base + at.earlierDeviation] = isNext ? last : 0;
    numbers[base + at.earliestDeviation] = isNext ? earlier : 0;
    if (!isNext || deviation === 0) return 0;
    const side = deviation > 0 ? 1 : -1;
    const once = persistence * earliest;
    const twice = persistence * once;
    const least = Math.min(
        side * deviation,
        side * (deviation - persistence * twice),
        side * (last - twice),
        side * (earlier - once),
    );
    return least > 0 ? least : 0;
}

/** −log10 of the chance of what has held, by the series' own record; learns it. `seen`, `grain` and `rate` are those of `followTails`. */
export function scoreHeld(
    numbers: Float32Array,
    base: number,
    held: number,
    by: { readonly grain: number; readonly seen: number; readonly rate: number },
): number {
    const tail = base + at.heldTail;
    // A record of nothing, after many values: of a series in which nothing held, or kept before this was looked at. Jumps go farther.
    if (held > 0 && by.seen > pointsBeforeScoring && isEmptyTail(numbers, tail))
        numbers.copyWithin(tail, base + at.jumpTail, base + at.jumpTail + numbersOfTail);
    heldTail.values[0] = held;
    heldTail.grains[0] = by.grain;
    followTails(numbers, tail, heldTail, by.seen, by.rate);
    return heldTail.scores[0]!;
}

/** What the tail is given and gives. Kept between calls. */
const heldTail = { values: new Float64Array(1), grains: new Float64Array(1), scores: new Float64Array(1) };
