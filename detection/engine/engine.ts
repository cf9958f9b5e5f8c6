import { fitHalf, halfOf, pointsIn, refit } from "./batch";
import { isCounterHistory } from "./counter";
import { seasonless } from "./fit";
import type { Handling } from "./handling";
import { drawInTails, noteSizes, startMaxima } from "./historyTails";
import { fitMonths } from "./month";
import { anomalousScore, bounded, pointsBeforeScoring, pointsForConfidence, severityOf, type Shape } from "./shape";
import { seriesCount, type EngineState } from "./state";
import { at, numbersOfSeries } from "./numbers";
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
    { first, length, values: given }: History,
    judgement: Judgement,
    slots: readonly Slots[],
): void {
    const isCounter = isCounterHistory(given);
    if (isCounter) state.numbers[series * numbersOfSeries + at.isCounter] = 1;
    const half = halfOf(given);
    const fits = !isCounter && half >= state.shape.cycle * cyclesToFit && pointsIn(given, 0, half) >= 40;
    const months = fits ? monthsOf(state.shape, first, given, slots) : undefined;
    const values = months === undefined ? given : given.map((value, i) => value - months[slots[i]!.month]!);
    if (fits) fitHalf(state, series, { first, values, slots, to: half });
    const from = fits ? half : 0;
    const maxima = startMaxima(from, length);
    judgement.found.sizes.fill(0);
    for (let i = from; i < length; i++) {
        judgement.slots = slots[i]!;
        step(state, series, first + i, values[i]!, judgement);
        if (values[i] === values[i]) noteSizes(maxima, i, judgement.found.sizes);
    }
    drawInTails(state.numbers, series * numbersOfSeries, maxima);
    if (fits) refit(state, series, first, values);
    if (months !== undefined) state.month.set(months, series * months.length);
}

/** What days of the month add to the values of a history; undefined where they add nothing, or mean nothing. */
const monthsOf = (shape: Shape, first: number, values: Float64Array, slots: readonly Slots[]) =>
    shape.monthSlots === 0 ? undefined : fitMonths(shape, slots, seasonless(shape, first, values));

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
