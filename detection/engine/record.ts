import type { Lot } from "./lot";
import { at, numbersOfSeries } from "./numbers";
import type { EngineState } from "./state";

/*
 * What a series has never done before: to stay where it is for so long, or to go so far.
 */

/** A run of equal values is odd once it is longer than twice the longest and some more. */
const flatBeyond = 4;
const flatStart = 2;
const mostFlat = 5;
/** A run is odd only where it is no more than this part of all that was seen. */
const flatShare = 3;
/** A value or an innovation beyond the largest so far adds this much for each whole by which it is larger, up to a ceiling. */
const recordOfValue = 18;
const recordOfInnovation = 5;
const mostRecord = 3;
const pointsForRecord = 40;

/** Follows runs of equal values; the score of one that is too long rises with each doubling. */
export function followFlat({ numbers, scalars }: EngineState, lot: Lot): void {
    const { first, judged, count, value, seen, flat } = lot;
    const { lastValue } = scalars;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const base = (first + k) * numbersOfSeries;
        const run = numbers[base + at.flatRun]!;
        flat[k] = 0;
        if (value[k] === lastValue[first + k]) {
            numbers[base + at.flatRun] = run + 1;
            flat[k] = flatScore(run + 1, numbers[base + at.longestFlat]!, seen[k]!);
        } else if (run > 0) {
            if (run > numbers[base + at.longestFlat]!) numbers[base + at.longestFlat] = run;
            numbers[base + at.flatRun] = 0;
        }
    }
}

function flatScore(run: number, longest: number, seen: number): number {
    const usual = 2 * longest + flatBeyond;
    // What hardly ever moved may well stay where it is.
    if (run < usual || run > seen / flatShare) return 0;
    return Math.min(mostFlat, flatStart + Math.floor(Math.log2(run / usual)));
}

/** By how much the values of a lot, or their innovations, go beyond all before; remembers them. */
export function followRecords({ numbers, scalars }: EngineState, lot: Lot): void {
    const { first, judged, count, value, seen, record } = lot;
    const { jump } = lot.sizes;
    const { slow } = scalars;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const base = (first + k) * numbersOfSeries;
        const size = jump[k]!;
        const distance = Math.abs(value[k]! - slow[first + k]!);
        const farthest = numbers[base + at.farthest]!;
        const largest = numbers[base + at.largestInnovation]!;
        let score = 0;
        if (seen[k]! > pointsForRecord) {
            if (farthest > 0 && distance > farthest) score = recordOfValue * (distance / farthest - 1);
            if (largest > 0 && size > largest) score = Math.max(score, recordOfInnovation * (size / largest - 1));
        }
        if (distance > farthest) numbers[base + at.farthest] = distance;
        if (size > largest) numbers[base + at.largestInnovation] = size;
        record[k] = Math.min(mostRecord, score);
    }
}
