import { logarithm as log } from "./logarithm";
import type { Lot } from "./lot";
import { numbersOfSeries } from "./numbers";
import { highestScore } from "./shape";

/*
 * How large a number usually is, in four numbers: its 99th percentile, the mean excess over it, its mean, and the mean logarithm of the
 * ratio to it. Beyond the percentile a tail may be exponential or a power's, and either is as likely: a number's score is the mean of what
 * both give, which is the geometric mean of the chances. Nothing is assumed of the middle.
 */

const quantile = 0;
const excess = 1;
const mean = 2;
const slope = 3;
export const numbersOfTail = 4;

const quantileRate = 0.012;
const excessRate = 0.02;
/**
 * One number teaches no more than two mean excesses, or mean logarithms: events are to be heard, not to widen the tail. A mean clipped so is
 * an exponential distribution's, less this part.
 */
const eventClip = 2;
const clippedShare = 1 - Math.exp(-eventClip);
/** A percentile below so many means is not yet one. Until it is, a number teaches up to ten mean excesses. */
const leastQuantile = 3;
const excessClip = 10;
const leastTaught = 0.02;
const firstSlope = 0.3;
const leastSlope = 0.05;
/** The mean excess is believed to be at least this part of the mean. */
const leastExcess = 0.1;
/** Points after which the tail is believed to be twice as wide as it has shown itself; ever less beyond. */
const pointsToNarrow = 300;
/** Both kinds of tail together come to no more than so many times what one comes to alone: the other may be far off. */
export const mostBold = 3;
const log10OfE = Math.LOG10E;

/**
 * −log10 of the chance of a number at least as large; 0 within the 99th percentile. `seen` is how many numbers the tail has learned,
 * `grain` the least mean excess believed.
 */
export function tailScore(numbers: Float32Array, tail: number, value: number, seen: number, grain: number): number {
    const q = numbers[tail + quantile]!;
    const over = value - q;
    if (!(over > 0)) return 0;
    const widening = wideningAt(seen);
    const perOne = perOneOf(numbers, tail, widening, grain);
    if (!(perOne > 0)) return highestScore;
    const exponential = over / perOne;
    if (!(q > 0)) return Math.min(highestScore, 2 + log10OfE * exponential);
    const power = log(value / q) / perFoldOf(numbers, tail, widening);
    return Math.min(highestScore, 2 + log10OfE * agreed(exponential, power));
}

/** The 99th percentile of a tail. */
export const percentileOf = (numbers: Float32Array, tail: number): number => numbers[tail + quantile]!;

/** How much wider a tail is believed to be than it has shown itself, after so many numbers. */
export const wideningAt = (seen: number): number => 1 + pointsToNarrow / Math.max(1, seen);

/** Beyond the percentile an exponential tail falls to 1 / e within this. */
export const perOneOf = (numbers: Float32Array, tail: number, widening: number, grain: number): number =>
    Math.max(numbers[tail + excess]!, leastExcess * numbers[tail + mean]!, grain) * widening;

/** And a power's tail with each factor of e to the power of this. */
export const perFoldOf = (numbers: Float32Array, tail: number, widening: number): number =>
    Math.max(numbers[tail + slope]! * widening, leastSlope);

/** What both kinds of tail together come to, in powers of e: their mean, and at most `mostBold` times the less of the two. */
const agreed = (exponential: number, power: number): number =>
    Math.min((exponential + power) / 2, mostBold * Math.min(exponential, power));

/**
 * Scores the sizes of a lot by the tails that begin at `tail` among the numbers of their series, then adds them: each score is by what the
 * tail had learned before. `grains` are those of `tailScore`. What hardly any size does, lying beyond its percentile, is left to `tailScore`
 * and `learnTail`.
 */
export function followTails(
    numbers: Float32Array,
    tail: number,
    lot: Lot,
    by: { readonly sizes: Float64Array; readonly grains: Float64Array; readonly scores: Float64Array },
): void {
    const { first, judged, count, streamed, rate, quantilePace, meanPace } = lot;
    const { sizes, grains, scores } = by;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const at = (first + k) * numbersOfSeries + tail;
        const size = sizes[k]!;
        const q = numbers[at + quantile]!;
        if (streamed[k]! <= 1 || size > q) {
            scores[k] = tailScore(numbers, at, size, streamed[k]! - 1, grains[k]!);
            learnTail(numbers, at, size, streamed[k]!, rate[k]!);
            continue;
        }
        // As `learnTail` does with a number within the percentile.
        scores[k] = 0;
        const m = numbers[at + mean]!;
        const usual = Math.max(numbers[at + excess]!, leastExcess * m);
        numbers[at + quantile] = Math.max(0, q - 0.01 * (quantilePace[k]! * (usual > 0 ? usual : size)));
        numbers[at + mean] = m + meanPace[k]! * (size - m);
    }
}

/** Paces of the percentile and the mean of a tail that has seen so many numbers; `rate` is the slowest one of the mean. */
export const quantilePaceAt = (seen: number): number => Math.max(quantileRate, 0.5 / seen);
export const meanPaceAt = (seen: number, rate: number): number => Math.max(rate, 1 / (seen + 1));

/** Adds a number; `seen` counts it. `rate` is the slowest one for the mean. */
export function learnTail(numbers: Float32Array, tail: number, value: number, seen: number, rate: number): void {
    if (seen <= 1) {
        setTail(numbers, tail, { quantile: 2 * value, excess: 0.5 * value, mean: value });
        numbers[tail + slope] = firstSlope;
        return;
    }
    const q = numbers[tail + quantile]!;
    const b = numbers[tail + excess]!;
    const m = numbers[tail + mean]!;
    const usual = Math.max(b, leastExcess * m);
    const isEmpty = !(usual > 0);
    const eta = quantilePaceAt(seen) * (isEmpty ? value : usual);
    const clip = isEmpty ? value : excessClip * usual;
    if (value > q) {
        const pace = Math.max(excessRate, Math.min(0.3, 2 / seen));
        const over = value - q;
        if (q > 0) {
            const h = numbers[tail + slope]!;
            numbers[tail + slope] = h + pace * (clipped(log(value / q), Math.max(h, leastTaught)) - h);
        }
        const isKnown = b > 0 && q > leastQuantile * m;
        numbers[tail + excess] = b + pace * ((isKnown ? clipped(over, b) : Math.min(over, clip)) - b);
        numbers[tail + quantile] = q + 0.99 * eta;
    } else {
        numbers[tail + quantile] = Math.max(0, q - 0.01 * eta);
    }
    numbers[tail + mean] = m + meanPaceAt(seen, rate) * (Math.min(value, q + clip) - m);
}

/** What a number teaches a mean of which few numbers are events. */
const clipped = (value: number, mean: number): number => Math.min(value, eventClip * mean) / clippedShare;

/** Points that a tail may be started from at once. */
export const pointsToStart = 10;

/** Adds one of the first numbers, of which the first alone may be anything: they start the tail by their mean. */
export function startTail(numbers: Float32Array, tail: number, value: number, seen: number): void {
    const m = seen <= 1 ? value : numbers[tail + mean]! + (value - numbers[tail + mean]!) / seen;
    setTail(numbers, tail, { quantile: 3.2 * m, excess: 0.6 * m, mean: m });
    numbers[tail + slope] = firstSlope;
}

/** True for a tail that has learned nothing but zeros, or nothing at all. */
export const isEmptyTail = (numbers: Float32Array, tail: number): boolean =>
    numbers[tail + excess] === 0 && numbers[tail + mean] === 0;

/** Mean excesses beyond the percentile at which two lines are compared: about where an anomaly begins. */
const linesAt = 3;

/**
 * Draws a tail in to what is known otherwise, where that puts the line of anomalies to less than `part` of where the tail has it. The mean
 * logarithm of the ratio comes with it.
 */
export function drawIn(
    numbers: Float32Array,
    tail: number,
    known: { readonly quantile: number; readonly excess: number; readonly slope: number },
    part: number,
): void {
    const line = numbers[tail + quantile]! + linesAt * numbers[tail + excess]!;
    if (!(known.quantile + linesAt * known.excess < part * line)) return;
    numbers[tail + quantile] = known.quantile;
    numbers[tail + excess] = known.excess;
    numbers[tail + slope] = Math.max(leastSlope, known.slope);
}

/** Sets a tail by what is known of its numbers otherwise. */
export function setTail(
    numbers: Float32Array,
    tail: number,
    known: {
        readonly quantile: number;
        readonly excess: number;
        readonly mean: number;
    },
): void {
    numbers[tail + quantile] = known.quantile;
    numbers[tail + excess] = known.excess;
    numbers[tail + mean] = known.mean;
    numbers[tail + slope] = known.quantile > 0 ? Math.max(leastSlope, known.excess / known.quantile) : firstSlope;
}
