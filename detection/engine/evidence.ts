import { followRuns } from "./drift";
import type { Expert } from "./expectation";
import { followHeld, scoreHeld, type Standing } from "./held";
import { at, numbersOfSeries } from "./numbers";
import { isSparse, judgeCount, learnCount } from "./sparse";
import type { EngineState } from "./state";
import { followTails, learnTail, pointsToStart, startTail, tailScore } from "./tail";
import { evidenceIndex } from "./verdicts";

/*
 * What speaks for an anomaly, each as −log10 of a chance. The largest counts in full, the rest in part; a record adds to it. Whatever
 * theory says of drifts and counts is held against the series' own record as well, and the smaller of the two is believed: never more
 * confident than theory, nor than the past.
 */

/** What is known of a value before it is judged. Reused between calls. */
export interface Given extends Standing {
    deviation: number;
    last: number;
    persistence: number;
    value: number;
    expected: number;
    /** The expert in charge, and its mean absolute deviation. */
    expert: Expert;
    usual: number;
    /** Noise of the interval, in that of a usual one. What follows is in units of it. */
    factor: number;
    /** What is left of the deviation from the expectation after what the last one let expect. */
    innovation: number;
    /** Values of the series before this one. */
    seen: number;
    /** Least mean excess believed, in units of the series: what its arithmetic cannot tell apart. */
    grain: number;
}

/** What was found. Reused between calls. */
export interface Found {
    score: number;
    /** Index into `evidenceNames` of what spoke loudest. */
    evidence: number;
    /** What the tails of jump, drift, spread, quiet and what has held were given, in this order. */
    readonly sizes: Float64Array;
}

/** What is not the largest counts for this part. */
const restWeight = 0.3;
const spreadWeight = 0.65;
const spreadRate = 0.15;
const spreadClip = 8;
const quietWeight = 0.5;
const heldWeight = 0.3;
const quietRate = 0.03;
const quietClip = 5;
const leastQuiet = 0.3;
const scaleClip = 5;
const scaleRate = 0.007;
const slowRate = 0.0019;
/** A value or an innovation beyond the largest so far adds this much for each whole by which it is larger, up to a ceiling. */
const recordOfValue = 20;
const recordOfInnovation = 13;
const mostRecord = 3;
/** A run of equal values is odd once it is longer than twice the longest and some more. */
const flatBeyond = 4;
const flatStart = 2;
const mostFlat = 5;
/** A run is odd only where it is no more than this part of all that was seen. */
const flatShare = 3;
const pointsForRecord = 40;
const streamedForCounts = 60;

const none = evidenceIndex("none");
const jump = evidenceIndex("jump");
const drift = evidenceIndex("drift");
const variance = evidenceIndex("variance");
const flatLine = evidenceIndex("flat line");
const record = evidenceIndex("record");
const count = evidenceIndex("count");

/** Judges a value by what was learned before it, then learns from it. */
export function weigh(state: EngineState, series: number, given: Given, into: Found): void {
    const { numbers, scalars, shape } = state;
    const base = series * numbersOfSeries;
    const { value, innovation, seen, grain } = given;
    const size = Math.abs(innovation);
    const streamed = numbers[base + at.streamed]! + 1;
    const rate = Math.max(scaleRate, 1 / (seen + 1));
    const scale = numbers[base + at.innovationScale]!;

    const sizeQuiet = quietOf(numbers, base, size, rate, seen);
    const runs = followRuns(numbers, base, scale > 0 ? innovation / scale : 0);
    const spread = numbers[base + at.spread]!;
    const spreadNow = spread + spreadRate * (Math.min(size, scale > 0 ? spreadClip * scale : size) - spread);
    numbers[base + at.spread] = spreadNow;

    const held = followHeld(numbers, base, given);

    const isRare = isSparse(numbers, base);
    const { values, grains, scores } = tails;
    values[0] = size;
    values[1] = runs;
    values[2] = spreadNow;
    values[3] = sizeQuiet;
    grains[0] = grain;
    grains[2] = grain;
    followTails(numbers, base + at.jumpTail, tails, streamed, rate);
    const helds = scoreHeld(numbers, base, held, { grain, seen: streamed, rate });
    into.sizes.set(values);
    into.sizes[4] = held;
    const jumps = isRare ? 0 : scores[0]!;
    const drifts = isRare ? 0 : Math.min(runs, scores[1]!);
    const holds = isRare ? 0 : heldWeight * helds;
    const spreads = isRare || size < spreadNow ? 0 : spreadWeight * scores[2]!;
    const quiets = isRare ? 0 : quietWeight * scores[3]!;
    const counts = isRare ? weighCount(numbers, base, given, shape.intervalSeconds, rate) : 0;
    const flat = followFlat(numbers, base, value === scalars.lastValue[series]!, seen);
    const records = followRecord(state, series, base, size, value, seen);

    let largest = jumps;
    let evidence = jump;
    if (drifts > largest) {
        largest = drifts;
        evidence = drift;
    }
    if (holds > largest) {
        largest = holds;
        evidence = drift;
    }
    if (spreads > largest) {
        largest = spreads;
        evidence = variance;
    }
    if (quiets > largest) {
        largest = quiets;
        evidence = jump;
    }
    if (flat > largest) {
        largest = flat;
        evidence = flatLine;
    }
    if (counts > largest) {
        largest = counts;
        evidence = count;
    }
    const rest = jumps + drifts + holds + spreads + quiets + flat + counts - largest;
    const added = largest > 0 ? records : 0;
    into.score = largest + restWeight * rest + added;
    into.evidence = largest > 0 ? (added > largest ? record : evidence) : none;

    const square = scale * scale;
    const shown = Math.min(size * size, seen < 10 || !(square > 0) ? size * size : scaleClip * scaleClip * square);
    numbers[base + at.innovationScale] = Math.sqrt(square + rate * (shown - square));
    if (numbers[base + at.isCount] === 1)
        learnCount(numbers, base, {
            count: value,
            expected: given.expected,
            rate,
            slowRate: Math.max(slowRate, 1 / (seen + 1)),
        });
    numbers[base + at.streamed] = streamed;
}

/** What the tails of jump, drift, spread and quiet, in this order, are given and give. Kept between calls. */
const tails = { values: new Float64Array(4), grains: new Float64Array(4), scores: new Float64Array(4) };

/** What a count that is mostly 0 says, held against what such counts have said before; learns from it. */
function weighCount(numbers: Float32Array, base: number, given: Given, intervalSeconds: number, rate: number): number {
    const { value, expected, seen } = given;
    const streamed = numbers[base + at.streamed]! + 1;
    const chance = judgeCount(numbers, base, { count: value, expected, seen, intervalSeconds });
    const own =
        streamed > streamedForCounts
            ? Math.min(chance, tailScore(numbers, base + at.countTail, chance, streamed - 1, 0))
            : chance;
    if (streamed <= pointsToStart) startTail(numbers, base + at.countTail, chance, streamed);
    else learnTail(numbers, base + at.countTail, chance, streamed, rate);
    return own;
}

/** The innovation in usual ones of the present hour where that is a quiet one, of the series else; follows both. */
function quietOf(numbers: Float32Array, base: number, size: number, rate: number, seen: number): number {
    const slow = numbers[base + at.slowScale]!;
    const fast = numbers[base + at.fastScale]!;
    const scale = slow > 0 ? Math.min(slow, Math.max(leastQuiet * slow, fast)) : 0;
    const taught = Math.min(size, slow > 0 ? quietClip * slow : size);
    numbers[base + at.fastScale] = fast + Math.max(quietRate, 1 / (seen + 1)) * (taught - fast);
    numbers[base + at.slowScale] = slow + rate * (taught - slow);
    return scale > 0 ? size / scale : 0;
}

/** Follows runs of equal values; the score of one that is too long rises with each doubling. */
function followFlat(numbers: Float32Array, base: number, isEqual: boolean, seen: number): number {
    const run = numbers[base + at.flatRun]!;
    const longest = numbers[base + at.longestFlat]!;
    if (!isEqual) {
        if (run > longest) numbers[base + at.longestFlat] = run;
        numbers[base + at.flatRun] = 0;
        return 0;
    }
    numbers[base + at.flatRun] = run + 1;
    const usual = 2 * longest + flatBeyond;
    // What hardly ever moved may well stay where it is.
    return run + 1 < usual || run + 1 > seen / flatShare
        ? 0
        : Math.min(mostFlat, flatStart + Math.floor(Math.log2((run + 1) / usual)));
}

/** By how much a value, or its innovation, goes beyond all before it; remembers it. */
function followRecord(
    state: EngineState,
    series: number,
    base: number,
    size: number,
    value: number,
    seen: number,
): number {
    const { numbers } = state;
    const distance = Math.abs(value - state.scalars.slow[series]!);
    const farthest = numbers[base + at.farthest]!;
    const largest = numbers[base + at.largestInnovation]!;
    let score = 0;
    if (seen > pointsForRecord) {
        if (farthest > 0 && distance > farthest) score = recordOfValue * (distance / farthest - 1);
        if (largest > 0 && size > largest) score = Math.max(score, recordOfInnovation * (size / largest - 1));
    }
    if (distance > farthest) numbers[base + at.farthest] = distance;
    if (size > largest) numbers[base + at.largestInnovation] = size;
    return Math.min(mostRecord, score);
}
