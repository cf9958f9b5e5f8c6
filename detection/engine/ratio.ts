import { expectedAt, score, type History, type Scores } from "./engine";
import { handlingOf, type Known } from "./policy";
import { anomalousScore, severityOf, shortSlot } from "./shape";
import { seriesCount, type EngineState } from "./state";
import { evidenceIndex, verdictIndex } from "./verdicts";
import { volumeBounds, volumeScore } from "./volume";

/*
 * Measures that are one measure divided by another. Their value is computed from the two. Where the denominator is small the quotient
 * scatters more: the engine is given deviations weighed by the root of the volume, so that all of them scatter alike, and a single
 * interval is never odder than chance makes such a quotient at its volume.
 */

/** Slowest rate at which the usual volume of a quotient follows its denominators. */
const volumeRate = 0.001;

/** Judges one interval by what was learned before and what is known of its measures; learns from it. As `score` otherwise. */
export function scoreKnown(state: EngineState, known: Known, position: number, values: Float64Array): Scores {
    const { measures, correction } = state.shape;
    const handling = handlingOf(known, position, measures);
    if (!hasQuotients(known)) return score(state, position, values, handling);
    const quotients = computed(state, known, values);
    const { given, weights } = weighed(state, known, position, quotients);
    const scores = score(state, position, given, handling);
    eachQuotient(state, known, (series, numerator, denominator) => {
        scores.value[series] = quotients[series]!;
        widen(scores, series, weights[series]!);
        const [part, whole] = [quotients[numerator]!, quotients[denominator]!];
        if (Number.isNaN(quotients[series]!) || !(whole > 0)) return;
        const corrected = correction + (handling.correction?.[series % measures] ?? 0);
        holdToChance(state, scores, series, { part, whole, corrected });
        learnVolume(state, series, whole);
    });
    return scores;
}

/**
 * History as the engine may learn it, quotients computed and weighed; teaches the state their usual volumes. The input stays as it is, and
 * its values are returned when no measure is a quotient.
 */
export function weighHistory(state: EngineState, known: Known, history: History): Float64Array {
    if (!hasQuotients(known)) return history.values;
    const { first, length } = history;
    const values = history.values.slice();
    eachQuotient(state, known, (series, numerator, denominator) => {
        const row = (of: number): Float64Array => history.values.subarray(of * length, (of + 1) * length);
        const [parts, wholes] = [row(numerator), row(denominator)];
        const quotients = row(series).map((own, i) => quotient(parts[i]!, wholes[i]!, own));
        const usual = meanOf(wholes);
        state.scalars.volume[series] = usual;
        const expected = sharesBySlot(parts, wholes, (i) => shortSlot(state.shape, first + i), state.shape.shortSlots);
        values.set(
            quotients.map((value, i) => {
                const likely = expected[shortSlot(state.shape, first + i)]!;
                return Number.isNaN(likely) ? value : likely + weightOf(wholes[i]!, usual) * (value - likely);
            }),
            series * length,
        );
    });
    return values;
}

export const hasQuotients = ({ options }: Known): boolean => options.measures.some(({ ratio }) => ratio !== undefined);

/** Visits every series that is a quotient, with the series that it comes from. */
function eachQuotient(
    state: EngineState,
    { options }: Known,
    visit: (series: number, numerator: number, denominator: number) => void,
): void {
    const { measures } = state.shape;
    options.measures.forEach(({ ratio }, m) => {
        if (ratio === undefined || m >= measures) return;
        for (let first = 0; first < seriesCount(state); first += measures)
            visit(first + m, first + ratio.numerator, first + ratio.denominator);
    });
}

/** A quotient; a gap where nothing is divided by, and the measure's own value where the two are not both there. */
function quotient(part: number, whole: number, own: number): number {
    if (Number.isNaN(part) || Number.isNaN(whole)) return own;
    return whole > 0 ? part / whole : NaN;
}

function computed(state: EngineState, known: Known, raw: Float64Array): Float64Array {
    const values = raw.slice();
    eachQuotient(state, known, (series, numerator, denominator) => {
        values[series] = quotient(raw[numerator]!, raw[denominator]!, raw[series]!);
    });
    return values;
}

/** What the engine is given, quotients with their deviations weighed, and the weights. */
function weighed(state: EngineState, known: Known, position: number, values: Float64Array) {
    const given = values.slice();
    const weights = new Float64Array(values.length).fill(1);
    eachQuotient(state, known, (series, _, denominator) => {
        const expected = expectedAt(state, series, position);
        if (Number.isNaN(values[series]!) || Number.isNaN(expected)) return;
        weights[series] = weightOf(values[denominator]!, state.scalars.volume[series]!);
        given[series] = expected + weights[series] * (values[series]! - expected);
    });
    return { given, weights };
}

/** A large interval weighs no more than this many times the usual: it would move the expectation by too much. */
const mostWeight = 2;

/** Root of the volume by the usual one; 1 where none is known. */
const weightOf = (whole: number, usual: number): number =>
    whole > 0 && usual > 0 ? Math.min(mostWeight, Math.sqrt(whole / usual)) : 1;

function widen(scores: Scores, series: number, weight: number): void {
    const expected = scores.expected[series]!;
    scores.lower[series] = expected - (expected - scores.lower[series]!) / weight;
    scores.upper[series] = expected + (scores.upper[series]! - expected) / weight;
}

/** Evidence of one interval alone, which chance at the interval's volume has to leave standing. */
const ofOneInterval: readonly number[] = (["jump", "record", "count"] as const).map(evidenceIndex);
const none = evidenceIndex("none");
const expectedVerdict = verdictIndex("expected");

interface Interval {
    readonly part: number;
    readonly whole: number;
    /** Subtracted from every score. */
    readonly corrected: number;
}

function holdToChance(state: EngineState, scores: Scores, series: number, { part, whole, corrected }: Interval): void {
    const of = { volume: whole, usual: state.scalars.volume[series]!, isShare: part >= 0 && part <= whole };
    const expected = scores.expected[series]!;
    const bounds = volumeBounds(anomalousScore + corrected, expected, of);
    scores.lower[series] = Math.min(scores.lower[series]!, Math.max(bounds.lower, of.isShare ? 0 : -Infinity));
    scores.upper[series] = Math.max(scores.upper[series]!, Math.min(bounds.upper, of.isShare ? 1 : Infinity));
    if (!ofOneInterval.includes(scores.evidence[series]!)) return;
    const most = Math.max(0, volumeScore(scores.value[series]!, expected, of) - corrected);
    if (scores.score[series]! <= most) return;
    if (scores.score[series]! >= anomalousScore && most < anomalousScore) scores.verdict[series] = expectedVerdict;
    if (most < anomalousScore) scores.evidence[series] = none;
    scores.score[series] = most;
    scores.severity[series] = severityOf(most);
}

function learnVolume(state: EngineState, series: number, whole: number): void {
    const { volume, points } = state.scalars;
    const rate = Math.max(volumeRate, 1 / Math.max(1, points[series]!));
    volume[series] = volume[series]! + rate * (whole - volume[series]!);
}

function meanOf(values: Float64Array): number {
    const there = values.filter((value) => value > 0);
    return there.length === 0 ? 0 : there.reduce((sum, value) => sum + value, 0) / there.length;
}

/** The quotient of each slot's sums; NaN for a slot without any. */
function sharesBySlot(
    parts: Float64Array,
    wholes: Float64Array,
    slotOf: (i: number) => number,
    slots: number,
): Float64Array {
    const [part, whole] = [new Float64Array(slots), new Float64Array(slots)];
    parts.forEach((value, i) => {
        if (Number.isNaN(value) || !(wholes[i]! > 0)) return;
        part[slotOf(i)]! += value;
        whole[slotOf(i)]! += wholes[i]!;
    });
    return part.map((sum, slot) => sum / whole[slot]!);
}
