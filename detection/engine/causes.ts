/** A part of a measure: for each dimension the value that it fixes, or null for all of them. */
export interface Cause {
    readonly values: readonly (string | null)[];
    /** How well this part alone explains the deviations; comparable between causes of one group only. */
    readonly strength: number;
}

/** One series' deviation may count for so much. */
const clip = 20;
const mostCauses = 5;
/** Weaker explanations are chance. */
const leastStrength = 5;

interface Scope {
    readonly values: readonly (string | null)[];
    readonly members: readonly number[];
}

/**
 * The parts of a measure that explain its deviations in an interval, best first. A part explains well when its series agree: their summed
 * deviation over the root of their number, less a price for breadth. What one cause explains is no longer the next one's.
 *
 * @param combinations dimension values of each combination
 * @param scaled deviation of each combination in its usual deviations; 0 where there is no value
 */
export function causesOf(combinations: readonly (readonly string[])[], scaled: ArrayLike<number>): Cause[] {
    const left = Float64Array.from(combinations, (_, c) => Math.max(-clip, Math.min(clip, scaled[c]!)));
    const scopes = scopesOf(combinations);
    const causes: Cause[] = [];
    while (causes.length < mostCauses) {
        const best = strongest(scopes, left);
        if (best === undefined) break;
        causes.push({ values: best.scope.values, strength: best.strength });
        for (const member of best.scope.members) left[member] = 0;
    }
    return causes;
}

function strongest(scopes: readonly Scope[], left: Float64Array): { scope: Scope; strength: number } | undefined {
    let best: { scope: Scope; strength: number } | undefined;
    for (const scope of scopes) {
        let sum = 0;
        for (const member of scope.members) sum += left[member]!;
        const strength = Math.abs(sum) / Math.sqrt(scope.members.length) - Math.log(scope.members.length);
        if (strength > (best?.strength ?? leastStrength)) best = { scope, strength };
    }
    return best;
}

/** The whole, each value of each dimension, each pair of values, and each single combination; the broadest first. */
function scopesOf(combinations: readonly (readonly string[])[]): Scope[] {
    const dimensions = combinations[0]?.length ?? 0;
    return fixings(dimensions).flatMap((fixed) => {
        const scopes = new Map<string, { values: (string | null)[]; members: number[] }>();
        combinations.forEach((values, member) => {
            const key = JSON.stringify(fixed.map((dimension) => values[dimension]));
            const scope = scopes.get(key);
            if (scope !== undefined) scope.members.push(member);
            else scopes.set(key, { values: values.map((v, d) => (fixed.includes(d) ? v : null)), members: [member] });
        });
        return [...scopes.values()];
    });
}

function fixings(dimensions: number): number[][] {
    const all = Array.from({ length: dimensions }, (_, d) => d);
    const pairs = all.flatMap((a) => all.slice(a + 1).map((b) => [a, b]));
    const few = [[], ...all.map((d) => [d]), ...pairs];
    return dimensions > 2 ? [...few, all] : few;
}
