import { bandTotal } from "./calibration";
import { exponential as exp, logarithm as log } from "./logarithm";
import type { Lot } from "./lot";
import { at, numbersOfSeries } from "./numbers";
import { pointsBeforeScoring } from "./shape";
import type { EngineState } from "./state";
import { mostBold, percentileOf, perFoldOf, perOneOf, wideningAt } from "./tail";

/** A power's tail is followed up to so many powers of e beyond the percentile. */
const mostFolds = 50;
const newtonSteps = 2;

/**
 * Sets the bands of a lot, around what the last deviation lets expect: what a jump may do without reaching severity 50. NaN for series of too
 * few points.
 */
export function setBands({ numbers }: EngineState, lot: Lot): void {
    const { first, length, seen, expected, carried, factor, grain, correction, lower, upper } = lot;
    for (let k = 0, base = first * numbersOfSeries; k < length; k++, base += numbersOfSeries) {
        const isScored = seen[k]! >= pointsBeforeScoring;
        const center = expected[k]! + carried[k]! * factor[k]!;
        const reach = isScored ? factor[k]! * jumpReach(numbers, base, grain[k]!, bandTotal + correction[k]!) : NaN;
        lower[k] = center - reach;
        upper[k] = center + reach;
    }
}

/** The least innovation of a series to which the tail of its jumps gives a score above 2, or one that gives up to .15 more. */
export function jumpReach(numbers: Float32Array, base: number, grain: number, score: number): number {
    const tail = base + at.jumpTail;
    const widening = wideningAt(numbers[base + at.streamed]!);
    return reachOf(
        percentileOf(numbers, tail),
        (score - 2) * Math.LN10,
        perOneOf(numbers, tail, widening, grain),
        perFoldOf(numbers, tail, widening),
    );
}

/**
 * The number at which `agreed` comes to what is wanted. That is the least of three rising functions of the number, so it is the largest of
 * three numbers: where the exponential and the power together come to twice as much, and where each alone comes to its part of it.
 */
function reachOf(q: number, wanted: number, perOne: number, perFold: number): number {
    if (!(q > 0) || !(perOne > 0)) return q + wanted * perOne;
    const ones = q / perOne;
    const folds = 1 / perFold;
    const both = 2 * wanted;
    // In powers of e beyond the percentile the sum rises ever faster, and either kind alone comes to it later: Newton's steps stay beyond.
    let beyond = Math.min(log(1 + both / ones), both * perFold, mostFolds);
    for (let step = 0; step < newtonSteps; step++) {
        const exponential = ones * exp(beyond);
        beyond -= (exponential - ones + folds * beyond - both) / (exponential + folds);
    }
    const power = q * exp(Math.min(mostFolds, Math.max(beyond, (wanted * perFold) / mostBold)));
    return Math.max(power, q + (wanted * perOne) / mostBold);
}
