import type { Lot } from "./lot";
import { medianOf } from "./median";
import type { Shape } from "./shape";
import type { Slots } from "./slots";
import type { EngineState } from "./state";

/*
 * What days of the month add to what weekdays let expect: salaries, rents, the close of the books. Days are counted from both ends, so that the
 * last one is the last one in February too. Learned from history at once, only for series of days, and only where nearly every month says so;
 * followed from then on.
 */

/** Days counted from the beginning of a month; the others are counted from its end. */
const fromBeginning = 16;
/** Days of the longest month. */
export const daysOfMonth = 31;
const dayMs = 86_400_000;

/** Months in which a day has to have been seen. */
const leastMonths = 3;
/** It has to deviate by more than this many usual deviations to the same side, in all but one of so many months. */
const leastDeviation = 1.5;
const monthsForMiss = 5;
/** Months that say how large an effect is: the latest. */
const mostMonths = 6;
/** An effect counts in full once it stands out so many times, in variances, from the chance of its months. */
const shrinkage = 3;
/** Part of a deviation that an effect follows, and the most that one may teach, in usual deviations. */
const followRate = 0.2;
const followClip = 4;

/** Slot of a day, counted from 1970-01-01: 0 to 15 from a month's first day, 30 for its last one, 29 for the one before. */
export function monthSlot(day: number): number {
    const date = new Date(day * dayMs);
    const ofMonth = date.getUTCDate();
    if (ofMonth <= fromBeginning) return ofMonth - 1;
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    return daysOfMonth - 1 - (last - ofMonth);
}

/** What the day of the month adds to what a series is expected to be; 0 where nothing is known of such an effect. */
export const monthEffect = (state: EngineState, series: number, slots: Slots): number =>
    state.shape.monthSlots === 0 ? 0 : state.month[series * state.shape.monthSlots + slots.month]!;

/** Adds the effects to what a lot was judged by without them; each follows what was left of its value, where that is to be learned from. */
export function addEffects(state: EngineState, lot: Lot): void {
    const { first, length, effect, raw, expected, lower, upper, usual, taught } = lot;
    for (let k = 0; k < length; k++) {
        const known = effect[k]!;
        if (known === 0) continue;
        const left = raw[k]! - known - expected[k]!;
        if (taught[k] !== 0 && left === left) followMonth(state, first + k, lot.slots, left, usual[k]!);
        expected[k] = expected[k]! + known;
        lower[k] = lower[k]! + known;
        upper[k] = upper[k]! + known;
    }
}

/** Lets an effect that there is follow what was left of a value; `usual` is the series' usual deviation. */
function followMonth(state: EngineState, series: number, slots: Slots, left: number, usual: number): void {
    const place = series * state.shape.monthSlots + slots.month;
    const most = followClip * usual;
    state.month[place] = state.month[place]! + followRate * Math.max(-most, Math.min(most, left));
}

/**
 * Effects by slot, from what trend and weekdays leave of a series' history: `rest` is by interval, NaN for a gap. Undefined where there is none.
 */
export function fitMonths(
    { monthSlots }: Shape,
    slots: readonly Slots[],
    rest: Float64Array,
): Float32Array | undefined {
    const spread = 1.4826 * medianOf(rest.map(Math.abs));
    if (!(spread > 0)) return undefined;
    const effects = new Float32Array(monthSlots);
    for (let slot = 0; slot < monthSlots; slot++)
        effects[slot] = effectOf(
            rest.filter((value, i) => slots[i]!.month === slot && value === value),
            spread,
        );
    return effects.some((effect) => effect !== 0) ? effects : undefined;
}

function effectOf(visits: Float64Array, spread: number): number {
    if (visits.length < leastMonths) return 0;
    const effect = medianOf(visits.subarray(-mostMonths));
    const agreeing = visits.filter((value) => value * Math.sign(effect) > leastDeviation * spread).length;
    if (agreeing < visits.length - Math.floor(visits.length / monthsForMiss)) return 0;
    const square = effect * effect;
    return (effect * square) / (square + (shrinkage * spread * spread) / visits.length);
}

/** Days of the month mean something to intervals of one day. */
export const monthSlotsOf = (intervalSeconds: Shape["intervalSeconds"]): number =>
    intervalSeconds * 1000 === dayMs ? daysOfMonth : 0;
