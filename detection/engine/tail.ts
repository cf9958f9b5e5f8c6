import { highestScore } from "./shape";
import type { EngineState } from "./state";

/*
 * How odd a series usually is: the 99th percentile of past oddness and the mean excess over it. Beyond the percentile the tail is
 * taken for exponential with that mean, whatever the middle looks like, so that heavy-tailed series alarm no more often than others.
 */

/** Points after which the tail starts from the mean oddness seen until then. */
export const tailStart = 10;

const quantileRate = 0.004;
const excessRate = 0.008;
/** One point's excess teaches no more than this many mean excesses. */
const excessClip = 5;
const log10OfE = Math.LOG10E;

/** −log10 of the chance of being at least this odd; 0 within the 99th percentile. `floor` is the least mean excess believed. */
export function tailScore(state: EngineState, series: number, oddness: number, floor: number): number {
    const over = oddness - state.scalars.quantile[series]! * widening(state, series);
    if (!(over > 0)) return 0;
    return Math.min(highestScore, 2 + (log10OfE * over) / excessOf(state, series, floor));
}

/** The oddness at which `tailScore` gives a score, which is to be above 2. */
export function oddnessAt(state: EngineState, series: number, score: number, floor: number): number {
    const { quantile } = state.scalars;
    return quantile[series]! * widening(state, series) + ((score - 2) / log10OfE) * excessOf(state, series, floor);
}

/** Adds one point's oddness. `points` is the number of values seen, this one included. */
export function learnTail(state: EngineState, series: number, oddness: number, points: number): void {
    const { quantile, excess, mean } = state.scalars;
    const rate = Math.max(0.006, 1 / points);
    if (points <= tailStart) {
        mean[series] = mean[series]! + (oddness - mean[series]!) / points;
        if (points < tailStart) return;
        // Between a Gaussian's and an exponential's: the rates below find the series' own soon enough.
        quantile[series] = 3.2 * mean[series];
        excess[series] = 0.6 * mean[series];
        return;
    }
    const step = Math.max(excess[series]!, 0.1 * mean[series]!);
    const q = quantile[series]!;
    const eta = Math.max(quantileRate, 0.5 / points) * step;
    if (oddness > q) {
        quantile[series] = q + 0.99 * eta;
        const taught = Math.min(oddness - q, excessClip * Math.max(step, 1e-300));
        excess[series] = excess[series]! + Math.max(excessRate, Math.min(0.3, 2 / points)) * (taught - excess[series]!);
    } else {
        quantile[series] = Math.max(0, q - 0.01 * eta);
    }
    mean[series] = mean[series]! + rate * (Math.min(oddness, q + excessClip * step) - mean[series]!);
}

/** Wide while little is known, 1 in the end. */
function widening(state: EngineState, series: number): number {
    return 1 + 20 / Math.max(1, state.scalars.points[series]!);
}

function excessOf(state: EngineState, series: number, floor: number): number {
    const { excess, mean } = state.scalars;
    return Math.max(excess[series]!, 0.1 * mean[series]!, floor) * widening(state, series);
}
