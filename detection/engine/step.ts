import { judgeTotals } from "./calibration";
import { addSteps, isCounter, noteStep, stepOf } from "./counter";
import { weigh } from "./evidence";
import { expectLot, startExpectation } from "./expectation";
import { learnExpectations } from "./lesson";
import type { Lot } from "./lot";
import { addEffects, monthEffect } from "./month";
import { at, numbersOfSeries } from "./numbers";
import { setBands } from "./reach";
import { bounded } from "./shape";
import { fillSlots } from "./slots";
import { forgetSeries, type EngineState } from "./state";

/** A value is back where it is expected when it deviates by less than so many mean absolute deviations. */
const backWithin = 2.5;

/** Judges the values of a lot's series by what was learned before them, then learns from them. */
export function step(state: EngineState, lot: Lot, position: number): void {
    fillSlots(lot.slots, state.shape, position);
    takeValues(state, lot);
    expectLot(state, lot);
    if (lot.hasBands) setBands(state, lot);
    takeJudged(state, lot);
    takeInnovations(state, lot);
    if (lot.hasUntaught) keepNumbers(state, lot);
    weigh(state, lot);
    judgeTotals(lot);
    if (lot.hasUntaught) bringBack(state, lot);
    learnExpectations(state, lot);
    if (state.shape.monthSlots > 0) addEffects(state, lot);
    addSteps(state, lot);
    remember(state, lot);
}

/** What is to be judged of each value: of a counter its step, of daily data what the day of the month leaves. */
function takeValues(state: EngineState, lot: Lot): void {
    const { first, length, raw, effect, value, slots } = lot;
    for (let k = 0; k < length; k++) {
        const series = first + k;
        const given = bounded(raw[k]!);
        const known = monthEffect(state, series, slots);
        raw[k] = given;
        effect[k] = known;
        value[k] = (isCounter(state, series) ? stepOf(state, series, slots.position, given) : given) - known;
    }
}

/** Lists the entries that are judged. A first value is held against nothing. */
function takeJudged(state: EngineState, lot: Lot): void {
    const { first, length, value, seen, taught, judged } = lot;
    let count = 0;
    for (let k = 0; k < length; k++) {
        if (Number.isNaN(value[k]!)) continue;
        if (seen[k]! > 0) judged[count++] = k;
        else if (taught[k] !== 0) begin(state, first + k, value[k]!);
    }
    lot.count = count;
}

function begin(state: EngineState, series: number, value: number): void {
    const base = series * numbersOfSeries;
    const { points, lastDeviation } = state.scalars;
    startExpectation(state, series, value);
    state.numbers[base + at.isCount] = value >= 0 && Number.isInteger(value) ? 1 : 0;
    state.numbers[base + at.countMean] = value;
    state.numbers[base + at.dispersion] = 1;
    points[series] = 1;
    lastDeviation[series] = 0;
}

function takeInnovations(state: EngineState, lot: Lot): void {
    const { first, judged, count, value, expected, factor, error, carried, deviation, last, innovation } = lot;
    const { lastPosition, lastDeviation } = state.scalars;
    const before = lot.slots.position - 1;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const off = (value[k]! - expected[k]!) / factor[k]!;
        deviation[k] = off;
        last[k] = lastPosition[first + k] === before ? lastDeviation[first + k]! : NaN;
        innovation[k] = innovationOf(off, carried[k]!, backWithin * error[k]!);
    }
}

/**
 * What a deviation brings beyond what the last one let expect. A value back within the usual of its expectation is no jump, however far
 * away the last one was: it counts by itself where it went to the other side, and not at all where it went less far than was expected. Reckoned
 * without a jump, for which of these holds is chance.
 */
function innovationOf(deviation: number, carried: number, usual: number): number {
    const size = Math.abs(deviation);
    const isBack = Number(size < usual);
    const isOpposed = isBack * Number(deviation * carried <= 0);
    const isShort = (isBack - isOpposed) * Number(size <= Math.abs(carried));
    return (1 - isShort) * deviation - (1 - isOpposed - isShort) * carried;
}

/** A value that is judged and not learned from leaves no trace. */
function keepNumbers(state: EngineState, { first, length }: Lot): void {
    const count = length * numbersOfSeries;
    if (kept.length < count) kept = new Float32Array(count);
    kept.set(state.numbers.subarray(first * numbersOfSeries, first * numbersOfSeries + count));
}

let kept = new Float32Array(0);

/** Takes back what judging taught those that are not to be taught, and them from the list. */
function bringBack(state: EngineState, lot: Lot): void {
    const { first, judged, taught } = lot;
    let count = 0;
    for (let j = 0; j < lot.count; j++) {
        const k = judged[j]!;
        if (taught[k] !== 0) judged[count++] = k;
        else {
            const own = kept.subarray(k * numbersOfSeries, (k + 1) * numbersOfSeries);
            state.numbers.set(own, (first + k) * numbersOfSeries);
        }
    }
    lot.count = count;
}

/** Remembers the values as they came, and which series turn out to be counters. */
function remember(state: EngineState, lot: Lot): void {
    const { first, length, raw, taught } = lot;
    const { lastValue, lastPosition, points } = state.scalars;
    for (let k = 0; k < length; k++) {
        const series = first + k;
        const value = raw[k]!;
        if (Number.isNaN(value) || taught[k] === 0) continue;
        if (!isCounter(state, series) && noteStep(state, series, value, points[series]!)) {
            forgetSeries(state, series);
            state.numbers[series * numbersOfSeries + at.isCounter] = 1;
        }
        lastValue[series] = value;
        lastPosition[series] = lot.slots.position;
    }
}
