import type { Lot } from "./lot";
import { noiseFactor } from "./noise";
import { at, numbersOfSeries } from "./numbers";
import type { Slots } from "./slots";
import type { EngineState } from "./state";

/*
 * What a series is expected to be. Three experts: its level; its short profile; both profiles. The past error decides, and the richer
 * expert has to be clearly better. How they learn is told in `lesson.ts`.
 */

const mostPersistence = 0.99;
/** A profile is in charge only when its error is this part of the simpler expert's, and after so many cycles. */
const shortMargin = 0.94;
const shortCycles = 1.5;
const weekMargin = 0.97;
/** Intervals after which the last deviation says nothing any more. */
const mostCarried = 3;
/** What arithmetic cannot tell apart: parts of a value, and of a profile, which is kept in 32 bits. */
const grainOfValue = 1e-12;
const grainOfProfile = 1e-6;

export type Expert = 0 | 1 | 2;

/** Index of the expert in charge. */
export function pickExpert(state: EngineState, series: number): Expert {
    const { points, error0, error1, error2 } = state.scalars;
    const { cycle, weekSlots } = state.shape;
    const seen = points[series]!;
    let expert: Expert = 0;
    let error = error0[series]!;
    if (seen > shortCycles * cycle && error1[series]! < shortMargin * error) {
        expert = 1;
        error = error1[series]!;
    }
    return weekSlots > 0 && seen > 7 * cycle && error2[series]! < weekMargin * error ? 2 : expert;
}

/** Expected value of a series under one expert in the interval that the slots are of. */
export function expectation(state: EngineState, series: number, slots: Slots, expert: Expert): number {
    if (expert === 0) return state.scalars.level0[series]!;
    const { shortSlots, weekSlots } = state.shape;
    const short = state.scalars.level1[series]! + state.short[series * shortSlots + slots.short]!;
    return expert === 1 ? short : short + (state.week[series * weekSlots + slots.week] ?? 0);
}

/** Mean absolute deviation of the expert in charge. */
export function usualError(state: EngineState, series: number): number {
    return errorOf(state, series, pickExpert(state, series));
}

/** Mean absolute deviation of an expert. */
export function errorOf(state: EngineState, series: number, expert: Expert): number {
    const { error0, error1, error2 } = state.scalars;
    return (expert === 0 ? error0 : expert === 1 ? error1 : error2)[series]!;
}

/** Lag-one correlation of the deviations, 0 to 0.99. */
export function persistence(state: EngineState, series: number): number {
    const base = series * numbersOfSeries;
    const self = state.numbers[base + at.selfProduct]!;
    if (!(self > 0)) return 0;
    return Math.min(mostPersistence, Math.max(0, state.numbers[base + at.lagProduct]! / self));
}

/** Begins a series with its first value. */
export function startExpectation(state: EngineState, series: number, value: number): void {
    const { level0, level1, slow } = state.scalars;
    level0[series] = value;
    level1[series] = value;
    slow[series] = value;
}

/** What the last deviation lets expect of this one, by their correlation; forgotten after a gap of three intervals. */
function carriedOver(state: EngineState, series: number, position: number, memory: number): number {
    const gap = position - state.scalars.lastPosition[series]!;
    return gap >= 1 && gap <= mostCarried ? memory * state.scalars.lastDeviation[series]! : 0;
}

/** Fills in what is expected of a lot, and how far off it usually is. */
export function expectLot(state: EngineState, lot: Lot): void {
    const { points, level1 } = state.scalars;
    const { first, length, slots, seen, expected, expert, error, factor, usual, carried, grain } = lot;
    for (let k = 0; k < length; k++) {
        const series = first + k;
        seen[k] = points[series]!;
        if (seen[k] === 0) {
            expected[k] = NaN;
            usual[k] = 0;
            continue;
        }
        const picked = pickExpert(state, series);
        const now = expectation(state, series, slots, picked);
        const off = errorOf(state, series, picked);
        const noise = noiseFactor(state, series, slots, off);
        const memory = persistence(state, series);
        expert[k] = picked;
        expected[k] = now;
        error[k] = off;
        factor[k] = noise;
        usual[k] = off * noise;
        lot.persistence[k] = memory;
        carried[k] = carriedOver(state, series, slots.position, memory);
        grain[k] = (grainOfValue * Math.abs(now) + grainOfProfile * Math.abs(now - level1[series]!)) / noise;
    }
}
