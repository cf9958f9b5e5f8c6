import { expectedAt, noiseAt } from "./expectedAt";
import type { Handling } from "./handling";
import { learn } from "./learn";
import { createLot, lotLength, type Lot } from "./lot";
import { anomalousScore, pointsBeforeScoring, pointsForConfidence, severityOf, type Shape } from "./shape";
import { seriesCount, type EngineState } from "./state";
import { step } from "./step";
import { verdictIndex } from "./verdicts";

export { expectedAt, learn, noiseAt };

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
    /** Evidence on the scale of severities (see `calibration.ts`): 0 to 30, severity 50 at 3.0103; 0 for a gap or too few points. */
    readonly score: Float64Array;
    /** 0 to 100. A value outside the band has 50 or more, before options and feedback, which may set it to 0. */
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

/**
 * Judges one interval of all series by what was learned before it, then learns from it but for what `handling` excepts. `values` is by
 * series; NaN for a gap.
 */
export function score(state: EngineState, position: number, values: Float64Array, handling: Handling = {}): Scores {
    const count = seriesCount(state);
    const { correction, taught } = handling;
    if (values.length !== count) throw new RangeError(`${values.length} values for ${count} series`);
    if (taught !== undefined && taught.length !== count)
        throw new RangeError(`${taught.length} marks of what is taught for ${count} series`);
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
    for (let first = 0; first < count; first += lotLength) {
        lot.first = first;
        lot.length = Math.min(lotLength, count - first);
        lot.hasUntaught = taught !== undefined;
        for (let k = 0; k < lot.length; k++) lot.raw[k] = values[first + k]!;
        fillCorrections(state.shape, correction);
        if (taught === undefined) lot.taught.fill(1);
        else for (let k = 0; k < lot.length; k++) lot.taught[k] = taught[first + k]!;
        step(state, lot, position);
        copyScores(lot, scores);
    }
    return scores;
}

/** Kept between calls. */
const lot = createLot();

function fillCorrections({ measures, correction: ofInterval }: Shape, ofMeasures: Float64Array | undefined): void {
    if (ofMeasures === undefined) lot.correction.fill(ofInterval);
    else
        for (let k = 0, measure = lot.first % measures; k < lot.length; k++) {
            lot.correction[k] = ofInterval + ofMeasures[measure]!;
            measure = measure + 1 < measures ? measure + 1 : 0;
        }
}

function copyScores(lot: Lot, scores: Scores): void {
    for (const name of copied) scores[name].set(lot[name].subarray(0, lot.length), lot.first);
    for (let k = 0; k < lot.length; k++) {
        scores.severity[lot.first + k] = severityOf(lot.score[k]!);
        scores.verdict[lot.first + k] = verdictOf(lot, k);
    }
}

const copied = ["expected", "lower", "upper", "score", "usual", "scaled", "evidence"] as const;

/** Points that a series has, and those that it needs for full confidence (it is scored, within wider bands, from 40 on). */
export function seriesProgress(state: EngineState, series: number): { points: number; needed: number } {
    return { points: state.scalars.points[series]!, needed: pointsForConfidence };
}

const gap = verdictIndex("gap");
const learning = verdictIndex("learning");
const expected = verdictIndex("expected");
const anomalous = verdictIndex("anomalous");

function verdictOf({ raw, seen, score }: Lot, k: number): number {
    if (Number.isNaN(raw[k]!)) return gap;
    if (seen[k]! < pointsBeforeScoring) return learning;
    return score[k]! >= anomalousScore ? anomalous : expected;
}
