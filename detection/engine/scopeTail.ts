import { highestScore } from "./shape";

/*
 * How odd a scope usually is. Its deviation of an interval is judged by itself and smoothed over about three and eight intervals, each by
 * its own variance, since series of one scope never scatter independently. The result is held to the scope's own record: never more
 * confident than theory, nor than the past.
 */

/**
 * Numbers kept for each scope: smoothed deviations, their mean squares, intervals seen; 99th percentile of past scores and mean excess;
 * odd intervals in a row.
 */
export const scopeNumbers = 9;
const [smooth3, smooth8, square1, , , seen, percentile, excess, run] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

const rate3 = 0.5;
const rate8 = 0.22;
/** Rates at which the usual size, and the record of scores, follow. */
const squareRate = 0.005;
const recordRate = 0.005;
/** Intervals before a scope is judged at all. */
const leastSeen = 40;
/** Three looks at one deviation find more by chance than one. */
const priceOfLooks = 1;
/** Scores from here on are an alert, for so many intervals. */
const oddScore = 3;
const longestRun = 60;
/** A deviation beyond this many times its usual size teaches no more than that. */
const clip = 3;
/** It counts for no more than so many in what is smoothed: a large one alone is not to be heard in the intervals after it. */
const smoothClip = 3;
/** What is smoothed speaks only where the interval itself deviates the same way, by at least this part of its usual size. */
const leastCarried = 1;

/** −log10 of the chance of a scope's deviation, 0 while little is known; learns from it. */
export function scopeScore(tail: Float64Array, deviation: number): number {
    const usual1 = Math.sqrt(tail[square1]!);
    const most = tail[seen]! < 10 ? Infinity : smoothClip * usual1;
    const smoothed = Math.max(-most, Math.min(most, deviation));
    tail[smooth3] = tail[smooth3]! + rate3 * (smoothed - tail[smooth3]!);
    tail[smooth8] = tail[smooth8]! + rate8 * (smoothed - tail[smooth8]!);
    const looks = [deviation, tail[smooth3], tail[smooth8]];
    let theory = usual1 > 0 ? gaussianScore(Math.abs(deviation) / usual1) : 0;
    for (let k = 1; k < 3; k++) {
        const usual = Math.sqrt(tail[square1 + k]!);
        const isCarriedOn = deviation * looks[k]! > 0 && Math.abs(deviation) >= leastCarried * usual1;
        if (usual > 0 && isCarriedOn) theory = Math.max(theory, gaussianScore(Math.abs(looks[k]!) / usual));
    }
    theory = Math.max(0, theory - priceOfLooks);
    const over = theory - tail[percentile]!;
    const held = over > 0 ? 2 + (Math.LOG10E * over) / Math.max(tail[excess]!, 0.2) : 0;
    const score = tail[seen]! < leastSeen ? 0 : Math.min(theory, held, highestScore);
    const isOdd = score >= oddScore;
    tail[run] = isOdd ? tail[run]! + 1 : 0;
    // An alert teaches nothing, or the next one would have to be larger; but what lasts is usual in the end.
    if (tail[run] <= longestRun && tail[run] > 0) tail[seen] = tail[seen]! + 1;
    else learn(tail, looks, theory);
    return score;
}

function learn(tail: Float64Array, looks: readonly number[], theory: number): void {
    const points = tail[seen]! + 1;
    tail[seen] = points;
    const rate = Math.max(squareRate, 1 / points);
    for (let k = 0; k < 3; k++) {
        const most = points <= 10 ? Infinity : clip * clip * tail[square1 + k]!;
        const square = Math.min(looks[k]! * looks[k]!, most);
        tail[square1 + k] = tail[square1 + k]! + rate * (square - tail[square1 + k]!);
    }
    if (points < 10) return;
    const step = Math.max(0.2, tail[excess]!) * Math.max(recordRate, 1 / points);
    if (theory > tail[percentile]!) {
        const taught = Math.min(theory - tail[percentile]!, 3);
        tail[percentile] = tail[percentile]! + 0.99 * step;
        tail[excess] = tail[excess]! + Math.max(0.02, 1 / points) * (taught - tail[excess]!);
    } else tail[percentile] = Math.max(0, tail[percentile]! - 0.01 * step);
}

/** Series miss the values that they learned from by less than those that follow: squares of deviations, by so much. */
const freshness = 1.3;

/** The record that a scope begins with, from its deviations in the history that its series have learned. */
export function learnedTail(deviations: Iterable<number>): Float64Array {
    const tail = new Float64Array(scopeNumbers);
    for (const deviation of deviations) scopeScore(tail, deviation);
    for (let k = 0; k < 3; k++) tail[square1 + k] = freshness * tail[square1 + k]!;
    return tail;
}

/** −log10 of the chance that a Gaussian lies at least this far off, on either side. */
export function gaussianScore(deviations: number): number {
    const x = Math.abs(deviations);
    const factor = Math.sqrt(2 / Math.PI) * (2 / (x + Math.sqrt(x * x + 8 / Math.PI)));
    return Math.max(0, Math.LOG10E * ((x * x) / 2) - Math.log10(Math.min(1, factor)));
}
