import { expectation, isShifting, learnExpectation, persistence, pickExpert, usualError } from "./expectation";
import { anomalousScore, bounded, pointsBeforeScoring } from "./shape";
import type { EngineState } from "./state";
import { learnTail, oddnessAt, tailScore } from "./tail";

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
    /** −log10 of the chance of such a value, corrected for the interval. */
    score: number;
    /** Deviation from the expectation in usual deviations of the series, signed. */
    scaled: number;
}

/** A judgement to be filled, of a value that is learned from. */
export const createJudgement = (state: EngineState): Judgement => ({
    correction: state.shape.correction,
    isTaught: true,
    expected: NaN,
    lower: NaN,
    upper: NaN,
    score: 0,
    scaled: 0,
});

/** Scores from here on are an alert, which teaches the tail once. */
const hotScore = 5;

/** Judges one value (NaN for none) by what was learned before it, then learns from it. */
export function step(state: EngineState, series: number, position: number, raw: number, into: Judgement): void {
    const value = bounded(raw);
    const { points } = state.scalars;
    const seen = points[series]!;
    into.score = 0;
    into.scaled = 0;
    into.expected = seen === 0 ? NaN : expectation(state, series, position, pickExpert(state, series));
    const carry = carried(state, series, position);
    const floor = leastExcess(state, series);
    setBand(state, series, carry, floor, into);
    if (Number.isNaN(value)) return;
    const deviation = seen === 0 ? 0 : value - into.expected;
    const oddness = distance(deviation, carry);
    const score = tailScore(state, series, oddness, floor);
    if (seen >= pointsBeforeScoring) {
        into.score = score > 0 ? Math.max(0, score - into.correction) : 0;
        into.scaled = deviation / Math.max(usualError(state, series), floor);
    }
    if (into.isTaught) learn(state, series, position, value, oddness, score);
}

function learn(
    state: EngineState,
    series: number,
    position: number,
    value: number,
    oddness: number,
    score: number,
): void {
    const { points, isCount, isHot } = state.scalars;
    const seen = points[series]! + 1;
    points[series] = seen;
    if (value < 0 || !Number.isInteger(value)) isCount[series] = 0;
    const isAlert = seen > pointsBeforeScoring && score >= hotScore;
    if (!(isAlert && isHot[series] === 1) && !isShifting(state, series)) learnTail(state, series, oddness, seen);
    isHot[series] = isAlert ? 1 : 0;
    learnExpectation(state, series, position, value, seen);
}

/** What the last deviation lets expect of this one; forgotten after a gap of three intervals. */
function carried(state: EngineState, series: number, position: number): number {
    const gap = position - state.scalars.lastPosition[series]!;
    if (!(gap >= 1 && gap <= 3)) return 0;
    return Math.pow(persistence(state, series), gap) * state.scalars.lastDeviation[series]!;
}

/**
 * How far a deviation is from all that would be normal: from no deviation at all up to what the last one carries over. So the way back
 * from an anomaly is not one, and a lasting one is odd as long as it lasts.
 */
function distance(deviation: number, carry: number): number {
    if (carry >= 0) return deviation > carry ? deviation - carry : deviation < 0 ? -deviation : 0;
    return deviation < carry ? carry - deviation : deviation > 0 ? deviation : 0;
}

function setBand(state: EngineState, series: number, carry: number, floor: number, into: Judgement): void {
    if (state.scalars.points[series]! < pointsBeforeScoring) {
        into.lower = NaN;
        into.upper = NaN;
        return;
    }
    const reach = oddnessAt(state, series, anomalousScore + into.correction, floor);
    into.lower = into.expected + Math.min(0, carry) - reach;
    into.upper = into.expected + Math.max(0, carry) + reach;
}

/** Least mean excess believed: a constant series may twitch, and a small count varies at least as chance makes it. */
function leastExcess(state: EngineState, series: number): number {
    const level = Math.abs(state.scalars.level0[series]!);
    const twitch = Math.max(1e-4 * level, 1e-12);
    const isSmallCount = state.scalars.isCount[series] === 1 && level < 40;
    return isSmallCount ? Math.max(twitch, 0.5 * Math.sqrt(Math.max(level, 0.25))) : twitch;
}
