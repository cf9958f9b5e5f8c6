import { above0, smaller } from "./choice";
import type { Lot } from "./lot";
import { at, numbersOfSeries } from "./numbers";
import { pointsBeforeScoring } from "./shape";
import { followTails, isEmptyTail, numbersOfTail } from "./tail";

/*
 * What came and has stayed for three intervals. A spike is over in one; what matters lasts, and three deviations that are each large, on one
 * side, are much rarer than one. Each is counted from what the deviation before all three lets expect, so that it is the coming that is heard,
 * not a level that stays where it is. The smallest of the three is held against its own tail.
 */

/** By how much all of the last three deviations are off on the same side, 0 where they are not; remembers the deviations of a lot. */
export function followHeld(numbers: Float32Array, lot: Lot): void {
    const { first, judged, count, deviation, last, persistence } = lot;
    const { held } = lot.sizes;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const base = (first + k) * numbersOfSeries;
        const before = last[k]!;
        const earlier = numbers[base + at.earlierDeviation]!;
        const earliest = numbers[base + at.earliestDeviation]!;
        const isNext = before === before;
        numbers[base + at.earlierDeviation] = isNext ? before : 0;
        numbers[base + at.earliestDeviation] = isNext ? earlier : 0;
        held[k] = isNext ? leastOf(deviation[k]!, before, earlier, earliest, persistence[k]!) : 0;
    }
}

/** Three deviations, the latest first, each counted from what the one before all three lets expect: the least on the latest one's side. */
function leastOf(latest: number, last: number, earlier: number, earliest: number, persistence: number): number {
    const side = 2 * Number(latest > 0) - 1;
    const once = persistence * earliest;
    const twice = persistence * once;
    const later = smaller(side * latest, side * (latest - persistence * twice));
    return above0(smaller(later, smaller(side * (last - twice), side * (earlier - once))));
}

/** Holds what has held against the series' own records; learns it. To be called after the tails of jumps have been followed. */
export function scoreHeld(numbers: Float32Array, lot: Lot): void {
    const { first, judged, count, streamed, sizes, scores } = lot;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const base = (first + k) * numbersOfSeries;
        // A record of nothing, after many values: of a series in which nothing held, or kept before this was looked at. Jumps go farther.
        if (sizes.held[k]! > 0 && streamed[k]! > pointsBeforeScoring && isEmptyTail(numbers, base + at.heldTail))
            numbers.copyWithin(base + at.heldTail, base + at.jumpTail, base + at.jumpTail + numbersOfTail);
    }
    followTails(numbers, at.heldTail, lot, { sizes: sizes.held, grains: lot.grain, scores: scores.held });
}
