/** A part of a measure: the combinations that share the values it fixes. */
export interface Scope {
    /** By dimension: the value that it fixes, or null for all of them. */
    readonly values: readonly (string | null)[];
    /** Scopes that fix the same dimensions, this one included. */
    readonly alike: number;
    readonly members: readonly number[];
    /** True for the whole and the single values of a dimension that have several members, while they are not too many. */
    readonly isBroad: boolean;
    /** Tells it from every other scope, whatever combinations there are. */
    readonly key: string;
    /** Index among the scopes. */
    readonly place: number;
}

/** The scopes of a detector's combinations, and which of them each combination belongs to. */
export interface ScopeIndex {
    /** The broadest first; of two with equal members only the broader one. */
    readonly scopes: readonly Scope[];
    /** Indices of those that are broad. */
    readonly broad: readonly number[];
    readonly combinations: number;
    /** Sets of dimensions that scopes fix. */
    readonly kinds: number;
    /** `of[combination * kinds + kind]`: index of a scope, or −1 where that scope is left out. */
    readonly of: Int32Array;
}

/** With more dimensions than this pairs of values are left out: their number grows with the square. */
const mostDimensionsForPairs = 6;

/** Values of a dimension beyond which it is no part of the business any more, but names of things. */
export const mostBroad = 2000;

const known = new WeakMap<readonly (readonly string[])[], ScopeIndex>();

/** The index of some combinations, which may only be appended to between calls. Takes time linear in them, and only when they are new. */
export function scopeIndexOf(combinations: readonly (readonly string[])[]): ScopeIndex {
    const before = known.get(combinations);
    if (before !== undefined && before.combinations === combinations.length) return before;
    const index = build(combinations);
    known.set(combinations, index);
    return index;
}

/** True when a combination has the values that a scope fixes. */
export const isWithin = (combination: readonly string[], values: readonly (string | null)[]): boolean =>
    values.every((value, d) => value === null || value === combination[d]);

interface Growing {
    readonly values: readonly (string | null)[];
    readonly kind: number;
    readonly members: number[];
}

function build(combinations: readonly (readonly string[])[]): ScopeIndex {
    // One combination alone is known by its values, not as the whole of something.
    const kinds = fixings(combinations[0]?.length ?? 0).slice(combinations.length < 2 ? -1 : 0);
    const all: Growing[] = [];
    const of = new Int32Array(combinations.length * kinds.length).fill(-1);
    kinds.forEach((fixed, kind) => {
        const found = grouped(combinations, fixed, kind);
        const isCell = fixed.length === combinations[0]?.length;
        // Where few combinations share a pair of values, the pairs say no more than the combinations.
        if (fixed.length > 1 && !isCell && found.length * 2 > combinations.length) return;
        for (const scope of found) {
            if (!isCell && fixed.length > 0 && isRepeated(scope, all, of, kinds.length)) continue;
            for (const member of scope.members) of[member * kinds.length + kind] = all.length;
            all.push(scope);
        }
    });
    const alike = new Int32Array(kinds.length);
    for (const { kind } of all) alike[kind]!++;
    const scopes = all.map(({ values, members, kind }, place): Scope => {
        const fixed = kinds[kind]!.length;
        const isBroad = fixed < 2 && members.length > 1 && alike[kind]! <= mostBroad;
        return { values, members, alike: alike[kind]!, isBroad, key: JSON.stringify(values), place };
    });
    const broad = scopes.flatMap(({ isBroad }, s) => (isBroad ? [s] : []));
    return { scopes, broad, combinations: combinations.length, kinds: kinds.length, of };
}

function grouped(combinations: readonly (readonly string[])[], fixed: readonly number[], kind: number): Growing[] {
    const found = new Map<string, Growing>();
    combinations.forEach((values, member) => {
        const key = JSON.stringify(fixed.map((d) => values[d]));
        const scope = found.get(key);
        if (scope !== undefined) scope.members.push(member);
        else found.set(key, { values: values.map((v, d) => (fixed.includes(d) ? v : null)), kind, members: [member] });
    });
    return [...found.values()];
}

/** True when a broader scope has the same members: a value that every combination has explains no more than the whole. */
function isRepeated(scope: Growing, all: readonly Growing[], of: Int32Array, kinds: number): boolean {
    const first = scope.members[0]!;
    for (let kind = 0; kind < scope.kind; kind++) {
        const other = of[first * kinds + kind]!;
        if (other >= 0 && all[other]!.members.length === scope.members.length && covers(all[other]!, scope))
            return true;
    }
    return false;
}

const covers = (one: Growing, other: Growing): boolean =>
    other.values.every((v, d) => one.values[d] === null || v !== null);

/** Sets of dimensions to fix: none, one, two, all. */
function fixings(dimensions: number): number[][] {
    const all = Array.from({ length: dimensions }, (_, d) => d);
    const singles = all.map((d) => [d]);
    const pairs =
        dimensions > 2 && dimensions <= mostDimensionsForPairs
            ? all.flatMap((a) => all.slice(a + 1).map((b) => [a, b]))
            : [];
    return dimensions === 0 ? [[]] : dimensions === 1 ? [[], all] : [[], ...singles, ...pairs, all];
}
