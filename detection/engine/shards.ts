import type { History } from "./engine";
import { addScopes } from "./scopeEvidence";
import { createState, type EngineState } from "./state";

/*
 * A large detector is learned in parts. Series know nothing of one another while they learn, so parts that are learned apart and put
 * together are what learning all at once gives, to the last bit. Only the sums of scopes are added up in another order.
 */

/** Combinations of one shard: `from` up to, not including, `to`. */
export interface Shard {
    readonly from: number;
    readonly to: number;
}

/**
 * Divides combinations into consecutive shards whose sizes differ by one at most; fewer shards than asked for when there are fewer
 * combinations, and one, empty, when there are none. Throws RangeError for fewer than one shard.
 */
export function splitSeries(combinations: number, shards: number): Shard[] {
    if (!Number.isInteger(shards) || shards < 1)
        throw new RangeError(`${shards} shards; expected a whole number from 1`);
    const count = Math.max(1, Math.min(shards, combinations));
    const bound = (k: number): number => Math.floor((k * combinations) / count);
    return Array.from({ length: count }, (_, k) => ({ from: bound(k), to: bound(k + 1) }));
}

/** A shard's part of a history, which shares the memory of the whole. `measures` is the number of series of each combination. */
export function historyOf(history: History, shard: Shard, measures: number): History {
    const perCombination = measures * history.length;
    const values = history.values.subarray(shard.from * perCombination, shard.to * perCombination);
    return { ...history, values };
}

/**
 * One state of all combinations, in the order of the shards' states, or in another: `places[k][i]` is then where combination `i` of state
 * `k` goes. Throws RangeError when there is no state, or when their intervals or measures differ.
 */
export function mergeStates(states: readonly EngineState[], places?: readonly (readonly number[])[]): EngineState {
    const [first] = states;
    if (first === undefined) throw new RangeError("no shard's state to merge");
    for (const { shape } of states)
        if (shape.intervalSeconds !== first.shape.intervalSeconds || shape.measures !== first.shape.measures)
            throw new RangeError(
                `shards of ${first.shape.intervalSeconds} s with ${first.shape.measures} measures and of ${shape.intervalSeconds} s with ${shape.measures} do not go together`,
            );
    const combinations = states.reduce((sum, state) => sum + state.combinations, 0);
    const merged = createState(first.shape, combinations);
    let at = 0;
    for (const [k, state] of states.entries()) {
        if (places === undefined) copySeries(state, merged, { from: 0, count: state.combinations, to: at });
        else places[k]!.forEach((to, from) => copySeries(state, merged, { from, count: 1, to }));
        addScopes(merged, state);
        at += state.combinations;
    }
    return merged;
}

/** Copies the series of some consecutive combinations of a state to where a combination of another begins. */
function copySeries(
    source: EngineState,
    into: EngineState,
    { from, count, to }: { readonly from: number; readonly count: number; readonly to: number },
): void {
    const targets = arraysOf(into);
    const { measures } = source.shape;
    arraysOf(source).forEach((array, k) => {
        // Every array of a state has the same number of entries for each series it has room for.
        const each = source.capacity === 0 ? 0 : (array.length / source.capacity) * measures;
        targets[k]!.set(array.subarray(from * each, (from + count) * each), to * each);
    });
}

type Numbers = Float64Array | Float32Array | Int32Array | Uint32Array | Uint16Array | Int16Array | Uint8Array;

/** All arrays of a state, in an order that is the same for every state. */
function arraysOf(state: EngineState): Numbers[] {
    const isArray = (value: unknown): value is Numbers => ArrayBuffer.isView(value);
    const groups: unknown[] = Object.values(state);
    return groups.flatMap((value): Numbers[] =>
        isArray(value)
            ? [value]
            : typeof value === "object" && value !== null
              ? (Object.values(value) as unknown[]).filter(isArray)
              : [],
    );
}
