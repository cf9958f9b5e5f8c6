import { lotLength, type Lot } from "./lot";
import { at, numbersOfSeries } from "./numbers";
import type { EngineState } from "./state";

/*
 * How expectations learn from the values of a lot: level, profiles, errors and persistence. Every update is clipped, so that anomalies do not
 * teach.
 */

/** Deviations beyond this many mean absolute deviations (8 standard ones) are clipped before they teach. */
const clipDeviations = 10;
/** Beyond this many (3 standard ones) they count as far off. */
const farDeviations = 3.75;
/** Values far off on one side for this part of a cycle are believed to be the new level: the clip opens, and the profile hurries. */
const cyclesUntilShift = 0.5;
const leastUntilShift = 6;
const shiftClip = 4;
const shiftHurry = 2;
const levelRate = 0.015;
/** Part of a cycle's deviations that the level below the profiles follows: a trend of per cents a day is kept up with. */
const trendRate = 0.25;
const mostTrendRate = 0.03;
const shortRate = 0.12;
const weekRate = 0.25;
/** Cycles that the short profile learns alone: what it does not know yet is not the week's. */
const cyclesBeforeWeek = 2;
const errorRate = 0.007;
const slowRate = 0.0019;
const persistenceRate = 0.007;
/** The first values teach unclipped: there is nothing to clip by. */
const freePoints = 10;

/** What all lessons of an interval need, by entry. Kept between calls. */
const limits = new Float64Array(lotLength);
const shifts = new Uint8Array(lotLength);
const offsOfShort = new Float64Array(lotLength);

/** Teaches level, profiles, errors and persistence of all that was judged. */
export function learnExpectations(state: EngineState, lot: Lot): void {
    setLimits(state, lot);
    learnPersistence(state, lot);
    learnLevel(state, lot);
    learnShort(state, lot);
    if (state.shape.weekSlots > 0) learnWeek(state, lot);
}

/** The most that a deviation of each series may teach, in its own unit, and whether a new level is believed. */
function setLimits({ numbers, shape }: EngineState, lot: Lot): void {
    const { first, judged, count, seen, deviation, error, factor } = lot;
    const longest = Math.max(leastUntilShift, shape.cycle * cyclesUntilShift);
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const usual = error[k]!;
        const off = deviation[k]!;
        const run = countFar(numbers, (first + k) * numbersOfSeries + at.farRun, off, usual, seen[k]!);
        const isShift = Math.abs(run) > longest;
        const clip = usual > 0 ? clipDeviations * usual * (isShift ? shiftClip : 1) : Math.abs(off);
        limits[k] = seen[k]! < freePoints ? Number.POSITIVE_INFINITY : clip * factor[k]!;
        shifts[k] = isShift ? 1 : 0;
    }
}

/** Counts values far off on the same side, negative for below. */
function countFar(numbers: Float32Array, place: number, off: number, usual: number, seen: number): number {
    const before = numbers[place]!;
    const side = seen > freePoints && Math.abs(off) > farDeviations * usual ? (off > 0 ? 1 : -1) : 0;
    const run = side * before > 0 ? before + side : side;
    numbers[place] = run;
    return run;
}

function learnPersistence({ numbers }: EngineState, lot: Lot): void {
    const { first, judged, count, seen, deviation, last, error } = lot;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const usual = error[k]!;
        if (!(usual > 0)) continue;
        const base = (first + k) * numbersOfSeries;
        const rate = Math.max(persistenceRate, 1 / (seen[k]! + 1));
        const now = clamp(deviation[k]! / usual, farDeviations);
        const self = numbers[base + at.selfProduct]!;
        numbers[base + at.selfProduct] = self + rate * (now * now - self);
        if (Number.isNaN(last[k]!)) continue;
        const lag = numbers[base + at.lagProduct]!;
        numbers[base + at.lagProduct] = lag + rate * (now * clamp(last[k]! / usual, farDeviations) - lag);
    }
}

function learnLevel({ scalars }: EngineState, lot: Lot): void {
    const { first, judged, count, seen, value, factor, deviation } = lot;
    const { level0, error0, slow, points, lastDeviation } = scalars;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const series = first + k;
        const limit = limits[k]!;
        const fresh = 1 / (seen[k]! + 1);
        const off = value[k]! - level0[series]!;
        level0[series] = level0[series]! + Math.max(levelRate, fresh) * clamp(off, limit);
        learnError(error0, series, off / factor[k]!, limit / factor[k]!, Math.max(errorRate, fresh));
        slow[series] = slow[series]! + Math.max(slowRate, fresh) * clamp(value[k]! - slow[series]!, limit);
        lastDeviation[series] = deviation[k]!;
        points[series] = seen[k]! + 1;
    }
}

function learnShort(state: EngineState, lot: Lot): void {
    const { first, judged, count, slots, seen, value, factor, expert } = lot;
    const { shape, short: profile, week } = state;
    const { level1, error1 } = state.scalars;
    const { cycle } = shape;
    const slowest = shortRate / slots.shortVisits;
    const ofLevel = Math.min(mostTrendRate, trendRate / cycle);
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const series = first + k;
        const limit = limits[k]!;
        const place = series * shape.shortSlots + slots.short;
        const short = profile[place]!;
        const off = value[k]! - level1[series]! - short;
        offsOfShort[k] = off;
        const visits = Math.floor(seen[k]! / cycle) * slots.shortVisits + slots.shortVisit;
        const pace = short === 0 ? 1 : Math.max(shifts[k] === 1 ? slowest * shiftHurry : slowest, 1 / (visits + 1));
        // A weekday that the week profile knows is nothing for the day's to learn.
        const rest = expert[k] === 2 ? off - week[series * shape.weekSlots + slots.week]! : off;
        profile[place] = short + pace * (seen[k]! < 2 * cycle ? rest : clamp(rest, limit));
        if (!(seen[k]! > cycle)) continue;
        level1[series] = level1[series]! + ofLevel * clamp(rest, limit);
        learnError(error1, series, off / factor[k]!, limit / factor[k]!, laterRate(seen[k]!, cycle));
    }
}

function learnWeek(state: EngineState, lot: Lot): void {
    const { first, judged, count, slots, seen, factor } = lot;
    const { shape, week } = state;
    const { error2 } = state.scalars;
    const { cycle, weekSlots } = shape;
    const slowest = weekRate / slots.weekVisits;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const series = first + k;
        const limit = limits[k]!;
        const place = series * weekSlots + slots.week;
        const known = week[place]!;
        const off = offsOfShort[k]! - known;
        const visits = Math.floor(seen[k]! / (7 * cycle)) * slots.weekVisits + slots.weekVisit;
        if (seen[k]! > cyclesBeforeWeek * cycle)
            week[place] = known + Math.max(slowest, 1 / (visits + 2)) * clamp(off, limit);
        if (seen[k]! > cycle)
            learnError(error2, series, off / factor[k]!, limit / factor[k]!, laterRate(seen[k]!, cycle));
    }
}

/** Rate of the errors that are counted from the second cycle on. */
const laterRate = (seen: number, cycle: number): number => Math.max(errorRate, 1 / Math.max(1, seen - cycle + 1));

function learnError(error: Float64Array, series: number, off: number, clip: number, rate: number): void {
    error[series] = error[series]! + rate * (Math.min(Math.abs(off), clip) - error[series]!);
}

const clamp = (value: number, limit: number): number => (value > limit ? limit : value < -limit ? -limit : value);
