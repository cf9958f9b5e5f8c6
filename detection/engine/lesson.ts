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
/** Nor is there for the short profile while a slot was seen but once. */
const freeCycles = 2;

/** What the profiles' lessons need of the level's, by entry: the most that a deviation may teach, and 1 where a new level is believed. */
const limits = new Float64Array(lotLength);
const shifts = new Uint8Array(lotLength);

/** Teaches level, profiles, errors and persistence of all that was judged. */
export function learnExpectations(state: EngineState, lot: Lot): void {
    setLimits(state, lot);
    learnLevel(state, lot);
    learnProfiles(state, lot);
}

/** The most that a deviation of each series may teach, in its own unit, and whether a new level is believed; teaches persistence. */
function setLimits({ numbers, shape }: EngineState, lot: Lot): void {
    const { first, judged, count, seen, deviation, last, error, factor } = lot;
    const longest = Math.max(leastUntilShift, shape.cycle * cyclesUntilShift);
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const base = (first + k) * numbersOfSeries;
        const usual = error[k]!;
        const off = deviation[k]!;
        const run = countFar(numbers, base + at.farRun, off, usual, seen[k]!);
        const isShift = Math.abs(run) > longest;
        const clip = usual > 0 ? clipDeviations * usual * (isShift ? shiftClip : 1) : Math.abs(off);
        limits[k] = seen[k]! < freePoints ? Number.POSITIVE_INFINITY : clip * factor[k]!;
        shifts[k] = isShift ? 1 : 0;
        if (usual > 0) learnPersistence(numbers, base, off / usual, last[k]! / usual, seen[k]!);
    }
}

/** Teaches by a deviation and the one before it, in usual ones; NaN where there is none right before. */
function learnPersistence(numbers: Float32Array, base: number, off: number, last: number, seen: number): void {
    const rate = Math.max(persistenceRate, 1 / (seen + 1));
    const now = clamp(off, farDeviations);
    const self = numbers[base + at.selfProduct]!;
    numbers[base + at.selfProduct] = self + rate * (now * now - self);
    if (Number.isNaN(last)) return;
    const lag = numbers[base + at.lagProduct]!;
    numbers[base + at.lagProduct] = lag + rate * (now * clamp(last, farDeviations) - lag);
}

/** Counts values far off on the same side, negative for below. */
function countFar(numbers: Float32Array, place: number, off: number, usual: number, seen: number): number {
    const before = numbers[place]!;
    const side = seen > freePoints && Math.abs(off) > farDeviations * usual ? (off > 0 ? 1 : -1) : 0;
    const run = side * before > 0 ? before + side : side;
    numbers[place] = run;
    return run;
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

/** Teaches the short profile, the level below it, and the week's profile. */
function learnProfiles(state: EngineState, lot: Lot): void {
    const { first, judged, count, slots, seen, value, factor, expert } = lot;
    const { shape, short: shortProfile, week: weekProfile } = state;
    const { level1, error1, error2 } = state.scalars;
    const { cycle, shortSlots, weekSlots } = shape;
    const slowest = shortRate / slots.shortVisits;
    const slowestOfWeek = weekRate / slots.weekVisits;
    const ofLevel = Math.min(mostTrendRate, trendRate / cycle);
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const series = first + k;
        const before = seen[k]!;
        const limit = limits[k]!;
        const place = series * shortSlots + slots.short;
        const short = shortProfile[place]!;
        const placeOfWeek = series * weekSlots + slots.week;
        const week = weekSlots > 0 ? weekProfile[placeOfWeek]! : 0;
        const level = level1[series]!;
        const off = value[k]! - level - short;
        const cycles = Math.floor(before / cycle);
        const visits = cycles * slots.shortVisits + slots.shortVisit;
        const pace = short === 0 ? 1 : Math.max(shifts[k] === 1 ? slowest * shiftHurry : slowest, 1 / (visits + 1));
        // A weekday that the week profile knows is nothing for the day's to learn.
        const rest = off - Number(expert[k] === 2) * week;
        const taught = clamp(rest, limit);
        shortProfile[place] = short + pace * (before < freeCycles * cycle ? rest : taught);
        if (weekSlots > 0 && before > cyclesBeforeWeek * cycle) {
            const visitsOfWeek = Math.floor(cycles / 7) * slots.weekVisits + slots.weekVisit;
            weekProfile[placeOfWeek] =
                week + Math.max(slowestOfWeek, 1 / (visitsOfWeek + 2)) * clamp(off - week, limit);
        }
        if (!(before > cycle)) continue;
        level1[series] = level + ofLevel * taught;
        const rate = Math.max(errorRate, 1 / Math.max(1, before - cycle + 1));
        const perNoise = 1 / factor[k]!;
        learnError(error1, series, off * perNoise, limit * perNoise, rate);
        if (weekSlots > 0) learnError(error2, series, (off - week) * perNoise, limit * perNoise, rate);
    }
}

function learnError(error: Float64Array, series: number, off: number, clip: number, rate: number): void {
    error[series] = error[series]! + rate * (Math.min(Math.abs(off), clip) - error[series]!);
}

const clamp = (value: number, limit: number): number => (value > limit ? limit : value < -limit ? -limit : value);
