import { isCounterHistory } from "./counter";
import { expectation, pickExpert, usualError, type Expert } from "./expectation";
import { fitSeries } from "./fit";
import type { Handling } from "./handling";
import { anomalousScore, bounded, pointsBeforeScoring, pointsForConfidence, severityOf } from "./shape";
import { seriesCount, type EngineState } from "./state";
import { effectOf, factorOf, setNoise } from "./noise";
import { at, numbersOfSeries } from "./numbers";
import { select } from "./median";
import { slotsFrom, type Slots } from "./slots";
import { createJudgement, expectedAt, noiseAt, step, type Judgement } from "./step";
import { verdictIndex } from "./verdicts";

export { expectedAt, noiseAt };

/** Values of all series over consecutive intervals. */
export interface History {
    /** Position of the first interval (see `shortSlot`). */
    readonly first: number;
    /** Intervals. */
    readonly length: number;
    /** `values[series * length + i]`; NaN for a gap. */
    readonly values: Float64Array;
}

/** One interval of all series, by series. NaN where there is no value, or nothing is expected yet. */
export interface Scores {
    readonly value: Float64Array;
    readonly expected: Float64Array;
    readonly lower: Float64Array;
    readonly upper: Float64Array;
    /** −log10 of the chance of such a value; 0 for a gap or too few points. */
    readonly score: Float64Array;
    /** 0 to 100; 50 and more is outside the band. */
    readonly severity: Float64Array;
    /** Usual deviation of the series in such an interval: a mean absolute one. */
    readonly usual: Float64Array;
    /** Deviation in usual deviations. */
    readonly scaled: Float64Array;
    /** Index into `evidenceNames`. */
    readonly evidence: Uint8Array;
    /** Index into `verdictNames`. */
    readonly verdict: Uint8Array;
}

/** Whole cycles of history that a batch fit needs in each half. */
const cyclesToFit = 7;

/**
 * Learns a state without points from history. The first half is fitted as a batch and the second streamed through it, which gives honest
 * past errors and tails; then level and profiles are fitted anew on everything. A short history is streamed from its first point.
 * Throws RangeError when the values do not fit the state's series.
 */
export function learn(state: EngineState, history: History): void {
    const count = seriesCount(state);
    if (history.values.length !== count * history.length)
        throw new RangeError(
            `history holds ${history.values.length} values; ${count} series over ${history.length} intervals need ${count * history.length}`,
        );
    const judgement = { ...createJudgement(state), hasBand: false };
    const slots = slotsFrom(state.shape, history.first, history.length);
    for (let series = 0; series < count; series++) {
        const values = boundedAll(history.values.subarray(series * history.length, (series + 1) * history.length));
        learnSeries(state, series, { ...history, values }, judgement, slots);
    }
}

function learnSeries(
    state: EngineState,
    series: number,
    { first, length, values }: History,
    judgement: Judgement,
    slots: readonly Slots[],
): void {
    const isCounter = isCounterHistory(values);
    if (isCounter) state.numbers[series * numbersOfSeries + at.isCounter] = 1;
    const half = halfOf(values);
    const fits = !isCounter && half >= state.shape.cycle * cyclesToFit && pointsIn(values, 0, half) >= 40;
    if (fits) fitHalf(state, series, first, values, half, slots);
    for (let i = fits ? half : 0; i < length; i++) {
        judgement.slots = slots[i]!;
        step(state, series, first + i, values[i]!, judgement);
    }
    if (fits) refit(state, series, first, values);
}

/**
 * Judges one interval of all series by what was learned before it, then learns from it but for what `handling` excepts. `values` is by
 * series; NaN for a gap.
 */
export function score(state: EngineState, position: number, values: Float64Array, handling: Handling = {}): Scores {
    const count = seriesCount(state);
    const { correction, taught } = handling;
    if (values.length !== count) throw new RangeError(`${values.length} values for ${count} series`);
    const column = (): Float64Array => new Float64Array(count);
    const scores = {
        value: values.slice(),
        expected: column(),
        lower: column(),
        upper: column(),
        score: column(),
        severity: column(),
        usual: column(),
        scaled: column(),
        evidence: new Uint8Array(count),
        verdict: new Uint8Array(count),
    };
    const judgement = createJudgement(state);
    for (let series = 0; series < count; series++) {
        const isLearning = state.scalars.points[series]! < pointsBeforeScoring;
        judgement.correction = state.shape.correction + (correction?.[series % state.shape.measures] ?? 0);
        judgement.isTaught = taught === undefined || taught[series] !== 0;
        step(state, series, position, values[series]!, judgement);
        scores.expected[series] = judgement.expected;
        scores.lower[series] = judgement.lower;
        scores.upper[series] = judgement.upper;
        scores.score[series] = judgement.score;
        scores.severity[series] = severityOf(judgement.score);
        scores.usual[series] = judgement.usual;
        scores.scaled[series] = judgement.scaled;
        scores.evidence[series] = judgement.evidence;
        scores.verdict[series] = verdictOf(values[series]!, isLearning, judgement);
    }
    return scores;
}

/** Points that a series has, and those that it needs for full confidence (it is scored, within wider bands, from 40 on). */
export function seriesProgress(state: EngineState, series: number): { points: number; needed: number } {
    return { points: state.scalars.points[series]!, needed: pointsForConfidence };
}

const gap = verdictIndex("gap");
const learning = verdictIndex("learning");
const expected = verdictIndex("expected");
const anomalous = verdictIndex("anomalous");

function verdictOf(value: number, isLearning: boolean, judgement: Judgement): number {
    if (Number.isNaN(value)) return gap;
    if (isLearning) return learning;
    return judgement.score >= anomalousScore ? anomalous : expected;
}

/** The values, copied when one of them is out of bounds. */
function boundedAll(values: Float64Array): Float64Array {
    for (let i = 0; i < values.length; i++)
        if (!Number.isNaN(values[i]!) && bounded(values[i]!) !== values[i]) return values.map(bounded);
    return values;
}

function fitHalf(
    state: EngineState,
    series: number,
    first: number,
    values: Float64Array,
    half: number,
    slots: readonly Slots[],
): void {
    const { points, lastPosition, lastValue } = state.scalars;
    const slope = fitSeries(state, series, { values, first, from: 0, to: half });
    points[series] = pointsIn(values, 0, half);
    const last = values.subarray(0, half).findLastIndex((value) => !Number.isNaN(value));
    lastPosition[series] = first + last;
    lastValue[series] = values[last]!;
    const base = series * numbersOfSeries;
    state.numbers[base + at.isCount] = values.subarray(0, half).every(isCountOrGap) ? 1 : 0;
    state.numbers[base + at.countMean] = state.scalars.level0[series]!;
    state.numbers[base + at.dispersion] = 1;
    setErrors(state, series, { values, slots, to: half, slope });
    if (slope !== 0 && pickExpert(state, series) === 0) setErrors(state, series, { values, slots, to: half, slope: 0 });
    rememberNoise(state, series, slope);
}

/** Where no profile is in charge there is no season that noise could go with. */
function rememberNoise(state: EngineState, series: number, slope: number): void {
    setNoise(state, series, pickExpert(state, series) === 0 ? 0 : slope, usualError(state, series));
}

/** The first `to` intervals of a history. */
interface Fitted {
    readonly values: Float64Array;
    readonly slots: readonly Slots[];
    readonly to: number;
    /** Of the noise. */
    readonly slope: number;
}

function setErrors(state: EngineState, series: number, by: Fitted): void {
    for (const [expert, name] of (["error0", "error1", "error2"] as const).entries())
        state.scalars[name][series] = errorOf(state, series, by, expert as Expert);
}

const isCountOrGap = (value: number): boolean => Number.isNaN(value) || (value >= 0 && Number.isInteger(value));

/** Mean absolute deviation of all but the largest few: a mean, for a weekend that is off is no rarity; not of all, for anomalies are. */
function errorOf(state: EngineState, series: number, by: Fitted, expert: Expert): number {
    if (offScratch.length < by.to) offScratch = new Float64Array(by.to * 2);
    let count = 0;
    for (let i = 0; i < by.to; i++) {
        const slots = by.slots[i]!;
        const off = Math.abs(by.values[i]! - expectation(state, series, slots, expert));
        if (off !== off) continue;
        offScratch[count++] = by.slope === 0 ? off : off / factorOf(by.slope, effectOf(state, series, slots));
    }
    const kept = Math.ceil(count * keptShare);
    if (kept > 0) select(offScratch, 0, count, kept - 1);
    let sum = 0;
    for (let i = 0; i < kept; i++) sum += offScratch[i]!;
    return sum / Math.max(1, kept);
}

/** Part of the deviations that count; the largest may be anomalies. */
const keptShare = 0.97;

/** Kept between calls: learning takes three means a series. */
let offScratch = new Float64Array(1024);

function refit(state: EngineState, series: number, first: number, values: Float64Array): void {
    const slope = fitSeries(state, series, { values, first, from: 0, to: values.length });
    rememberNoise(state, series, slope);
    const last = values.findLastIndex((value) => !Number.isNaN(value));
    const off = values[last]! - expectedAt(state, series, first + last);
    state.scalars.lastDeviation[series] = off / noiseAt(state, series, first + last);
}

/** Index that has half of the points before it. */
function halfOf(values: Float64Array): number {
    const wanted = pointsIn(values, 0, values.length) >> 1;
    let seen = 0;
    for (let i = 0; i < values.length; i++) {
        if (seen >= wanted) return i;
        if (!Number.isNaN(values[i]!)) seen++;
    }
    return values.length;
}

function pointsIn(values: Float64Array, from: number, to: number): number {
    let count = 0;
    for (let i = from; i < to; i++) if (!Number.isNaN(values[i]!)) count++;
    return count;
}
