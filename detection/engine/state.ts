import { numbersOfSeries } from "./numbers";
import type { Shape } from "./shape";

/** Numbers that need all their digits, beside those of `numbers.ts` and the profiles. Snapshots list them by name. */
export const scalarNames = [
    /** Values seen. */
    "points",
    /** Level of the simplest expert, and what both profiles are counted from. */
    "level0",
    "level1",
    /** Mean absolute deviation of each expert, clipped: the past error by which one is picked. */
    "error0",
    "error1",
    "error2",
    /** Position of the last value, and its deviation from the expectation of then. */
    "lastPosition",
    "lastDeviation",
    /** Mean of past denominators of a quotient; 0 for what is none. */
    "volume",
    /** What the open group of the measure has seen: Σ deviation · weight and Σ weight² (see `alertSums`). */
    "alertSum",
    "alertSquare",
    /** Slow mean of the values. */
    "slow",
    /** The last value, as it came. */
    "lastValue",
] as const;
export type ScalarName = (typeof scalarNames)[number];

/** A detector's whole state: structure of arrays over series, appendable. */
export interface EngineState {
    readonly shape: Shape;
    /** Combinations of dimension values; each has `shape.measures` series. */
    combinations: number;
    /** Series for which the arrays have room. */
    capacity: number;
    scalars: Record<ScalarName, Float64Array>;
    /** `shape.shortSlots` values for each series, beside `level1`; exactly 0 for a slot that was never seen. */
    short: Float32Array;
    /** `shape.weekSlots` values for each series: what the short profile leaves over. */
    week: Float32Array;
    /** `shape.monthSlots` values for each series: what a day of the month adds; 0 for a day that has no effect. */
    month: Float32Array;
    /** `numbersOfSeries` for each series. */
    numbers: Float32Array;
    /** By measure and scope: what is usual for it (see `scopeTail`), or after learning the sums that it comes from. */
    readonly scopes: Map<string, Float64Array>;
}

export function createState(shape: Shape, combinations = 0): EngineState {
    const state: EngineState = {
        shape,
        combinations: 0,
        capacity: 0,
        scalars: Object.fromEntries(scalarNames.map((name) => [name, new Float64Array(0)])) as EngineState["scalars"],
        short: new Float32Array(0),
        week: new Float32Array(0),
        month: new Float32Array(0),
        numbers: new Float32Array(0),
        scopes: new Map(),
    };
    appendCombinations(state, combinations);
    return state;
}

export const seriesCount = (state: EngineState): number => state.combinations * state.shape.measures;

/** Makes room for further combinations; their series start with nothing learned. What is there is not touched. */
export function appendCombinations(state: EngineState, count: number): void {
    const from = seriesCount(state);
    state.combinations += count;
    const needed = seriesCount(state);
    if (needed > state.capacity) grow(state, Math.max(needed, Math.ceil(state.capacity * 1.5)));
    state.scalars.lastPosition.fill(Number.NEGATIVE_INFINITY, from, needed);
}

/** Makes a series one that has learned nothing, but for its last value and position. */
export function forgetSeries(state: EngineState, series: number): void {
    const { shortSlots, weekSlots, monthSlots } = state.shape;
    const { points, lastDeviation } = state.scalars;
    points[series] = 0;
    lastDeviation[series] = 0;
    state.numbers.fill(0, series * numbersOfSeries, (series + 1) * numbersOfSeries);
    state.short.fill(0, series * shortSlots, (series + 1) * shortSlots);
    state.week.fill(0, series * weekSlots, (series + 1) * weekSlots);
    state.month.fill(0, series * monthSlots, (series + 1) * monthSlots);
}

function grow(state: EngineState, capacity: number): void {
    const { shortSlots, weekSlots, monthSlots } = state.shape;
    for (const name of scalarNames) state.scalars[name] = widened(state.scalars[name], new Float64Array(capacity));
    state.short = widened(state.short, new Float32Array(capacity * shortSlots));
    state.week = widened(state.week, new Float32Array(capacity * weekSlots));
    state.month = widened(state.month, new Float32Array(capacity * monthSlots));
    state.numbers = widened(state.numbers, new Float32Array(capacity * numbersOfSeries));
    state.capacity = capacity;
}

function widened<A extends { set(from: A): void }>(old: A, wide: A): A {
    wide.set(old);
    return wide;
}
