import { shortSlot, weekSlot } from "./shape";
import type { EngineState } from "./state";

/*
 * What a series is expected to be. Three experts: its level; level and short profile; level and both profiles. The past error decides, and
 * the richer expert has to be clearly better. Every update is clipped, so that anomalies do not teach.
 */

/** Values far off for this part of a cycle are believed to be the new level. */
const cyclesUntilShift = 0.5;
/** Deviations beyond this many mean absolute deviations (3 standard ones) are clipped before they teach, and count as far off. */
const clipDeviations = 3.75;
const levelRate = 0.02;
const shiftRate = 0.2;
const shortRate = 0.12;
const weekRate = 0.25;
const errorRate = 0.01;
/** The first values teach unclipped: there is nothing to clip by. */
const freePoints = 10;

export type Expert = 0 | 1 | 2;

/** Index of the expert in charge: a profile has to beat the simpler expert's error by a margin. */
export function pickExpert(state: EngineState, series: number): Expert {
    const { error0, error1, error2 } = state.scalars;
    const simple = error1[series]! < 0.95 * error0[series]! ? 1 : 0;
    const error = simple === 1 ? error1[series]! : error0[series]!;
    return state.shape.weekSlots > 0 && error2[series]! < 0.95 * error ? 2 : simple;
}

/** Expected value of a series under one expert at a position. */
export function expectation(state: EngineState, series: number, position: number, expert: Expert): number {
    const { level0, level1, level2 } = state.scalars;
    if (expert === 0) return level0[series]!;
    const short = state.short[series * state.shape.shortSlots + shortSlot(state.shape, position)]!;
    if (expert === 1) return level1[series]! + short;
    const week = state.week[series * state.shape.weekSlots + weekSlot(state.shape, position)] ?? 0;
    return level2[series]! + short + week;
}

/** Lag-one correlation of the deviations, 0 to 0.95. */
export function persistence(state: EngineState, series: number): number {
    const self = state.scalars.selfProduct[series]!;
    if (!(self > 0)) return 0;
    return Math.min(0.95, Math.max(0, state.scalars.lagProduct[series]! / self));
}

/** True when the series has been far off on one side for so long that its new level is believed. */
export function isShifting(state: EngineState, series: number): boolean {
    return Math.abs(state.scalars.farRun[series]!) >= Math.max(6, state.shape.cycle * cyclesUntilShift);
}

/** Teaches level, profiles, errors and persistence. `points` is the number of values seen, this one included. */
export function learnExpectation(
    state: EngineState,
    series: number,
    position: number,
    value: number,
    points: number,
): void {
    const { scalars, shape } = state;
    const deviation = points === 1 ? 0 : value - expectation(state, series, position, pickExpert(state, series));
    const usual = usualError(state, series);
    countFar(scalars.farRun, series, deviation, clipDeviations * usual, points);
    const isShift = isShifting(state, series);
    const rates = {
        clip: points <= freePoints || isShift ? Number.POSITIVE_INFINITY : clipDeviations * usual,
        level: Math.max(isShift ? shiftRate : levelRate, 1 / points),
        error: Math.max(errorRate, 1 / points),
    };
    learnPersistence(state, series, position, clamp(deviation, 3 * usual));
    const shortAt = series * shape.shortSlots + shortSlot(shape, position);
    const short = state.short[shortAt]!;
    learnLevel(scalars.level0, scalars.error0, series, value, rates);
    const left = learnLevel(scalars.level1, scalars.error1, series, value - short, rates);
    // A level shift is not the profile's to learn: there the usual clip holds.
    const clip = isShift ? clipDeviations * usual : rates.clip;
    if (shape.weekSlots > 0) {
        const weekAt = series * shape.weekSlots + weekSlot(shape, position);
        const both = short + state.week[weekAt]!;
        const rest = learnLevel(scalars.level2, scalars.error2, series, value - both, rates);
        const perWeek = (shape.cycle * 7) / shape.weekSlots;
        learnSlot(state.week, state.weekVisits, weekAt, clamp(rest, clip), weekRate / perWeek);
    }
    learnSlot(state.short, state.shortVisits, shortAt, clamp(left, clip), shortRate / (shape.cycle / shape.shortSlots));
    scalars.lastPosition[series] = position;
    scalars.lastDeviation[series] = deviation;
}

/** Mean absolute deviation of the expert in charge. */
export function usualError(state: EngineState, series: number): number {
    const { error0, error1, error2 } = state.scalars;
    const expert = pickExpert(state, series);
    return (expert === 0 ? error0 : expert === 1 ? error1 : error2)[series]!;
}

interface Rates {
    readonly clip: number;
    readonly level: number;
    readonly error: number;
}

/** Moves one expert's level and error; gives the deviation that was left before. */
function learnLevel(level: Float64Array, error: Float64Array, series: number, value: number, rates: Rates): number {
    const isFirst = rates.level >= 1;
    const deviation = isFirst ? 0 : value - level[series]!;
    level[series] = isFirst ? value : level[series]! + rates.level * clamp(deviation, rates.clip);
    const ceiling = rates.clip === Number.POSITIVE_INFINITY ? rates.clip : 4 * error[series]! + rates.clip;
    error[series] = error[series]! + rates.error * (Math.min(Math.abs(deviation), ceiling) - error[series]!);
    return deviation;
}

function learnSlot(profile: Float32Array, visits: Uint8Array, at: number, rest: number, slowest: number): void {
    const rate = Math.max(slowest, 1 / (visits[at]! + 2));
    profile[at] = profile[at]! + rate * rest;
    if (visits[at]! < 255) visits[at] = visits[at]! + 1;
}

function countFar(farRun: Float64Array, series: number, deviation: number, far: number, points: number): void {
    const side = points > freePoints && Math.abs(deviation) > far ? Math.sign(deviation) : 0;
    const isSameSide = side !== 0 && Math.sign(farRun[series]!) === side;
    farRun[series] = isSameSide ? farRun[series]! + side : side;
}

function learnPersistence(state: EngineState, series: number, position: number, deviation: number): void {
    const { lagProduct, selfProduct, lastPosition, lastDeviation } = state.scalars;
    const usual = usualError(state, series);
    const last = clamp(lastDeviation[series]!, 3 * usual);
    const rate = 0.01;
    selfProduct[series] = selfProduct[series]! + rate * (deviation * deviation - selfProduct[series]!);
    if (position - lastPosition[series]! !== 1) return;
    lagProduct[series] = lagProduct[series]! + rate * (deviation * last - lagProduct[series]!);
}

function clamp(value: number, limit: number): number {
    return value > limit ? limit : value < -limit ? -limit : value;
}
