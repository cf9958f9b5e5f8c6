import { judge, type Detector } from "../engine/detector";
import type { AnomalyGroup } from "../engine/incidents";
import { appendCombinations } from "../engine/state";
import { addQuality, type QualityRecord } from "../store/quality";
import { scored, stretchLength, type StretchInterval } from "../store/stretch";
import { combinationKey, type RowTable } from "./rowTable";
import type { ReadWindow } from "./windowReader";

/** A run in memory while it advances. */
export interface RunState extends Detector {
    readonly closed: AnomalyGroup[];
    /** Intervals with data so far. */
    points: number;
    quality: QualityRecord;
}

/** Scores a window's intervals in order and keeps what is to be written of them. */
export function scoreWindow(
    state: RunState,
    window: ReadWindow,
    reasonOfGap: (position: number) => string,
): StretchInterval[] {
    const length = window.last - window.first + 1;
    // Part of a window's rows would look like a fall of all its sums.
    const table = window.failure === undefined ? window.table : undefined;
    if (window.table !== undefined) state.quality = addQuality(state.quality, window.table.quality);
    if (table !== undefined) appendNew(state, table);
    const values = table?.values(state.combinations, window.first, length);
    const intervals: StretchInterval[] = [];
    for (let i = 0; i < length; i++) {
        const column = columnOf(values, state, i, length);
        const { scores, closed } = judge(state, window.first + i, column);
        state.closed.push(...closed);
        const isGap = column.every(Number.isNaN);
        if (!isGap) state.points++;
        const outcome = window.failure ?? (isGap ? reasonOfGap(window.first + i) : scored);
        intervals.push({ outcome, ...scores });
    }
    return intervals;
}

function columnOf(values: Float64Array | undefined, state: RunState, i: number, length: number): Float64Array {
    const series = state.combinations.length * state.engine.shape.measures;
    const column = new Float64Array(series).fill(NaN);
    if (values !== undefined) for (let s = 0; s < series; s++) column[s] = values[s * length + i]!;
    return column;
}

/** Combinations that appear for the first time get series of their own, in the order of their names. */
function appendNew(state: RunState, table: Pick<RowTable, "combinations">): void {
    const known = new Set(state.combinations.map(combinationKey));
    const fresh = sortedCombinations(table.combinations.filter((values) => !known.has(combinationKey(values))));
    if (fresh.length === 0) return;
    appendCombinations(state.engine, fresh.length);
    state.combinations.push(...fresh);
}

/** In an order that does not depend on the order of rows. */
export function sortedCombinations(combinations: readonly string[][]): string[][] {
    return [...combinations].sort((a, b) => {
        const differing = a.findIndex((value, d) => value !== b[d]);
        return differing < 0 ? 0 : a[differing]! < b[differing]! ? -1 : 1;
    });
}

/** First position of the stretch that a position belongs to. */
export const stretchOf = (position: number): number => Math.floor(position / stretchLength) * stretchLength;
