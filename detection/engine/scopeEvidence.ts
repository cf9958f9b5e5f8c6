import { expectedAt, noiseAt, type History, type Scores } from "./engine";
import { usualError } from "./expectation";
import type { Handling } from "./handling";
import { mostBroad, scopeIndexOf, type ScopeIndex } from "./scopes";
import { learnedTail, scopeNumbers, scopeScore } from "./scopeTail";
import { anomalousScore, severityOf } from "./shape";
import type { EngineState } from "./state";
import { evidenceIndex, verdictIndex } from "./verdicts";

/*
 * What many series show together and none shows alone. For the whole of a measure and for each dimension value, the deviations of its
 * series are summed, each by how clearly it would show a common relative change. A scope that is odd beyond its own record lends its score
 * to those of its series that deviate the same way.
 */

/** One series counts for no more in a scope, in usual deviations: a scope is many. */
const clip = 5;
const mostWeight = 30;
/** Intervals at the end of history that scopes learn their record from. */
const learnedIntervals = 400;
/** Part of a scope, by weight, that has to deviate the same way by at least so many usual deviations. */
const agreement = 0.5;
const leastDeviation = 1;
/** A scope inside or across one that was found has to stand without what that one explains. */
const independence = 0.7;

const scopeEvidence = evidenceIndex("scope");
const anomalous = verdictIndex("anomalous");
const expected = verdictIndex("expected");

/** Deviation of a series, weighted, and the square of its weight; 0 and 0 where there is no value. */
interface Weighted {
    readonly sum: Float64Array;
    readonly square: Float64Array;
}

/**
 * Sums up the end of history for each scope, by what the series have learned; the first interval judged then finds what is usual for it.
 * Sums of shards add up (see `addScopes`).
 */
export function sumUpScopes(state: EngineState, combinations: readonly (readonly string[])[], history: History): void {
    const { measures } = state.shape;
    const from = Math.max(0, history.length - learnedIntervals);
    const length = history.length - from;
    const { keys, of } = keysOf(combinations);
    for (let measure = 0; measure < measures; measure++) {
        const sums = keys.map((key) => arrayOf(state, `${measure} ${key}`, 2 * length));
        of.forEach((own, c) => {
            const series = c * measures + measure;
            const error = usualError(state, series);
            if (!(error > 0)) return;
            for (let i = 0; i < length; i++) {
                const value = history.values[series * history.length + from + i]!;
                const expected = expectedAt(state, series, history.first + from + i);
                if (Number.isNaN(value) || Number.isNaN(expected)) continue;
                const usual = error * noiseAt(state, series, history.first + from + i, error);
                const weight = weightOf(expected, usual);
                const sum = weight * clamped((value - expected) / usual);
                for (const key of own) {
                    const into = sums[key]!;
                    into[i] = into[i]! + sum;
                    into[length + i] = into[length + i]! + weight * weight;
                }
            }
        });
    }
}

/** Adds the sums of another shard's scopes to those of a state. */
export function addScopes(into: EngineState, from: EngineState): void {
    for (const [key, numbers] of from.scopes) {
        const sums = arrayOf(into, key, numbers.length);
        for (let i = 0; i < numbers.length; i++) sums[i] = sums[i]! + numbers[i]!;
    }
}

/** Keys of the whole and of the values of each dimension, and for each combination the indices of its own. */
function keysOf(combinations: readonly (readonly string[])[]): { keys: string[]; of: number[][] } {
    const dimensions = combinations[0]?.length ?? 0;
    const keys = [JSON.stringify(Array.from({ length: dimensions }, () => null))];
    const of = combinations.map(() => [0]);
    for (let d = 0; d < dimensions; d++) {
        const values = [...new Set(combinations.map((one) => one[d]!))];
        if (values.length > mostBroad) continue;
        const places = new Map(values.map((value, i) => [value, keys.length + i]));
        for (const value of values) keys.push(JSON.stringify(combinations[0]!.map((_, k) => (k === d ? value : null))));
        combinations.forEach((one, c) => of[c]!.push(places.get(one[d]!)!));
    }
    return { keys, of };
}

/**
 * Raises series that deviate together with their scope, and learns what is usual for it. Series whose `taught` is 0 take no part: what
 * happens to them is known.
 */
export function applyScopes(
    state: EngineState,
    combinations: readonly (readonly string[])[],
    scores: Scores,
    { taught, correction }: Handling = {},
): void {
    if (combinations.length < 2) return;
    const index = scopeIndexOf(combinations);
    for (let measure = 0; measure < state.shape.measures; measure++) {
        const weighted = weigh(state, measure, scores, taught);
        const price = state.shape.correction + (correction?.[measure] ?? 0);
        const odd = judgeScopes(state, index, { measure, weighted, price });
        if (odd.length > 0) raise(state, index, { measure, weighted, odd }, scores);
    }
}

function weigh(state: EngineState, measure: number, scores: Scores, taught: Uint8Array | undefined): Weighted {
    const { combinations, shape } = state;
    const sum = new Float64Array(combinations);
    const square = new Float64Array(combinations);
    for (let c = 0, s = measure; c < combinations; c++, s += shape.measures) {
        const verdict = scores.verdict[s];
        if ((verdict !== expected && verdict !== anomalous) || taught?.[s] === 0) continue;
        const usual = scores.usual[s]!;
        if (!(usual > 0)) continue;
        const weight = weightOf(scores.expected[s]!, usual);
        sum[c] = weight * clamped(scores.scaled[s]!);
        square[c] = weight * weight;
    }
    return { sum, square };
}

/** By how many usual deviations a series falls when it falls to nothing. */
const weightOf = (expected: number, usual: number): number => Math.min(mostWeight, Math.abs(expected) / usual);

const clamped = (scaled: number): number => Math.max(-clip, Math.min(clip, scaled));

interface OddScope {
    readonly scope: number;
    readonly score: number;
    /** Weighted mean of the deviations, in units in which chance alone gives about 1. */
    readonly deviation: number;
}

/** Judges each scope of a measure by its record, which learns; gives those that are odd, the oddest first. */
function judgeScopes(
    state: EngineState,
    index: ScopeIndex,
    at: { readonly measure: number; readonly weighted: Weighted; readonly price: number },
): OddScope[] {
    const { sum, square } = at.weighted;
    const odd: OddScope[] = [];
    for (const scope of index.broad) {
        const { key, members } = index.scopes[scope]!;
        let total = 0;
        let weight = 0;
        for (const member of members) {
            total += sum[member]!;
            weight += square[member]!;
        }
        if (!(weight > 0)) continue;
        const deviation = total / Math.sqrt(weight);
        const score = scopeScore(tailOf(state, `${at.measure} ${key}`), deviation) - at.price;
        if (score >= anomalousScore) odd.push({ scope, score, deviation });
    }
    return odd.sort((a, b) => b.score - a.score || a.scope - b.scope);
}

/** The record of a scope; sums of history become one when it is first asked for. */
function tailOf(state: EngineState, key: string): Float64Array {
    const known = arrayOf(state, key, scopeNumbers);
    if (known.length === scopeNumbers) return known;
    const length = known.length / 2;
    const seen = Array.from({ length }, (_, i) => known[i]! / Math.sqrt(known[length + i]!));
    const tail = learnedTail(seen.filter((deviation) => !Number.isNaN(deviation)));
    state.scopes.set(key, tail);
    return tail;
}

function arrayOf(state: EngineState, key: string, length: number): Float64Array {
    const known = state.scopes.get(key);
    if (known !== undefined) return known;
    const fresh = new Float64Array(length);
    state.scopes.set(key, fresh);
    return fresh;
}

function raise(
    state: EngineState,
    index: ScopeIndex,
    found: { readonly measure: number; readonly weighted: Weighted; readonly odd: readonly OddScope[] },
    scores: Scores,
): void {
    const { measure, weighted } = found;
    const explained = new Uint8Array(state.combinations);
    for (const { scope, score, deviation } of found.odd) {
        const { members } = index.scopes[scope]!;
        const left = members.filter((member) => explained[member] === 0);
        const agreeing = agreeingOf(left, weighted, deviation);
        if (agreeing === undefined) continue;
        for (const member of members) explained[member] = 1;
        for (const member of agreeing) {
            const s = member * state.shape.measures + measure;
            if (scores.score[s]! >= score) continue;
            scores.score[s] = score;
            scores.severity[s] = severityOf(score);
            scores.evidence[s] = scopeEvidence;
            scores.verdict[s] = anomalous;
        }
    }
}

/** The series that deviate as their scope does; undefined when they are too few to speak for it. */
function agreeingOf(members: readonly number[], { sum, square }: Weighted, deviation: number): number[] | undefined {
    let total = 0;
    let weight = 0;
    let agreed = 0;
    const agreeing: number[] = [];
    const side = Math.sign(deviation);
    for (const member of members) {
        total += sum[member]!;
        weight += square[member]!;
        if (side * sum[member]! < leastDeviation * Math.sqrt(square[member]!) || square[member] === 0) continue;
        agreed += square[member]!;
        agreeing.push(member);
    }
    const stands = (side * total) / Math.sqrt(weight) >= independence * Math.abs(deviation);
    return stands && agreeing.length > 1 && agreed >= agreement * weight ? agreeing : undefined;
}
