import { followDrift } from "./drift";
import { followHeld, scoreHeld } from "./held";
import { lotLength, type Lot, type Sizes } from "./lot";
import { at, numbersOfSeries } from "./numbers";
import { followFlat, followRecords } from "./record";
import { followSizes, learnScale } from "./sizes";
import { isSparse, learnCounts, weighCounts } from "./sparse";
import type { EngineState } from "./state";
import { followTails, meanPaceAt, quantilePaceAt } from "./tail";
import { evidenceIndex } from "./verdicts";

/*
 * What speaks for an anomaly, each as −log10 of a chance. The largest counts in full, the rest in part; a record adds to it. Whatever
 * theory says of drifts and counts is held against the series' own record as well, and the smaller of the two is believed: never more
 * confident than theory, nor than the past.
 */

/** What is not the largest counts for this part. */
const restWeight = 0.3;
const spreadWeight = 0.55;
const quietWeight = 0.5;
const heldWeight = 0.3;
const scaleRate = 0.007;

const none = evidenceIndex("none");
const jump = evidenceIndex("jump");
const drift = evidenceIndex("drift");
const variance = evidenceIndex("variance");
const flatLine = evidenceIndex("flat line");
const record = evidenceIndex("record");
const count = evidenceIndex("count");

/** Judges the values of a lot by what was learned before them, then learns from them. */
export function weigh(state: EngineState, lot: Lot): void {
    const { numbers } = state;
    prepare(numbers, lot);
    followSizes(numbers, lot);
    followDrift(numbers, lot);
    followHeld(numbers, lot);
    const { sizes, scores, grain } = lot;
    followTails(numbers, at.jumpTail, lot, { sizes: sizes.jump, grains: grain, scores: scores.jump });
    followTails(numbers, at.driftTail, lot, { sizes: sizes.drift, grains: noGrain, scores: scores.drift });
    followTails(numbers, at.spreadTail, lot, { sizes: sizes.spread, grains: grain, scores: scores.spread });
    followTails(numbers, at.quietTail, lot, { sizes: sizes.quiet, grains: noGrain, scores: scores.quiet });
    scoreHeld(numbers, lot);
    weighCounts(state, lot);
    followFlat(state, lot);
    followRecords(state, lot);
    addUp(lot);
    learnScale(numbers, lot);
    learnCounts(numbers, lot);
}

const noGrain = new Float64Array(lotLength);

/** What all that follows needs of each series. */
function prepare(numbers: Float32Array, lot: Lot): void {
    const { first, judged, seen, value, taught, streamed, rate, quantilePace, meanPace, rare } = lot;
    for (let j = 0; j < lot.count; j++) {
        const k = judged[j]!;
        const base = (first + k) * numbersOfSeries;
        if (taught[k] !== 0 && (value[k]! < 0 || !Number.isInteger(value[k]!))) numbers[base + at.isCount] = 0;
        rare[k] = isSparse(numbers, base) ? 1 : 0;
        const now = numbers[base + at.streamed]! + 1;
        numbers[base + at.streamed] = now;
        streamed[k] = now;
        rate[k] = Math.max(scaleRate, 1 / (seen[k]! + 1));
        quantilePace[k] = quantilePaceAt(now);
        meanPace[k] = meanPaceAt(now, rate[k]);
    }
}

/** What each kind of evidence says of a value, weighed, and its name. Kept between calls. */
const parts = new Float64Array(7);
const nameOfPart = [jump, drift, drift, variance, jump, flatLine, count] as const;

/** Weighs the evidence of an entry. Of counts that are mostly 0 only chance, flat lines and records speak. */
function weighParts({ rare, sizes, scores, flat, counts }: Lot, k: number): void {
    const isTold = rare[k] === 0;
    parts[0] = isTold ? scores.jump[k]! : 0;
    parts[1] = isTold ? Math.min(sizes.drift[k]!, scores.drift[k]!) : 0;
    parts[2] = isTold ? heldWeight * scores.held[k]! : 0;
    parts[3] = isTold && sizes.jump[k]! >= sizes.spread[k]! ? spreadWeight * scores.spread[k]! : 0;
    parts[4] = isTold ? quietWeight * scores.quiet[k]! : 0;
    parts[5] = flat[k]!;
    parts[6] = counts[k]!;
}

/** True for a value that nothing speaks against, as hardly anything does against most. */
const isNothing = (scores: Sizes, flat: Float64Array, counts: Float64Array, k: number): boolean =>
    scores.jump[k]! +
        scores.drift[k]! +
        scores.spread[k]! +
        scores.quiet[k]! +
        scores.held[k]! +
        flat[k]! +
        counts[k]! ===
    0;

/** Adds up the evidence. */
function addUp(lot: Lot): void {
    const { judged, scores, counts, flat, record: records, total, evidence } = lot;
    for (let j = 0; j < lot.count; j++) {
        const k = judged[j]!;
        total[k] = 0;
        evidence[k] = none;
        if (isNothing(scores, flat, counts, k)) continue;
        weighParts(lot, k);
        let sum = 0;
        let loudest = 0;
        for (let part = 0; part < parts.length; part++) {
            sum += parts[part]!;
            if (parts[part]! > parts[loudest]!) loudest = part;
        }
        const largest = parts[loudest]!;
        if (!(largest > 0)) continue;
        total[k] = largest + restWeight * (sum - largest) + records[k]!;
        evidence[k] = records[k]! > largest ? record : nameOfPart[loudest]!;
    }
}
