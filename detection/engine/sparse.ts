import { countTail } from "./chance";
import type { Lot } from "./lot";
import { at, numbersOfSeries } from "./numbers";
import type { EngineState } from "./state";
import { learnTail, pointsToStart, startTail, tailScore } from "./tail";

/*
 * Counts that are mostly 0: their chances are known, and a tail of past numbers would take each single event for odd. The interval and
 * three windows are held against a negative-binomial distribution with the dispersion that the series has shown.
 */

/** Counts with a mean below this are judged by chance; what is more frequent shows its own tail. */
const mostMean = 0.5;
const leastMean = 0.02;
/** Intervals of the windows; twice as many below half an hour. */
const windows = [4, 12, 36] as const;
const secondsToDouble = 1800;
const selection = 0.5;
const dispersionClip = 25;
const slowRate = 0.0019;
/** Values that a record is believed after. */
const streamedForCounts = 60;

/** True for a series that is judged here. */
export const isSparse = (numbers: Float32Array, base: number): boolean =>
    numbers[base + at.isCount] === 1 && numbers[base + at.countMean]! < mostMean;

/** What the rare counts of a lot say, held against what such counts have said before; learns from them. 0 for all other series. */
export function weighCounts({ numbers, shape }: EngineState, lot: Lot): void {
    const { first, judged, count, rare, value, expected, seen, streamed, rate, counts } = lot;
    const longer = shape.intervalSeconds < secondsToDouble ? 2 : 1;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        counts[k] = 0;
        if (rare[k] === 0) continue;
        const base = (first + k) * numbersOfSeries;
        const chance = chanceOf(numbers, base, value[k]!, expected[k]!, seen[k]!, longer);
        counts[k] = holdToRecord(numbers, base + at.countTail, chance, streamed[k]!, rate[k]!);
    }
}

/** −log10 of the chance of a count and of its windows, the least likely of them; follows the windows. */
function chanceOf(
    numbers: Float32Array,
    base: number,
    counted: number,
    expected: number,
    seen: number,
    longer: number,
): number {
    const mean = Math.max(leastMean, expected);
    const dispersion = Math.max(1, numbers[base + at.dispersion]!);
    let most = countTail(counted, mean, dispersion);
    for (let w = 0; w < windows.length; w++) {
        const length = windows[w]! * longer;
        const rate = 2 / (length + 1);
        const near = base + at.countNear + w;
        const awaited = base + at.expectedNear + w;
        numbers[near] = numbers[near]! + rate * (counted - numbers[near]!);
        numbers[awaited] = numbers[awaited]! + rate * (mean - numbers[awaited]!);
        if (seen <= length / 2) continue;
        const score = countTail(Math.round(numbers[near] * length), numbers[awaited] * length, dispersion);
        most = Math.max(most, score - selection);
    }
    return most;
}

/** The lesser of what chance and the past say; the past learns it. */
function holdToRecord(numbers: Float32Array, tail: number, chance: number, streamed: number, rate: number): number {
    const own =
        streamed > streamedForCounts ? Math.min(chance, tailScore(numbers, tail, chance, streamed - 1, 0)) : chance;
    if (streamed <= pointsToStart) startTail(numbers, tail, chance, streamed);
    else learnTail(numbers, tail, chance, streamed, rate);
    return own;
}

/** Learns mean and dispersion of the counts of a lot. */
export function learnCounts(numbers: Float32Array, lot: Lot): void {
    const { first, judged, count, value, expected, seen, rate } = lot;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const base = (first + k) * numbersOfSeries;
        if (numbers[base + at.isCount] !== 1) continue;
        const counted = value[k]!;
        const mean = Math.max(leastMean, expected[k]!);
        const dispersion = Math.max(1, numbers[base + at.dispersion]!);
        const off = counted - mean;
        const shown = Math.min((off * off) / mean, dispersionClip * dispersion);
        numbers[base + at.dispersion] = Math.max(1, dispersion + rate[k]! * (shown - dispersion));
        const usual = numbers[base + at.countMean]!;
        numbers[base + at.countMean] = usual + Math.max(slowRate, 1 / (seen[k]! + 1)) * (counted - usual);
    }
}
