import { bandTotal } from "./calibration";
import { larger, smaller } from "./choice";
import { exponential as exp, logarithm as log } from "./logarithm";
import { lotLength, type Lot } from "./lot";
import { at, numbersOfSeries } from "./numbers";
import { pointsBeforeScoring } from "./shape";
import type { EngineState } from "./state";
import { agreed, percentileOf, perFoldOf, perOneOf, wideningAt } from "./tail";

/*
 * What a jump may do without reaching severity 50: the number to which its tail gives just that score; rather a little more than less. As a
 * function of the number, what both kinds of tail agree on is bent to one side only: it lies above any of its chords, whose ends are where one
 * kind gives the score and where both do. Reckoned in short steps for a whole lot, since each needs the whole of the one before: a processor
 * then works at many series at a time.
 */

/** A power's tail is followed up to so many powers of e beyond the percentile. */
const mostFolds = 50;

/** By entry, kept between calls: the wanted score beyond that of the percentile in powers of e, the percentile, and what its tails fall by. */
const beyond = new Float64Array(lotLength);
const percentile = new Float64Array(lotLength);
const perOne = new Float64Array(lotLength);
const perFold = new Float64Array(lotLength);
/** Where a tail that is exponential gives the score, and one that is a power's. */
const ofOne = new Float64Array(lotLength);
const ofPower = new Float64Array(lotLength);
/** The nearer of the two, what is agreed on there, and where the first chord ends. */
const near = new Float64Array(lotLength);
const atNear = new Float64Array(lotLength);
const once = new Float64Array(lotLength);

/** Sets the bands of a lot, around what the last deviation lets expect. NaN for series of too few points. */
export function setBands({ numbers }: EngineState, lot: Lot): void {
    const { first, length, seen, expected, carried, factor, lower, upper } = lot;
    takeTails(numbers, first, lot);
    for (let k = 0; k < length; k++) ofPower[k] = percentile[k]! * exp(Math.min(mostFolds, beyond[k]! * perFold[k]!));
    drawFirstChord(length);
    for (let k = 0; k < length; k++) {
        const isScored = seen[k]! >= pointsBeforeScoring;
        const center = expected[k]! + carried[k]! * factor[k]!;
        const reach = isScored ? factor[k]! * reachOf(k) : NaN;
        lower[k] = center - reach;
        upper[k] = center + reach;
    }
}

function takeTails(numbers: Float32Array, first: number, { length, grain, correction }: Lot): void {
    for (let k = 0, base = first * numbersOfSeries; k < length; k++, base += numbersOfSeries) {
        const tail = base + at.jumpTail;
        const widening = wideningAt(numbers[base + at.streamed]!);
        const wanted = (bandTotal + correction[k]! - 2) * Math.LN10;
        const q = percentileOf(numbers, tail);
        const ofExponential = perOneOf(numbers, tail, widening, grain[k]!);
        beyond[k] = wanted;
        percentile[k] = q;
        perOne[k] = ofExponential;
        perFold[k] = perFoldOf(numbers, tail, widening);
        ofOne[k] = q + wanted * ofExponential;
    }
}

function drawFirstChord(length: number): void {
    for (let k = 0; k < length; k++) {
        const q = percentile[k]!;
        const one = ofOne[k]!;
        const power = ofPower[k]!;
        const wanted = beyond[k]!;
        const atOne = agreed(wanted, log(one / q) / perFold[k]!);
        const atPower = agreed((power - q) / perOne[k]!, Math.min(mostFolds / perFold[k]!, wanted));
        // Which of the two is farther is chance: chosen without a jump.
        const isPowerFar = Number(one < power);
        const nearest = smaller(one, power);
        const agreedNear = isPowerFar * atOne + (1 - isPowerFar) * atPower;
        const agreedFar = isPowerFar * atPower + (1 - isPowerFar) * atOne;
        near[k] = nearest;
        atNear[k] = agreedNear;
        once[k] = chord(nearest, larger(one, power), (wanted - agreedNear) / (agreedFar - agreedNear));
    }
}

/** Draws the second chord, where there are two kinds of tail. */
function reachOf(k: number): number {
    const q = percentile[k]!;
    if (!(q > 0) || !(perOne[k]! > 0)) return ofOne[k]!;
    const end = once[k]!;
    const atEnd = agreed((end - q) / perOne[k]!, log(end / q) / perFold[k]!);
    return chord(near[k]!, end, (beyond[k]! - atNear[k]!) / (atEnd - atNear[k]!));
}

/** A part of the way; all of it where no part is known, the ends being as good as one. */
const chord = (from: number, to: number, part: number): number =>
    part >= 0 && part <= 1 ? from + (to - from) * part : to;
