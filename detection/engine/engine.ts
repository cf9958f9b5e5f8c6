import { expectation, pickExpert } from "./expectation";
import { fitSeries } from "./fit";
import type { Handling } from "./handling";
import { anomalousScore, bounded, pointsBeforeScoring, pointsForConfidence, severityOf } from "./shape";
import { seriesCount, type EngineState } from "./state";
import { createJudgement, step, type Judgement } from "./step";
import { evidenceIndex, verdictIndex } from "./verdicts";

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
    /** Deviation in usual deviations of the series. */
    readonly scaled: Float64Array;
    /** Index into `evidenceNames`. */
    readonly evidence: Uint8Array;
    /** Index into `verdictNames`. */
    readonly verdict: Uint8Array;
}

/** Whole cycles of history that a batch fit needs in each half. */
const cyclesToFit = 2;

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
    const judgement = createJudgement(state);
    for (let series = 0; series < count; series++) {
        const values = boundedAll(history.values.subarray(series * history.length, (series + 1) * history.length));
        const half = halfOf(values);
        const fits = half >= state.shape.cycle * cyclesToFit && pointsIn(values, 0, half) >= 40;
        if (fits) fitHalf(state, series, history.first, values, half);
        for (let i = fits ? half : 0; i < history.length; i++)
            step(state, series, history.first + i, values[i]!, judgement);
        if (fits) refit(state, series, history.first, values);
    }
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
        scores.scaled[series] = judgement.scaled;
        scores.evidence[series] = judgement.score >= anomalousScore ? jump : none;
        scores.verdict[series] = verdictOf(values[series]!, isLearning, judgement);
    }
    return scores;
}

/** What is expected of a series at a position; NaN when it has no points. */
export function expectedAt(state: EngineState, series: number, position: number): number {
    return state.scalars.points[series] === 0 ? NaN : expectation(state, series, position, pickExpert(state, series));
}

/** Points that a series has, and those that it needs for full confidence (it is scored, within wider bands, from 40 on). */
export function seriesProgress(state: EngineState, series: number): { points: number; needed: number } {
    return { points: state.scalars.points[series]!, needed: pointsForConfidence };
}

const none = evidenceIndex("none");
const jump = evidenceIndex("jump");
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

function fitHalf(state: EngineState, series: number, first: number, values: Float64Array, half: number): void {
    const { points, error0, error1, error2, isCount, lastPosition } = state.scalars;
    fitSeries(state, series, { values, first, from: 0, to: half });
    points[series] = pointsIn(values, 0, half);
    lastPosition[series] = first + half - 1;
    for (let i = 0; i < half; i++)
        if (values[i]! < 0 || values[i]! % 1 !== 0) if (!Number.isNaN(values[i]!)) isCount[series] = 0;
    const deviations = ([0, 1, 2] as const).map((expert) => {
        const off = new Float64Array(half);
        for (let i = 0; i < half; i++) off[i] = Math.abs(values[i]! - expectation(state, series, first + i, expert));
        return off.filter((value) => !Number.isNaN(value)).sort();
    });
    const errors = deviations.map(usualOf);
    error0[series] = errors[0]!;
    error1[series] = errors[1]!;
    error2[series] = errors[2]!;
    startTail(state, series, deviations[pickExpert(state, series)]!);
}

/** Mean of all but the largest few: a mean, for a weekend that is off is no rarity; not of all, for anomalies are. */
function usualOf(sorted: Float64Array): number {
    const kept = sorted.subarray(0, Math.ceil(sorted.length * 0.97));
    return kept.reduce((sum, value) => sum + value, 0) / Math.max(1, kept.length);
}

/**
 * Starts the tail from the upper fifth of the deviations but for its end, where anomalies would be: the 99th percentile is the 95th, moved
 * on as an exponential through the 80th and 95th would have it. Streaming the second half mends it.
 */
function startTail(state: EngineState, series: number, sorted: Float64Array): void {
    const { quantile, excess, mean } = state.scalars;
    const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    const slope = (at(0.95) - at(0.8)) / Math.log(4);
    mean[series] = usualOf(sorted);
    quantile[series] = at(0.95) + slope * Math.log(5);
    excess[series] = slope;
}

function refit(state: EngineState, series: number, first: number, values: Float64Array): void {
    fitSeries(state, series, { values, first, from: 0, to: values.length });
    const last = values.findLastIndex((value) => !Number.isNaN(value));
    const expected = expectation(state, series, first + last, pickExpert(state, series));
    state.scalars.lastDeviation[series] = values[last]! - expected;
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
