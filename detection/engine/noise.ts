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
/** Deviations beyond so many mean absolute ones count for no more, the mean being that of deviations held so already: anomalies are no noise. */
const clip = 4;
/** Times that the mean is held to its own clip. */
const clipRounds = 3;
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
    let most = Infinity;
    for (let round = 0; round < clipRounds; round++) most = clip * meanSize(rest, most);
    if (!(most > 0)) return 0;
    let count = 0;
    let effectSum = 0;
    let sizeSum = 0;
    let effectSquares = 0;
    let products = 0;
    let sizeSquares = 0;
    for (let i = 0; i < rest.length; i++) {
        const off = Math.abs(rest[i]!);
        if (off !== off) continue;
        const size = off > most ? most : off;
        const effect = effects[i]!;
        count++;
        effectSum += effect;
        sizeSum += size;
        effectSquares += effect * effect;
        products += effect * size;
        sizeSquares += size * size;
    }
    const effectSquare = effectSquares - (effectSum * effectSum) / count;
    const product = products - (effectSum * sizeSum) / count;
    // Noise grows with what is expected. Where it seems to fall, anomalies of quiet hours are the likelier reason.
    if (!(effectSquare > 0 && product > 0)) return 0;
    const slope = product / effectSquare;
    // Square of the slope in its standard errors.
    const evidence = (slope * product * count) / (sizeSquares - (sizeSum * sizeSum) / count - slope * product);
    const doubt = (leastEvidence * leastEvidence) / evidence;
    if (!(doubt < 1)) return 0;
    const kept = slope * (1 - doubt * doubt);
    return kept / Math.max((leastMiddle * sizeSum) / count, (sizeSum - kept * effectSum) / count);
}

/** Mean absolute deviation, none counted for more than `most`; 0 of too few. */
function meanSize(rest: Float64Array, most: number): number {
    let count = 0;
    let total = 0;
    for (let i = 0; i < rest.length; i++) {
        const size = Math.abs(rest[i]!);
        if (size !== size) continue;
        count++;
        total += size > most ? most : size;
    }
    return count < leastPoints ? 0 : total / count;
}

/** Remembers a slope in parts of the usual deviation, so that a series that grows keeps its line. */
export function setNoise(state: EngineState, series: number, slope: number, usual: number): void {
    state.numbers[series * numbersOfSeries + at.noiseSlope] = slope * usual;
}

/** Noise of a series in an interval, in that of a usual one. `usual` is the mean absolute deviation of the expert in charge. */
export function noiseFactor(state: EngineState, series: number, slots: Slots, usual: number): number {
    const slope = state.numbers[series * numbersOfSeries + at.noiseSlope]!;
    if (slope === 0 || !(usual > 0)) return 1;
    const { shortSlots, weekSlots } = state.shape;
    const short = state.short[series * shortSlots + slots.short]!;
    const effect = weekSlots === 0 ? short : short + state.week[series * weekSlots + slots.week]!;
    return factorOf(slope, effect / usual);
}

/** The same by a slope in the unit of the effect, and what both profiles expect beside the level. */
export function factorOf(slope: number, effect: number): number {
    const factor = 1 + slope * effect;
    return factor < leastFactor ? leastFactor : factor > mostFactor ? mostFactor : factor;
}
