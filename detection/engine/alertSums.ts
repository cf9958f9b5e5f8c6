import type { Evidence } from "./causes";
import type { Scores } from "./engine";
import type { EngineState } from "./state";

/*
 * What the open group of a measure has seen so far, kept in the state for each of its series, so that causes are judged by the whole alert
 * and not by one of its intervals.
 */

/** One interval's deviation counts for no more, in usual deviations. */
const clip = 12;
/** Largest weight, in usual deviations: a series without noise proves no more than this. */
const mostWeight = 30;

/** Starts a measure's sums anew. */
export function clearSums(state: EngineState, measure: number): void {
    const { alertSum, alertSquare } = state.scalars;
    for (let c = 0, s = measure; c < state.combinations; c++, s += state.shape.measures) {
        alertSum[s] = 0;
        alertSquare[s] = 0;
    }
}

/** Adds one interval of a measure. */
export function addToSums(state: EngineState, measure: number, scores: Scores): void {
    const { alertSum, alertSquare } = state.scalars;
    for (let c = 0, s = measure; c < state.combinations; c++, s += state.shape.measures) {
        const usual = scores.usual[s]!;
        if (Number.isNaN(scores.value[s]!) || !(usual > 0)) continue;
        const weight = Math.min(mostWeight, Math.abs(scores.expected[s]!) / usual);
        const scaled = Math.max(-clip, Math.min(clip, scores.scaled[s]!));
        alertSum[s]! += weight * scaled;
        alertSquare[s]! += weight * weight;
    }
}

/** A measure's sums by combination. */
export function sumsOf(state: EngineState, measure: number): Evidence {
    const { alertSum, alertSquare } = state.scalars;
    const sum = new Float64Array(state.combinations);
    const square = new Float64Array(state.combinations);
    for (let c = 0, s = measure; c < state.combinations; c++, s += state.shape.measures) {
        sum[c] = alertSum[s]!;
        square[c] = alertSquare[s]!;
    }
    return { sum, square };
}
