import { isCounter } from "./counter";
import { expectation, pickExpert } from "./expectation";
import { monthEffect } from "./month";
import { noiseFactor } from "./noise";
import { createSlots, fillSlots } from "./slots";
import type { EngineState } from "./state";

/*
 * What a state lets expect of an interval, asked for one series at a time.
 */

/** Expected value of a series at a position, as its values come; NaN when it has no points. */
export function expectedAt(state: EngineState, series: number, position: number): number {
    const { points, lastValue, lastPosition } = state.scalars;
    if (points[series] === 0) return NaN;
    const slots = fillSlots(lastSlots, state.shape, position);
    const expected = expectation(state, series, slots, pickExpert(state, series)) + monthEffect(state, series, slots);
    if (!isCounter(state, series)) return expected;
    return lastValue[series]! + expected * (position - lastPosition[series]!);
}

/** Noise of a series at a position, in that of a usual interval. `usual` is the mean absolute deviation of the expert in charge. */
export const noiseAt = (state: EngineState, series: number, position: number, usual: number): number =>
    noiseFactor(state, series, fillSlots(lastSlots, state.shape, position), usual);

/** Positions are asked for one after another, for many series each. */
const lastSlots = createSlots();
