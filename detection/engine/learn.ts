import { fitHalf, halfOf, pointsIn, refit } from "./batch";
import { isCounterHistory } from "./counter";
import type { History } from "./engine";
import { seasonless } from "./fit";
import { drawInTails, noteSizes, startMaxima, type BlockMaxima } from "./historyTails";
import { createLot, lotLength, type Lot } from "./lot";
import { fitMonths } from "./month";
import { at, numbersOfSeries } from "./numbers";
import { bounded, type Shape } from "./shape";
import { slotsFrom, type Slots } from "./slots";
import { seriesCount, type EngineState } from "./state";
import { step } from "./step";

/** Whole cycles of history that a batch fit needs in each half. */
const cyclesToFit = 7;
const pointsToFit = 40;

/**
 * Learns a state without points from history. The first half is fitted as a batch and the second streamed through it, which gives honest
 * past errors and tails; then level and profiles are fitted anew on everything. A short history is streamed from its first point.
 * Throws RangeError when the values do not fit the state's series.
 */
export function learn(state: EngineState, history: History): void {
    const count = seriesCount(state);
    if (history.values.length !== count * history.length)
        throw new RangeError(
            `history holds ${history.values.length} values; ${count} series over ${history.length} intervals need ${count * history.length}`,
        );
    const slots = slotsFrom(state.shape, history.first, history.length);
    for (let first = 0; first < count; first += lotLength) {
        const length = Math.min(lotLength, count - first);
        const own = Array.from({ length }, (_, k) => begin(state, first + k, history, slots));
        stream(state, first, own, history, slots);
        own.forEach((one, k) => finish(state, first + k, history, one));
    }
}

/** A series that is being learned. */
interface Learner {
    /** By interval, without what days of the month add. */
    readonly values: Float64Array;
    readonly months: Float32Array | undefined;
    /** True for one that is fitted as a batch, and the first interval that is streamed. */
    readonly isFitted: boolean;
    readonly from: number;
    readonly maxima: BlockMaxima;
}

/** Fits the first half of a history, where it is long enough. */
function begin(state: EngineState, series: number, history: History, slots: readonly Slots[]): Learner {
    const { first, length } = history;
    const given = boundedAll(history.values.subarray(series * length, (series + 1) * length));
    const isCounter = isCounterHistory(given);
    if (isCounter) state.numbers[series * numbersOfSeries + at.isCounter] = 1;
    const half = halfOf(given);
    const isFitted = !isCounter && half >= state.shape.cycle * cyclesToFit && pointsIn(given, 0, half) >= pointsToFit;
    const months = isFitted ? monthsOf(state.shape, first, given, slots) : undefined;
    const values = months === undefined ? given : given.map((value, i) => value - months[slots[i]!.month]!);
    if (isFitted) fitHalf(state, series, { first, values, slots, to: half });
    const from = isFitted ? half : 0;
    return { values, months, isFitted, from, maxima: startMaxima(from, length) };
}

/** Takes the rest of the histories interval by interval, as if it came now. */
function stream(
    state: EngineState,
    first: number,
    own: readonly Learner[],
    { first: position, length }: History,
    slots: readonly Slots[],
): void {
    lot.first = first;
    lot.length = own.length;
    lot.correction.fill(state.shape.correction);
    // What another lot left would be noted for values that are not judged.
    for (const sizes of Object.values<Float64Array>({ ...lot.sizes })) sizes.fill(0);
    for (let i = Math.min(...own.map(({ from }) => from)); i < length; i++) {
        for (let k = 0; k < own.length; k++) lot.raw[k] = own[k]!.from > i ? NaN : own[k]!.values[i]!;
        lot.slots = slots[i]!;
        step(state, lot, position + i);
        for (let k = 0; k < own.length; k++) if (!Number.isNaN(lot.raw[k]!)) noteSizes(own[k]!.maxima, i, lot.sizes, k);
    }
}

/** Kept between calls. */
const lot: Lot = { ...createLot(), hasBands: false };

function finish(
    state: EngineState,
    series: number,
    { first }: History,
    { values, months, isFitted, maxima }: Learner,
): void {
    drawInTails(state.numbers, series * numbersOfSeries, maxima);
    if (isFitted) refit(state, series, first, values);
    if (months !== undefined) state.month.set(months, series * months.length);
}

/** What days of the month add to the values of a history; undefined where they add nothing, or mean nothing. */
const monthsOf = (shape: Shape, first: number, values: Float64Array, slots: readonly Slots[]) =>
    shape.monthSlots === 0 ? undefined : fitMonths(shape, slots, seasonless(shape, first, values));

/** The values, copied when one of them is out of bounds. */
function boundedAll(values: Float64Array): Float64Array {
    for (let i = 0; i < values.length; i++)
        if (!Number.isNaN(values[i]!) && bounded(values[i]!) !== values[i]) return values.map(bounded);
    return values;
}
