import { isCounter, noteStep, stepOf } from "./counter";
import { weigh, type Found, type Given } from "./evidence";
import { errorOf, expectation, learnExpectation, persistence, pickExpert, startExpectation } from "./expectation";
import { sizesOfValue } from "./historyTails";
import { at, numbersOfSeries } from "./numbers";
import { anomalousScore, bounded, highestScore, pointsBeforeScoring } from "./shape";
import { followMonth, monthEffect } from "./month";
import { noiseFactor } from "./noise";
import { createSlots, fillSlots, type Slots } from "./slots";
import { forgetSeries, type EngineState } from "./state";
import { tailReach } from "./tail";
import { evidenceIndex } from "./verdicts";

/** What is expected of one series in one interval, and how odd its value is. Reused between calls. */
export interface Judgement {
    /** Given: subtracted from the score, in powers of ten. */
    correction: number;
    /** Given: false for a value that is not to be learned from. */
    isTaught: boolean;
    expected: number;
    /** The band: a value outside it has severity 50 or more. NaN until the series has enough points. */
    lower: number;
    upper: number;
    /** −log10 of the chance of such a value, corrected for the interval and calibrated. */
    score: number;
    /** Usual deviation of the series in such an interval; 0 before its second value. */
    usual: number;
    /** Deviation from the expectation in usual ones, signed. */
    scaled: number;
    /** Index into `evidenceNames`. */
    evidence: number;
    /** Given: false where nobody asks for the band. */
    hasBand: boolean;
    /** Filled by `step`; given where they are known already. */
    slots: Slots;
    /** Kept between calls. */
    readonly given: Given;
    readonly found: Found;
}

/** A judgement to be filled, of a value that is learned from. */
export const createJudgement = (state: EngineState): Judgement => ({
    correction: state.shape.correction,
    isTaught: true,
    hasBand: true,
    expected: NaN,
    lower: NaN,
    upper: NaN,
    score: 0,
    usual: 0,
    scaled: 0,
    evidence: 0,
    slots: createSlots(),
    given: {
        value: 0,
        expected: 0,
        expert: 0,
        usual: 0,
        factor: 1,
        deviation: 0,
        last: NaN,
        persistence: 0,
        innovation: 0,
        seen: 0,
        grain: 0,
    },
    found: { score: 0, evidence: 0, sizes: new Float64Array(sizesOfValue) },
});

/** Intervals after which the last deviation says nothing any more. */
const mostCarried = 3;
/** What arithmetic cannot tell apart: parts of a value, and of a profile, which is kept in 32 bits. */
const grainOfValue = 1e-12;
const grainOfProfile = 1e-6;
/**
 * What sums of evidence come to, in powers of ten less the correction: one in a thousand hours of mere noise exceeds the first, which is
 * severity 50; at the second, severity 70, it pays to be told. Beyond it a power of ten counts as two.
 */
const bandTotal = 3.6;
const toldTotal = 4.04;
const toldScore = 5.23;
const steepness = (toldScore - anomalousScore) / (toldTotal - bandTotal);
const flatness = 2;

/** Stands in for no usual deviation at all: the largest value in it is still a number. */
const leastUsual = 1e-270;

/** A value is back where it is expected when it deviates by less than so many mean absolute deviations. */
const backWithin = 2.5;

const none = evidenceIndex("none");

/** Judges one value (NaN for none) by what was learned before it, then learns from it. */
export function step(state: EngineState, series: number, position: number, raw: number, into: Judgement): void {
    const given = bounded(raw);
    const { scalars } = state;
    fillSlots(into.slots, state.shape, position);
    into.score = 0;
    into.usual = 0;
    into.scaled = 0;
    into.evidence = none;
    const counts = isCounter(state, series);
    const before = scalars.lastValue[series]!;
    const passed = counts ? Math.max(1, position - scalars.lastPosition[series]!) : 1;
    const effect = monthEffect(state, series, into.slots);
    judge(state, series, (counts ? stepOf(state, series, position, given) : given) - effect, into);
    if (effect !== 0) addEffect(state, series, given - effect, effect, into);
    if (counts) {
        into.expected = before + into.expected * passed;
        into.lower = before + into.lower * passed;
        into.upper = before + into.upper * passed;
    }
    if (Number.isNaN(given) || !into.isTaught) return;
    if (!counts && noteStep(state, series, given, scalars.points[series]!)) {
        forgetSeries(state, series);
        state.numbers[series * numbersOfSeries + at.isCounter] = 1;
    }
    scalars.lastValue[series] = given;
    scalars.lastPosition[series] = position;
}

/** What was judged without the effect of its day of the month, with it; the effect follows what was left of the value. */
function addEffect(state: EngineState, series: number, value: number, effect: number, into: Judgement): void {
    const left = value - into.expected;
    if (into.isTaught && left === left) followMonth(state, series, into.slots, left, into.usual);
    into.expected += effect;
    into.lower += effect;
    into.upper += effect;
}

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

function judge(state: EngineState, series: number, value: number, into: Judgement): void {
    const { points, level1, lastPosition, lastDeviation } = state.scalars;
    const { slots, given, found } = into;
    const seen = points[series]!;
    if (seen === 0) return judgeFirst(state, series, value, into);
    const isKnown = seen >= pointsBeforeScoring;
    const expert = pickExpert(state, series);
    const expected = expectation(state, series, slots, expert);
    const usual = errorOf(state, series, expert);
    const factor = noiseFactor(state, series, slots, usual);
    const memory = persistence(state, series);
    const carried = carriedOver(state, series, slots.position, memory);
    const grain = (grainOfValue * Math.abs(expected) + grainOfProfile * Math.abs(expected - level1[series]!)) / factor;
    given.factor = factor;
    given.grain = grain;
    into.usual = usual * factor;
    into.expected = expected;
    if (into.hasBand) setBand(state, series, expected + carried * factor, isKnown, into);
    if (Number.isNaN(value)) return;
    const deviation = (value - expected) / factor;
    given.value = value;
    given.expected = expected;
    given.expert = expert;
    given.usual = usual;
    given.deviation = deviation;
    given.last = slots.position - lastPosition[series]! === 1 ? lastDeviation[series]! : NaN;
    given.persistence = memory;
    given.innovation = innovationOf(deviation, carried, backWithin * usual);
    given.seen = seen;
    if (!into.isTaught) keepNumbers(state, series);
    else if (value < 0 || !Number.isInteger(value)) state.numbers[series * numbersOfSeries + at.isCount] = 0;
    weigh(state, series, given, found);
    if (isKnown) {
        into.scaled = deviation / Math.max(usual, grain, leastUsual);
        if (found.score > 0) into.score = calibrated(Math.max(0, found.score - into.correction));
        into.evidence = into.score > 0 ? found.evidence : none;
    }
    if (!into.isTaught) return bringBack(state, series);
    learnExpectation(state, series, slots, given);
    points[series] = seen + 1;
}

/** A first value is held against nothing. */
function judgeFirst(state: EngineState, series: number, value: number, into: Judgement): void {
    into.expected = NaN;
    into.lower = NaN;
    into.upper = NaN;
    if (into.isTaught && !Number.isNaN(value)) begin(state, series, value, into.slots.position);
}

/**
 * What a deviation brings beyond what the last one let expect. A value back within the usual of its expectation is no jump, however far
 * away the last one was.
 */
function innovationOf(deviation: number, carried: number, usual: number): number {
    if (Math.abs(deviation) >= usual) return deviation - carried;
    if (deviation * carried <= 0) return deviation;
    return Math.abs(deviation) <= Math.abs(carried) ? 0 : deviation - carried;
}

function begin(state: EngineState, series: number, value: number, position: number): void {
    const base = series * numbersOfSeries;
    const { points, lastPosition, lastDeviation } = state.scalars;
    startExpectation(state, series, value);
    state.numbers[base + at.isCount] = value >= 0 && Number.isInteger(value) ? 1 : 0;
    state.numbers[base + at.countMean] = value;
    state.numbers[base + at.dispersion] = 1;
    points[series] = 1;
    lastPosition[series] = position;
    lastDeviation[series] = 0;
}

/** A value that is judged and not learned from leaves no trace. */
function keepNumbers(state: EngineState, series: number): void {
    const base = series * numbersOfSeries;
    kept.set(state.numbers.subarray(base, base + numbersOfSeries));
}

const kept = new Float32Array(numbersOfSeries);

function bringBack(state: EngineState, series: number): void {
    state.numbers.set(kept, series * numbersOfSeries);
}

/** What the last deviation lets expect of this one, by their correlation; forgotten after a gap of three intervals. */
function carriedOver(state: EngineState, series: number, position: number, memory: number): number {
    const gap = position - state.scalars.lastPosition[series]!;
    if (!(gap >= 1 && gap <= mostCarried)) return 0;
    return memory * state.scalars.lastDeviation[series]!;
}

function setBand(state: EngineState, series: number, center: number, isKnown: boolean, into: Judgement): void {
    if (!isKnown) {
        into.lower = NaN;
        into.upper = NaN;
        return;
    }
    const base = series * numbersOfSeries;
    const streamed = state.numbers[base + at.streamed]!;
    const score = bandTotal + into.correction;
    const { grain, factor } = into.given;
    const reach = factor * tailReach(state.numbers, base + at.jumpTail, score, streamed, grain);
    into.lower = center - reach;
    into.upper = center + reach;
}

/** Sums of evidence on the scale of severities. */
function calibrated(total: number): number {
    if (total <= bandTotal) return (total * anomalousScore) / bandTotal;
    const steep = anomalousScore + steepness * (Math.min(total, toldTotal) - bandTotal);
    return Math.min(highestScore, steep + Math.max(0, total - toldTotal) * flatness);
}
