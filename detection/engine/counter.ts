import type { Lot } from "./lot";
import { at, numbersOfSeries } from "./numbers";
import type { EngineState } from "./state";

/*
 * Counters only rise, until they are reset. What is judged of one is its step for each interval. A series is taken for a counter when,
 * after a while, nearly all of its steps have risen.
 */

/** Points within which a series may be found to be a counter. */
const leastPoints = 48;
const mostPoints = 400;
const risingShare = 0.7;
const fallingShare = 0.05;
/** A fall that leaves more than half is no reset. It counts so many times. */
const realFall = 6;

export const isCounter = (state: EngineState, series: number): boolean =>
    state.numbers[series * numbersOfSeries + at.isCounter] === 1;

/** Step of a counter for each interval since its last value; NaN for a reset, which tells nothing. */
export function stepOf(state: EngineState, series: number, position: number, raw: number): number {
    const { lastValue, lastPosition } = state.scalars;
    const passed = position - lastPosition[series]!;
    const step = raw - lastValue[series]!;
    return step < 0 || !(passed > 0 && passed < Number.POSITIVE_INFINITY) ? NaN : step / passed;
}

/** Adds what is expected of the steps of a lot's counters to their last values. */
export function addSteps(state: EngineState, { first, length, slots, expected, lower, upper }: Lot): void {
    const { lastValue, lastPosition } = state.scalars;
    for (let k = 0; k < length; k++) {
        if (!isCounter(state, first + k)) continue;
        const before = lastValue[first + k]!;
        const passed = Math.max(1, slots.position - lastPosition[first + k]!);
        expected[k] = before + expected[k]! * passed;
        lower[k] = before + lower[k]! * passed;
        upper[k] = before + upper[k]! * passed;
    }
}

/** Counts a step up or down; true when the series is found to be a counter now. */
export function noteStep(state: EngineState, series: number, raw: number, seen: number): boolean {
    if (seen === 0 || seen > mostPoints) return false;
    const base = series * numbersOfSeries;
    const { numbers } = state;
    const before = state.scalars.lastValue[series]!;
    if (raw > before) numbers[base + at.rises] = numbers[base + at.rises]! + 1;
    if (raw < before) numbers[base + at.falls] = numbers[base + at.falls]! + (raw > before / 2 ? realFall : 1);
    // A day may well go upwards for hours: a whole cycle has to be seen.
    if (seen < Math.max(leastPoints, Math.min(mostPoints, state.shape.cycle))) return false;
    return numbers[base + at.rises]! > risingShare * seen && numbers[base + at.falls]! < fallingShare * seen;
}

/** True when a whole history is a counter's. */
export function isCounterHistory(values: Float64Array): boolean {
    let seen = 0;
    let rises = 0;
    let falls = 0;
    let last = NaN;
    // So many falls are too many, however the history goes on: most series have them soon.
    const mostFalls = fallingShare * values.length;
    for (let i = 0; i < values.length && falls < mostFalls; i++) {
        const value = values[i]!;
        if (Number.isNaN(value)) continue;
        if (value > last) rises++;
        if (value < last) falls += value > last / 2 ? realFall : 1;
        last = value;
        seen++;
    }
    return seen >= leastPoints && rises > risingShare * seen && falls < fallingShare * seen;
}
