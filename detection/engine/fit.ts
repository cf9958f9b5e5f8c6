import { shortSlot, weekSlot } from "./shape";
import type { EngineState } from "./state";

/*
 * Level and profiles of a series from its history at once, by medians: a tenth of the values may be anomalies without moving them.
 */

/** Cycles over which the trend is smoothed; a week of days holds each weekday once. */
const trendCycles = 7;
/** A slot's effect counts in full once it stands out so many times, in variances, from the chance of its visits. */
const shrinkage = 3;

/** Sets level, profiles and visits of a series from `values[from..to)`, the first of which lies at position `first + from`. */
export function fitSeries(
    state: EngineState,
    series: number,
    history: { readonly values: Float64Array; readonly first: number; readonly from: number; readonly to: number },
): void {
    const { shape } = state;
    const { values, first, from, to } = history;
    const trend = trendOf(values, from, to, shape.cycle);
    const rest = new Float64Array(to - from);
    for (let i = from; i < to; i++) rest[i - from] = values[i]! - trend[Math.floor((i - from) / shape.cycle)]!;
    const short = fitProfile(rest, shape.shortSlots, (i) => shortSlot(shape, first + from + i));
    store(short, state.short, state.shortVisits, series);
    const { level0, level1, level2 } = state.scalars;
    const recent = Math.max(from, to - shape.cycle * 2);
    const level = (effect: (i: number) => number): number =>
        levelBy(values, recent, to, effect) ?? levelBy(values, from, to, effect) ?? 0;
    level0[series] = level(() => 0);
    level1[series] = level((i) => short.effects[shortSlot(shape, first + i)]!);
    if (shape.weekSlots === 0) return;
    for (let i = 0; i < rest.length; i++) rest[i] = rest[i]! - short.effects[shortSlot(shape, first + from + i)]!;
    const week = fitProfile(rest, shape.weekSlots, (i) => weekSlot(shape, first + from + i));
    store(week, state.week, state.weekVisits, series);
    level2[series] = level(
        (i) => short.effects[shortSlot(shape, first + i)]! + week.effects[weekSlot(shape, first + i)]!,
    );
}

/** Median of the numbers that are not NaN; NaN when there are none. Leaves the input as it is. */
export function medianOf(values: Float64Array): number {
    if (scratch.length < values.length) scratch = new Float64Array(values.length * 2);
    let count = 0;
    for (let i = 0; i < values.length; i++) {
        const value = values[i]!;
        if (!Number.isNaN(value)) scratch[count++] = value;
    }
    if (count === 0) return NaN;
    const upper = select(scratch, count, count >> 1);
    if (count % 2 === 1) return upper;
    // What lies before the upper middle is not above it: the lower middle is the largest of that.
    let lower = scratch[0]!;
    for (let i = 1; i < count >> 1; i++) if (scratch[i]! > lower) lower = scratch[i]!;
    return (lower + upper) / 2;
}

/** Kept between calls: learning takes millions of medians, most of a few values. */
let scratch = new Float64Array(1024);

/** The k-th smallest of the first `count` numbers, which are put in order around it (Hoare). */
function select(numbers: Float64Array, count: number, k: number): number {
    let [low, high] = [0, count - 1];
    while (low < high) {
        const pivot = numbers[(low + high) >> 1]!;
        let [i, j] = [low, high];
        while (i <= j) {
            while (numbers[i]! < pivot) i++;
            while (numbers[j]! > pivot) j--;
            if (i > j) break;
            const swapped = numbers[i]!;
            numbers[i++] = numbers[j]!;
            numbers[j--] = swapped;
        }
        if (k <= j) high = j;
        else if (k >= i) low = i;
        else break;
    }
    return numbers[k]!;
}

/** Level of each cycle: the median over a week of cycles around it of the cycles' own medians, so that one odd cycle moves nothing. */
function trendOf(values: Float64Array, from: number, to: number, cycle: number): Float64Array {
    const cycles = Math.ceil((to - from) / cycle);
    const own = new Float64Array(cycles);
    for (let c = 0; c < cycles; c++) {
        const part = values.subarray(from + c * cycle, Math.min(to, from + (c + 1) * cycle));
        // Half a cycle is no fair sample of the cycle.
        const present = part.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
        own[c] = present * 2 > cycle ? medianOf(part) : NaN;
    }
    const overall = medianOf(values.subarray(from, to));
    const reach = trendCycles >> 1;
    return own.map((_, c) => {
        const near = medianOf(own.subarray(Math.max(0, c - reach), c + reach + 1));
        return Number.isNaN(near) ? overall : near;
    });
}

interface Profile {
    readonly effects: Float64Array;
    readonly visits: Uint8Array;
}

/** Median of each slot, drawn towards 0 as far as chance alone could have made it. */
function fitProfile(rest: Float64Array, slots: number, slotOf: (i: number) => number): Profile {
    const counts = new Int32Array(slots);
    for (let i = 0; i < rest.length; i++) if (!Number.isNaN(rest[i]!)) counts[slotOf(i)]!++;
    const starts = new Int32Array(slots + 1);
    for (let slot = 0; slot < slots; slot++) starts[slot + 1] = starts[slot]! + counts[slot]!;
    const sorted = new Float64Array(starts[slots]!);
    const next = starts.slice(0, slots);
    for (let i = 0; i < rest.length; i++) if (!Number.isNaN(rest[i]!)) sorted[next[slotOf(i)]!++] = rest[i]!;
    const effects = new Float64Array(slots);
    for (let slot = 0; slot < slots; slot++) {
        const part = sorted.subarray(starts[slot], starts[slot + 1]);
        effects[slot] = part.length === 0 ? 0 : medianOf(part);
        for (let i = 0; i < part.length; i++) part[i] = Math.abs(part[i]! - effects[slot]!);
    }
    const spread = 1.4826 * medianOf(sorted);
    for (let slot = 0; slot < slots; slot++) {
        const effect = effects[slot]!;
        const chance = (shrinkage * spread * spread) / Math.max(1, counts[slot]!);
        // One visit is no season: it shows the spread as nothing, and itself as an effect.
        const kept = counts[slot]! < 2 ? 0.5 : 1;
        const total = effect * effect + chance;
        effects[slot] = total > 0 ? (kept * effect * effect * effect) / total : 0;
    }
    return { effects, visits: Uint8Array.from(counts, (count) => Math.min(255, count)) };
}

function store(profile: Profile, into: Float32Array, visits: Uint8Array, series: number): void {
    into.set(profile.effects, series * profile.effects.length);
    visits.set(profile.visits, series * profile.visits.length);
}

/** Median of what the effects leave over; undefined when the stretch is one gap. */
function levelBy(values: Float64Array, from: number, to: number, effect: (i: number) => number): number | undefined {
    const left = new Float64Array(to - from);
    for (let i = from; i < to; i++) left[i - from] = values[i]! - effect(i);
    const median = medianOf(left);
    return Number.isNaN(median) ? undefined : median;
}
