import { medianOf, middle } from "./median";
import { noiseSlope } from "./noise";
import { shortSlot, weekSlot, type Shape } from "./shape";
import type { EngineState } from "./state";

/*
 * Level and profiles of a series from its history at once, by medians: a tenth of the values may be anomalies without moving them.
 */

/** Cycles over which the trend is smoothed; a week of days holds each weekday once. */
const trendCycles = 7;
/** A slot's effect counts in full once it stands out so many times, in variances, from the chance of its visits. */
const shrinkage = 3;

/**
 * Sets levels and profiles of a series from `values[from..to)`, the first of which lies at position `first + from`; gives the slope of its
 * noise (see `noise.ts`).
 */
export function fitSeries(
    state: EngineState,
    series: number,
    history: { readonly values: Float64Array; readonly first: number; readonly from: number; readonly to: number },
): number {
    const { shape } = state;
    const { values, first, from, to } = history;
    const slots = slotsOf(shape, first + from, to - from);
    const [rest, left, effects] = scratchOf(to - from);
    takeTrend(shape, history, rest);
    const short = fitProfile(rest, slots.short, shape.shortSlots);
    storeSeen(short, state.short, series);
    const { level0, level1, slow } = state.scalars;
    const recent = Math.max(from, to - shape.cycle * 2);
    // What the effects leave over, the present level among it.
    left.set(values.subarray(from, to));
    const levelNow = (): number => {
        const level = medianOf(left, recent - from);
        return level === level ? level : medianOf(left);
    };
    level0[series] = orNothing(levelNow());
    slow[series] = level0[series]!;
    for (let i = 0; i < left.length; i++) left[i] = left[i]! - short[slots.short[i]!]!;
    level1[series] = orNothing(levelNow());
    for (let i = 0; i < rest.length; i++) {
        effects[i] = short[slots.short[i]!]!;
        rest[i] = rest[i]! - effects[i]!;
    }
    if (shape.weekSlots === 0) return noiseSlope({ effects, rest });
    const week = fitProfile(rest, slots.week, shape.weekSlots);
    for (let i = 0; i < left.length; i++) {
        const effect = week[slots.week[i]!]!;
        effects[i] = effects[i]! + effect;
        rest[i] = rest[i]! - effect;
        left[i] = values[from + i]! - effects[i]!;
    }
    // Both profiles together may leave another level over than the short one alone.
    const shift = orNothing(levelNow()) - level1[series];
    for (let slot = 0; slot < week.length; slot++) state.week[series * week.length + slot] = week[slot]! + shift;
    return noiseSlope({ effects, rest });
}

/** What trend and short profile leave of a whole history, whose first value lies at position `first`; used until the next fit. */
export function seasonless(shape: Shape, first: number, values: Float64Array): Float64Array {
    const slots = slotsOf(shape, first, values.length);
    const [rest] = scratchOf(values.length);
    takeTrend(shape, { values, from: 0, to: values.length }, rest);
    const short = fitProfile(rest, slots.short, shape.shortSlots);
    for (let i = 0; i < rest.length; i++) rest[i] = rest[i]! - short[slots.short[i]!]!;
    return rest;
}

function takeTrend(
    { cycle }: Shape,
    { values, from, to }: { readonly values: Float64Array; readonly from: number; readonly to: number },
    rest: Float64Array,
): void {
    const trend = trendOf(values, from, to, cycle);
    for (let c = 0, i = from; i < to; c++)
        for (const end = Math.min(to, i + cycle), level = trend[c]!; i < end; i++) rest[i - from] = values[i]! - level;
}

type Scratch = readonly [Float64Array, Float64Array, Float64Array];

/** Two lengths take turns: half of a history, and all of it. */
const kept = new Map<number, Scratch>();
const mostKept = 2;

/** Three arrays of a length, whatever they hold; kept between calls, for every series of a history needs the same. */
function scratchOf(length: number): Scratch {
    const known = kept.get(length);
    if (known !== undefined) return known;
    if (kept.size >= mostKept) kept.clear();
    const fresh: Scratch = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
    kept.set(length, fresh);
    return fresh;
}

/** A stretch that is one gap has no level. */
const orNothing = (level: number): number => (level === level ? level : 0);

/** Slots of consecutive intervals, in both profiles. */
interface Slots {
    readonly short: Uint8Array;
    readonly week: Uint8Array;
}

/** The last slots asked for: every series of a history has the same. */
let lastSlots: { readonly shape: Shape; readonly first: number; readonly slots: Slots } | undefined;

function slotsOf(shape: Shape, first: number, length: number): Slots {
    if (lastSlots?.shape === shape && lastSlots.first === first && lastSlots.slots.short.length >= length)
        return lastSlots.slots;
    const slots = {
        short: Uint8Array.from({ length }, (_, i) => shortSlot(shape, first + i)),
        week: Uint8Array.from({ length }, (_, i) => weekSlot(shape, first + i)),
    };
    lastSlots = { shape, first, slots };
    return slots;
}

/** Level of each cycle: the median over a week of cycles around it of the cycles' own medians, so that one odd cycle moves nothing. */
function trendOf(values: Float64Array, from: number, to: number, cycle: number): Float64Array {
    const cycles = Math.ceil((to - from) / cycle);
    const own = new Float64Array(cycles);
    for (let c = 0; c < cycles; c++) {
        const begin = from + c * cycle;
        const end = Math.min(to, begin + cycle);
        let present = 0;
        for (let i = begin; i < end; i++) if (values[i] === values[i]) present++;
        // Half a cycle is no fair sample of the cycle.
        own[c] = present * 2 > cycle ? medianOf(values, begin, end) : NaN;
    }
    const reach = trendCycles >> 1;
    const trend = new Float64Array(cycles);
    let overall: number | undefined;
    for (let c = 0; c < cycles; c++) {
        const near = medianOf(own, Math.max(0, c - reach), Math.min(cycles, c + reach + 1));
        trend[c] = near === near ? near : (overall ??= medianOf(values, from, to));
    }
    return trend;
}

/** Kept between calls: values by slot, and where each slot's begin. */
let bySlot = new Float64Array(1024);
const starts = new Int32Array(257);
const next = new Int32Array(256);

/** Median of each slot, drawn towards 0 as far as chance alone could have made it. */
function fitProfile(rest: Float64Array, slotOf: Uint8Array, slots: number): Float64Array {
    const effects = new Float64Array(slots);
    const total = sortIntoSlots(rest, slotOf, slots);
    for (let slot = 0; slot < slots; slot++) {
        const begin = starts[slot]!;
        const end = starts[slot + 1]!;
        if (begin === end) continue;
        const effect = middle(bySlot, begin, end);
        effects[slot] = effect;
        for (let i = begin; i < end; i++) bySlot[i] = Math.abs(bySlot[i]! - effect);
    }
    const spread = total === 0 ? NaN : 1.4826 * middle(bySlot, 0, total);
    for (let slot = 0; slot < slots; slot++) {
        const effect = effects[slot]!;
        const count = starts[slot + 1]! - starts[slot]!;
        const chance = (shrinkage * spread * spread) / Math.max(1, count);
        // One visit is no season: it shows the spread as nothing, and itself as an effect.
        const kept = count < 2 ? 0.5 : 1;
        const square = effect * effect + chance;
        effects[slot] = square > 0 ? (kept * effect * effect * effect) / square : 0;
    }
    return effects;
}

/** Puts the values that there are into `bySlot`, slot by slot; gives their number. */
function sortIntoSlots(rest: Float64Array, slotOf: Uint8Array, slots: number): number {
    if (bySlot.length < rest.length) bySlot = new Float64Array(rest.length * 2);
    starts.fill(0, 0, slots + 1);
    for (let i = 0; i < rest.length; i++) if (rest[i] === rest[i]) starts[slotOf[i]! + 1]!++;
    for (let slot = 0; slot < slots; slot++) {
        next[slot] = starts[slot]!;
        starts[slot + 1] = starts[slot]! + starts[slot + 1]!;
    }
    for (let i = 0; i < rest.length; i++) if (rest[i] === rest[i]) bySlot[next[slotOf[i]!]!++] = rest[i]!;
    return starts[slots]!;
}

/** A slot of exactly 0 counts as never seen. */
function storeSeen(effects: Float64Array, into: Float32Array, series: number): void {
    const begin = series * effects.length;
    for (let slot = 0; slot < effects.length; slot++) into[begin + slot] = effects[slot] === 0 ? 1e-37 : effects[slot]!;
}
