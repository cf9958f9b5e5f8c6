import type { Shape } from "./shape";

/** Numbers kept for each series, beside its profiles. Their order is the order in snapshots: append, never reorder. */
export const scalarNames = [
    /** Values seen. */
    "points",
    /** Level under each expert: level alone, with the short profile, with both profiles. */
    "level0",
    "level1",
    "level2",
    /** Mean absolute deviation of each expert, clipped: the past error by which one is picked. */
    "error0",
    "error1",
    "error2",
    /** Position of the last value, and its deviation from the expectation of then. */
    "lastPosition",
    "lastDeviation",
    /** Exponentially weighted products of clipped deviations, one interval apart and with themselves. */
    "lagProduct",
    "selfProduct",
    /** Tail of past oddness: its 99th percentile, the mean excess over it, its mean. */
    "quantile",
    "excess",
    "mean",
    /** Consecutive values far off on the same side, negative for below: a level shift in the making. */
    "farRun",
    /** 1 while the series is in an alert, so that one alert teaches its tail once. */
    "isHot",
    /** 1 while all values have been whole and not negative: a count. */
    "isCount",
    /** Mean of past denominators of a quotient; 0 for what is none. */
    "volume",
    /** What the open group of the measure has seen: Σ deviation · weight and Σ weight² (see `alertSums`). */
    "alertSum",
    "alertSquare",
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
    /** `shape.shortSlots` values for each series. */
    short: Float32Array;
    /** `shape.weekSlots` values for each series. */
    week: Float32Array;
    /** Visits of each slot so far, at most 255. */
    shortVisits: Uint8Array;
    weekVisits: Uint8Array;
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
        shortVisits: new Uint8Array(0),
        weekVisits: new Uint8Array(0),
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
    state.scalars.isCount.fill(1, from, needed);
    state.scalars.lastPosition.fill(Number.NEGATIVE_INFINITY, from, needed);
}

function grow(state: EngineState, capacity: number): void {
    const { shortSlots, weekSlots } = state.shape;
    for (const name of scalarNames) state.scalars[name] = widened(state.scalars[name], new Float64Array(capacity));
    state.short = widened(state.short, new Float32Array(capacity * shortSlots));
    state.week = widened(state.week, new Float32Array(capacity * weekSlots));
    state.shortVisits = widened(state.shortVisits, new Uint8Array(capacity * shortSlots));
    state.weekVisits = widened(state.weekVisits, new Uint8Array(capacity * weekSlots));
    state.capacity = capacity;
}

function widened<A extends { set(from: A): void }>(old: A, wide: A): A {
    wide.set(old);
    return wide;
}
