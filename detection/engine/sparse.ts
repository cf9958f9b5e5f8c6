import { countTail } from "./chance";
import { at } from "./numbers";

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

/** True for a series that is judged here. */
export const isSparse = (numbers: Float32Array, base: number): boolean =>
    numbers[base + at.isCount] === 1 && numbers[base + at.countMean]! < mostMean;

/** −log10 of the chance of a count and of its windows, the least likely of them; follows the windows. */
export function judgeCount(
    numbers: Float32Array,
    base: number,
    by: {
        readonly count: number;
        readonly expected: number;
        readonly seen: number;
        readonly intervalSeconds: number;
    },
): number {
    const mean = Math.max(leastMean, by.expected);
    const dispersion = Math.max(1, numbers[base + at.dispersion]!);
    let most = countTail(by.count, mean, dispersion);
    for (let w = 0; w < windows.length; w++) {
        const length = windows[w]! * (by.intervalSeconds < secondsToDouble ? 2 : 1);
        const rate = 2 / (length + 1);
        const counted = base + at.countNear + w;
        const awaited = base + at.expectedNear + w;
        numbers[counted] = numbers[counted]! + rate * (by.count - numbers[counted]!);
        numbers[awaited] = numbers[awaited]! + rate * (mean - numbers[awaited]!);
        if (by.seen <= length / 2) continue;
        const score = countTail(Math.round(numbers[counted] * length), numbers[awaited] * length, dispersion);
        most = Math.max(most, score - selection);
    }
    return most;
}

/** Learns mean and dispersion. `rate` is that of errors, `slowRate` that of slow means. */
export function learnCount(
    numbers: Float32Array,
    base: number,
    by: {
        readonly count: number;
        readonly expected: number;
        readonly rate: number;
        readonly slowRate: number;
    },
): void {
    const mean = Math.max(leastMean, by.expected);
    const dispersion = Math.max(1, numbers[base + at.dispersion]!);
    const off = by.count - mean;
    const shown = Math.min((off * off) / mean, dispersionClip * dispersion);
    numbers[base + at.dispersion] = Math.max(1, dispersion + by.rate * (shown - dispersion));
    numbers[base + at.countMean] =
        numbers[base + at.countMean]! + by.slowRate * (by.count - numbers[base + at.countMean]!);
}
