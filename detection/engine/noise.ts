import { at, numbersOfSeries } from "./numbers";
import type { Slots } from "./slots";
import type { EngineState } from "./state";

/*
 * How a series' noise goes with its season: nights are quiet, peaks scatter. The noise of an interval is taken for a straight line in what
 * the profiles expect of it, which holds for noise in per cent of the value whatever the zero and the unit. The line comes from history as a
 * batch, and is flat unless the evidence for a slope is clear. Deviations are learned and judged in the noise of their interval.
 */

/** Noise of an interval, in that of a usual one, is believed to be no less and no more. */
const leastFactor = 0.25;
const mostFactor = 4;
/** A slope less than so many standard errors from 0 is none; one that is not much clearer is drawn towards 0. */
const leastEvidence = 4;
/** Deviations beyond so many mean absolute ones count for no more: anomalies are no noise. */
const clip = 6;
/** Where the profiles expect nothing special, noise is believed to be at least this part of the mean one. */
const leastMiddle = 0.1;
/** Values that a slope is estimated from, at least. */
const leastPoints = 40;

/** What profiles expect of each interval of a history, and what was left of its values; NaN for a gap. */
export interface Residuals {
    readonly effects: Float64Array;
    readonly rest: Float64Array;
}

/** Change of the noise for each unit of the profiles' effect, in parts of the noise at none; 0 where the evidence is not clear. */
export function noiseSlope({ effects, rest }: Residuals): number {
    let [count, total] = [0, 0];
    for (const off of rest)
        if (off === off) {
            count++;
            total += Math.abs(off);
        }
    if (count < leastPoints || !(total > 0)) return 0;
    const most = (clip * total) / count;
    const meanSize = meanOf(rest, count, (i) => Math.min(most, Math.abs(rest[i]!)));
    const meanEffect = meanOf(rest, count, (i) => effects[i]!);
    let [effectSquare, product, sizeSquare] = [0, 0, 0];
    for (let i = 0; i < rest.length; i++) {
        if (rest[i] !== rest[i]) continue;
        const effect = effects[i]! - meanEffect;
        const size = Math.min(most, Math.abs(rest[i]!)) - meanSize;
        effectSquare += effect * effect;
        product += effect * size;
        sizeSquare += size * size;
    }
    if (!(effectSquare > 0)) return 0;
    const slope = product / effectSquare;
    // Square of the slope in its standard errors.
    const evidence = (slope * product * count) / (sizeSquare - slope * product);
    const doubt = (leastEvidence * leastEvidence) / evidence;
    if (!(doubt < 1)) return 0;
    const kept = slope * (1 - doubt * doubt);
    const middle = Math.max(leastMiddle * meanSize, meanSize - kept * meanEffect);
    return kept / middle;
}

function meanOf(rest: Float64Array, count: number, valueAt: (i: number) => number): number {
    let sum = 0;
    for (let i = 0; i < rest.length; i++) if (rest[i] === rest[i]) sum += valueAt(i);
    return sum / count;
}

/** Remembers a slope in parts of the usual deviation, so that a series that grows keeps its line. */
export function setNoise(state: EngineState, series: number, slope: number, usual: number): void {
    state.numbers[series * numbersOfSeries + at.noiseSlope] = slope * usual;
}

/** Noise of a series in an interval, in that of a usual one. `usual` is the mean absolute deviation of the expert in charge. */
export function noiseFactor(state: EngineState, series: number, slots: Slots, usual: number): number {
    const slope = state.numbers[series * numbersOfSeries + at.noiseSlope]!;
    return slope === 0 || !(usual > 0) ? 1 : factorOf(slope, effectOf(state, series, slots) / usual);
}

/** The same by a slope in whatever unit the effect is in. */
export const factorOf = (slope: number, effect: number): number =>
    Math.max(leastFactor, Math.min(mostFactor, 1 + slope * effect));

/** What both profiles expect of an interval beside the level. */
export function effectOf(state: EngineState, series: number, slots: Slots): number {
    const { shortSlots, weekSlots } = state.shape;
    return state.short[series * shortSlots + slots.short]! + (state.week[series * weekSlots + slots.week] ?? 0);
}
