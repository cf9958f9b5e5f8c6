import { pickExpert, usualError } from "./expectation";
import { fitSeries } from "./fit";
import { select } from "./median";
import { factorOf, setNoise } from "./noise";
import { at, numbersOfSeries } from "./numbers";
import type { Slots } from "./slots";
import type { EngineState } from "./state";
import { expectedAt, noiseAt } from "./expectedAt";

/*
 * What a series learns from its history at once: level, profiles and noise, and the past errors that decide between the experts.
 */

/** The first `to` intervals of a series' history. */
export interface Beginning {
    /** Position of the first interval. */
    readonly first: number;
    /** NaN for a gap. */
    readonly values: Float64Array;
    /** Of the intervals. */
    readonly slots: readonly Slots[];
    readonly to: number;
}

/** Makes a series one that has learned the beginning of its history. */
export function fitHalf(state: EngineState, series: number, beginning: Beginning): void {
    const { first, values, to } = beginning;
    const { points, lastPosition, lastValue } = state.scalars;
    const slope = fitSeries(state, series, { values, first, from: 0, to });
    points[series] = pointsIn(values, 0, to);
    const last = values.subarray(0, to).findLastIndex((value) => !Number.isNaN(value));
    lastPosition[series] = first + last;
    lastValue[series] = values[last]!;
    const base = series * numbersOfSeries;
    state.numbers[base + at.isCount] = values.subarray(0, to).every(isCountOrGap) ? 1 : 0;
    state.numbers[base + at.countMean] = state.scalars.level0[series]!;
    state.numbers[base + at.dispersion] = 1;
    setErrors(state, series, beginning, slope);
    if (slope !== 0 && pickExpert(state, series) === 0) setErrors(state, series, beginning, 0);
    rememberNoise(state, series, slope);
}

/** Fits level, profiles and noise anew on all of a series' history. */
export function refit(state: EngineState, series: number, first: number, values: Float64Array): void {
    const slope = fitSeries(state, series, { values, first, from: 0, to: values.length });
    rememberNoise(state, series, slope);
    const last = values.findLastIndex((value) => !Number.isNaN(value));
    const off = values[last]! - expectedAt(state, series, first + last);
    state.scalars.lastDeviation[series] = off / noiseAt(state, series, first + last, usualError(state, series));
}

/** Where no profile is in charge there is no season that noise could go with. */
function rememberNoise(state: EngineState, series: number, slope: number): void {
    setNoise(state, series, pickExpert(state, series) === 0 ? 0 : slope, usualError(state, series));
}

const isCountOrGap = (value: number): boolean => Number.isNaN(value) || (value >= 0 && Number.isInteger(value));

/** Past errors of the three experts, in the noise of each interval. */
function setErrors(state: EngineState, series: number, { values, slots, to }: Beginning, slope: number): void {
    const { level0, level1, error0, error1, error2 } = state.scalars;
    const { shortSlots, weekSlots } = state.shape;
    if (offs[0].length < to) offs = roomFor(to * 2);
    const [off0, off1, off2] = offs;
    let count = 0;
    for (let i = 0; i < to; i++) {
        const value = values[i]!;
        if (value !== value) continue;
        const short = state.short[series * shortSlots + slots[i]!.short]!;
        const week = weekSlots === 0 ? 0 : state.week[series * weekSlots + slots[i]!.week]!;
        const part = slope === 0 ? 1 : 1 / factorOf(slope, short + week);
        off0[count] = part * Math.abs(value - level0[series]!);
        off1[count] = part * Math.abs(value - level1[series]! - short);
        off2[count] = part * Math.abs(value - level1[series]! - short - week);
        count++;
    }
    error0[series] = meanOfMost(off0, count);
    error1[series] = meanOfMost(off1, count);
    error2[series] = weekSlots === 0 ? error1[series] : meanOfMost(off2, count);
}

/** Mean of all but the largest few: a mean, for a weekend that is off is no rarity; not of all, for anomalies are. */
function meanOfMost(numbers: Float64Array, count: number): number {
    const kept = Math.ceil(count * keptShare);
    if (kept > 0) select(numbers, 0, count, kept - 1);
    let sum = 0;
    for (let i = 0; i < kept; i++) sum += numbers[i]!;
    return sum / Math.max(1, kept);
}

/** Part of the deviations that count; the largest may be anomalies. */
const keptShare = 0.97;

const roomFor = (count: number): [Float64Array, Float64Array, Float64Array] => [
    new Float64Array(count),
    new Float64Array(count),
    new Float64Array(count),
];

/** Deviations from each expert. Kept between calls. */
let offs = roomFor(1024);

/** Index that has half of the points before it. */
export function halfOf(values: Float64Array): number {
    const wanted = pointsIn(values, 0, values.length) >> 1;
    let seen = 0;
    for (let i = 0; i < values.length; i++) {
        if (seen >= wanted) return i;
        if (!Number.isNaN(values[i]!)) seen++;
    }
    return values.length;
}

/** Values that there are between two indices. */
export function pointsIn(values: Float64Array, from: number, to: number): number {
    let count = 0;
    for (let i = from; i < to; i++) if (!Number.isNaN(values[i]!)) count++;
    return count;
}
