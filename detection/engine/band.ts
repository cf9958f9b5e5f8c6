import type { History, Scores } from "./engine";
import { at, numbersOfSeries } from "./numbers";
import { anomalousScore, bounded } from "./shape";
import { seriesCount, type EngineState } from "./state";
import { evidenceIndex, verdictIndex } from "./verdicts";

/*
 * The band that is shown beside a value, brought into line with what was made of it. The engine's own holds what a jump alone may do; other
 * evidence of the single value makes the true band narrower, and a way back from an anomaly makes it wider. Where a value shows that, the
 * bound next to it is moved: drawn in to between expectation and value, or out to the value.
 */

/** A bound is drawn in to at most this part of the way to its value, so that the value is seen to lie outside. */
const mostOfTheWay = 0.99;

const expectedVerdict = verdictIndex("expected");
const anomalous = verdictIndex("anomalous");
/** Evidence that the single value gives; with other evidence the value may lie inside its band. */
const jump = evidenceIndex("jump");
const record = evidenceIndex("record");
const count = evidenceIndex("count");

/**
 * Makes each band hold its expectation, and hold its value exactly where that is not anomalous by itself; where a series has never been
 * negative, neither expectation nor band is. Remembers which series have been: all but those whose `taught` is 0.
 */
export function settleBands(state: EngineState, scores: Scores, taught?: Uint8Array): void {
    const { numbers } = state;
    const { points } = state.scalars;
    const all = seriesCount(state);
    for (let series = 0, place: number = at.isAmount; series < all; series++, place += numbersOfSeries) {
        if (!Number.isNaN(scores.lower[series]!)) settle(scores, series, numbers[place] === 1 ? 0 : -Infinity);
        const value = scores.value[series]!;
        if (Number.isNaN(value) || taught?.[series] === 0) continue;
        // The first value decides, and a negative one later on.
        if (value < 0) numbers[place] = 0;
        else if (points[series] === 1) numbers[place] = 1;
    }
}

/** Remembers which series are never negative in history. */
export function noteAmounts(state: EngineState, { length, values }: History): void {
    for (let series = 0; series < seriesCount(state); series++) {
        let lowest = Infinity;
        for (let i = series * length; i < (series + 1) * length; i++) if (values[i]! < lowest) lowest = values[i]!;
        if (lowest < Infinity) state.numbers[series * numbersOfSeries + at.isAmount] = lowest >= 0 ? 1 : 0;
    }
}

/** `least` is what the series may be expected to be at least. */
function settle(scores: Scores, series: number, least: number): void {
    const { value: values, verdict, score } = scores;
    const value = bounded(values[series]!);
    const expected = Math.max(least, scores.expected[series]!);
    let lower = Math.min(expected, Math.max(least, scores.lower[series]!));
    let upper = Math.max(expected, scores.upper[series]!);
    if (verdict[series] === expectedVerdict) {
        lower = Math.min(lower, value);
        upper = Math.max(upper, value);
    } else if (verdict[series] === anomalous && isOfSingle(scores.evidence[series]!)) {
        const bound = expected + Math.min(mostOfTheWay, anomalousScore / score[series]!) * (value - expected);
        if (value > expected && value <= upper) upper = bound;
        if (value < expected && value >= lower) lower = bound;
    }
    scores.expected[series] = expected;
    scores.lower[series] = lower;
    scores.upper[series] = upper;
}

const isOfSingle = (evidence: number): boolean => evidence === jump || evidence === record || evidence === count;
