import { at, numbersOfSeries } from "./numbers";
import type { Slots } from "./slots";
import type { EngineState } from "./state";

/*
 * What a series is expected to be. Three experts: its level; its short profile; both profiles. The past error decides, and the richer
 * expert has to be clearly better. Every update is clipped, so that anomalies do not teach.
 */

/** Deviations beyond this many mean absolute deviations (8 standard ones) are clipped before they teach. */
const clipDeviations = 10;
/** Beyond this many (3 standard ones) they count as far off. */
const farDeviations = 3.75;
/** Values far off on one side for this part of a cycle are believed to be the new level: the clip opens, and the profile hurries. */
const cyclesUntilShift = 0.5;
const shiftClip = 4;
const shiftHurry = 2;
const levelRate = 0.015;
/** Part of a cycle's deviations that the level below the profiles follows: a trend of per cents a day is kept up with. */
const trendRate = 0.25;
const mostTrendRate = 0.03;
const shortRate = 0.12;
const weekRate = 0.25;
const errorRate = 0.007;
const slowRate = 0.0019;
const persistenceRate = 0.007;
const mostPersistence = 0.95;
/** A profile is in charge only when its error is this part of the simpler expert's, and after so many cycles. */
const shortMargin = 0.94;
const shortCycles = 1.5;
const weekMargin = 0.97;
/** The first values teach unclipped: there is nothing to clip by. */
const freePoints = 10;

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

/** Lag-one correlation of the deviations, 0 to 0.95. */
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

/** What the expectation learns from: a value, what was expected by which expert, and how many values came before, at least 1. */
export interface Lesson {
    readonly value: number;
    readonly expected: number;
    readonly expert: Expert;
    /** Mean absolute deviation of that expert. */
    readonly usual: number;
    /** Noise of the interval, in that of a usual one: deviations teach divided by it. */
    readonly factor: number;
    readonly seen: number;
}

/** Teaches level, profiles, errors and persistence. */
export function learnExpectation(state: EngineState, series: number, slots: Slots, lesson: Lesson): void {
    const { scalars, shape } = state;
    const { value, expert, usual, factor, seen } = lesson;
    const base = series * numbersOfSeries;
    const deviation = (value - lesson.expected) / factor;
    const isShift = countFar(state, base, deviation, usual, seen);
    const clip = usual > 0 ? clipDeviations * usual * (isShift ? shiftClip : 1) : Math.abs(deviation);
    const free = seen < freePoints ? Number.POSITIVE_INFINITY : clip * factor;
    learnPersistence(state, series, base, deviation, usual, slots.position, seen);
    const rate = Math.max(errorRate, 1 / (seen + 1));
    const off0 = value - scalars.level0[series]!;
    scalars.level0[series] = scalars.level0[series]! + Math.max(levelRate, 1 / (seen + 1)) * clamp(off0, free);
    learnError(scalars.error0, series, off0 / factor, free / factor, rate);
    const shortAt = series * shape.shortSlots + slots.short;
    const short = state.short[shortAt]!;
    const off1 = value - scalars.level1[series]! - short;
    const visits = Math.floor(seen / shape.cycle) * slots.shortVisits + slots.shortVisit;
    const young = seen < 2 * shape.cycle ? Number.POSITIVE_INFINITY : free;
    const hurry = isShift ? shiftHurry : 1;
    const pace = short === 0 ? 1 : Math.max((shortRate / slots.shortVisits) * hurry, 1 / (visits + 1));
    // A weekday that the week profile knows is nothing for the day's to learn.
    const known = expert === 2 ? state.week[series * shape.weekSlots + slots.week]! : 0;
    state.short[shortAt] = short + pace * clamp(off1 - known, young);
    if (seen > shape.cycle)
        scalars.level1[series] =
            scalars.level1[series]! + Math.min(mostTrendRate, trendRate / shape.cycle) * clamp(off1 - known, free);
    const later = Math.max(errorRate, 1 / Math.max(1, seen - shape.cycle + 1));
    if (seen > shape.cycle) learnError(scalars.error1, series, off1 / factor, free / factor, later);
    if (shape.weekSlots > 0) learnWeek(state, series, slots, off1, free, lesson, later);
    scalars.slow[series] =
        scalars.slow[series]! + Math.max(slowRate, 1 / (seen + 1)) * clamp(value - scalars.slow[series]!, free);
    scalars.lastPosition[series] = slots.position;
    scalars.lastDeviation[series] = deviation;
}

function learnWeek(
    state: EngineState,
    series: number,
    slots: Slots,
    offShort: number,
    clip: number,
    { seen, factor }: Lesson,
    later: number,
): void {
    const { shape, week } = state;
    const weekAt = series * shape.weekSlots + slots.week;
    const known = week[weekAt]!;
    const off = offShort - known;
    const visits = Math.floor(seen / (7 * shape.cycle)) * slots.weekVisits + slots.weekVisit;
    const pace = Math.max(weekRate / slots.weekVisits, 1 / (visits + 2));
    week[weekAt] = known + pace * clamp(off, clip);
    if (seen > shape.cycle) learnError(state.scalars.error2, series, off / factor, clip / factor, later);
}

function learnError(error: Float64Array, series: number, off: number, clip: number, rate: number): void {
    error[series] = error[series]! + rate * (Math.min(Math.abs(off), clip) - error[series]!);
}

/** Counts values far off on the same side; true when there were so many that the new level is believed. */
function countFar(state: EngineState, base: number, deviation: number, usual: number, seen: number): boolean {
    const { numbers } = state;
    const before = numbers[base + at.farRun]!;
    const side = seen > freePoints && Math.abs(deviation) > farDeviations * usual ? Math.sign(deviation) : 0;
    const run = side !== 0 && Math.sign(before) === side ? before + side : side;
    numbers[base + at.farRun] = run;
    return Math.abs(run) > Math.max(6, state.shape.cycle * cyclesUntilShift);
}

function learnPersistence(
    state: EngineState,
    series: number,
    base: number,
    deviation: number,
    usual: number,
    position: number,
    seen: number,
): void {
    const { numbers, scalars } = state;
    if (!(usual > 0)) return;
    const most = farDeviations;
    const now = clamp(deviation / usual, most);
    const rate = Math.max(persistenceRate, 1 / (seen + 1));
    const self = numbers[base + at.selfProduct]!;
    numbers[base + at.selfProduct] = self + rate * (now * now - self);
    if (position - scalars.lastPosition[series]! !== 1) return;
    const last = clamp(scalars.lastDeviation[series]! / usual, most);
    const lag = numbers[base + at.lagProduct]!;
    numbers[base + at.lagProduct] = lag + rate * (now * last - lag);
}

const clamp = (value: number, limit: number): number => (value > limit ? limit : value < -limit ? -limit : value);
