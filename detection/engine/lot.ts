import { createSlots, type Slots } from "./slots";

/*
 * A lot of series is judged at once: each step of the judgement goes through all of its series before the next one begins. Series know nothing of
 * one another, so the order changes no result; but a processor works at many of them at the same time, and what passes from one step to the
 * next are columns of plain numbers.
 */

/** Series in a lot, at most: their columns and what is kept of them stay near the processor. */
export const lotLength = 256;

/** One interval of some consecutive series. Entry `k` of each column is of series `first + k`. Reused between calls. */
export interface Lot {
    first: number;
    length: number;
    /** Of the interval; filled by `step`, given where they are known already. */
    slots: Slots;
    /** Given: values as they come; NaN for none. Bounded by `step`. */
    readonly raw: Float64Array;
    /** Given: subtracted from scores, in powers of ten. */
    readonly correction: Float64Array;
    /** Given: 0 for a value that is not to be learned from; and false where there is none such. */
    readonly taught: Uint8Array;
    hasUntaught: boolean;
    /** Given: false where nobody asks for bands. */
    hasBands: boolean;

    /** What the day of the month adds, and the value without it: of a counter its step. */
    readonly effect: Float64Array;
    readonly value: Float64Array;
    /** Values of the series before this one. */
    readonly seen: Float64Array;
    /** What is expected of the value, without the effect; with it in the end. NaN where nothing is. */
    readonly expected: Float64Array;
    /** The expert in charge, and its mean absolute deviation. */
    readonly expert: Uint8Array;
    readonly error: Float64Array;
    /** Noise of the interval, in that of a usual one. What follows is in units of it. */
    readonly factor: Float64Array;
    /** Lag-one correlation of the deviations, and what it lets expect of this one. */
    readonly persistence: Float64Array;
    readonly carried: Float64Array;
    /** Least mean excess believed, in units of the series: what its arithmetic cannot tell apart. */
    readonly grain: Float64Array;
    /** What a jump may do, which `settleBands` brings into line with the verdict. NaN until the series has enough points. */
    readonly lower: Float64Array;
    readonly upper: Float64Array;

    /** Entries that have a value and an expectation: the first `count`. */
    readonly judged: Int32Array;
    count: number;
    readonly deviation: Float64Array;
    /** The deviation of the interval right before; NaN where there is none. */
    readonly last: Float64Array;
    /** What is left of the deviation after what the last one let expect. */
    readonly innovation: Float64Array;

    /** Values that the tails have seen, this one included; slowest rate of means and scales, and what `quantilePaceAt` and `meanPaceAt` give. */
    readonly streamed: Float64Array;
    readonly rate: Float64Array;
    readonly quantilePace: Float64Array;
    readonly meanPace: Float64Array;
    /** 1 for counts that are mostly 0. */
    readonly rare: Uint8Array;
    readonly sizes: Sizes;
    readonly scores: Sizes;
    readonly counts: Float64Array;
    readonly flat: Float64Array;
    readonly record: Float64Array;
    /** What all the evidence comes to. */
    readonly total: Float64Array;

    /** The total less the correction, on the scale of severities. */
    readonly score: Float64Array;
    /** Usual deviation of the series in such an interval; 0 before its second value. */
    readonly usual: Float64Array;
    /** Deviation from the expectation in usual ones, signed. */
    readonly scaled: Float64Array;
    /** Index into `evidenceNames` of what spoke loudest. */
    readonly evidence: Uint8Array;
}

/** What a value shows that is held against the series' own tails; and what those say of it. */
export interface Sizes {
    readonly jump: Float64Array;
    readonly drift: Float64Array;
    readonly spread: Float64Array;
    readonly quiet: Float64Array;
    readonly held: Float64Array;
}

const column = (): Float64Array => new Float64Array(lotLength);

const createSizes = (): Sizes => ({
    jump: column(),
    drift: column(),
    spread: column(),
    quiet: column(),
    held: column(),
});

/** A lot to be filled, of values that are learned from. */
export const createLot = (): Lot => ({
    first: 0,
    length: 0,
    slots: createSlots(),
    raw: column(),
    correction: column(),
    taught: new Uint8Array(lotLength).fill(1),
    hasUntaught: false,
    hasBands: true,
    effect: column(),
    value: column(),
    seen: column(),
    expected: column(),
    expert: new Uint8Array(lotLength),
    error: column(),
    factor: column(),
    persistence: column(),
    carried: column(),
    grain: column(),
    lower: column(),
    upper: column(),
    judged: new Int32Array(lotLength),
    count: 0,
    deviation: column(),
    last: column(),
    innovation: column(),
    streamed: column(),
    rate: column(),
    quantilePace: column(),
    meanPace: column(),
    rare: new Uint8Array(lotLength),
    sizes: createSizes(),
    scores: createSizes(),
    counts: column(),
    flat: column(),
    record: column(),
    total: column(),
    score: column(),
    usual: column(),
    scaled: column(),
    evidence: new Uint8Array(lotLength),
});
