import type { Scope, ScopeIndex } from "./scopes";

/** A part of a measure that explains deviations: for each dimension the value that it fixes, or null for all of them. */
export interface Cause {
    readonly values: readonly (string | null)[];
    /** How much likelier the deviations are with this part changed than without, as a logarithm; comparable within an incident only. */
    readonly strength: number;
    /** Its part in what all the causes explain; those of one group add up to 1. */
    readonly share: number;
}

/**
 * Deviations summed over an alert's intervals, by combination. A part whose values all change by the same factor f moves each of its series
 * by f times `weight`: the expected value in usual deviations. So `sum` holds Σ deviation · weight, `square` Σ weight².
 */
export interface Evidence {
    readonly sum: Float64Array;
    readonly square: Float64Array;
}

const mostCauses = 5;
/** Weaker explanations are chance. */
const leastStrength = 3;
/** Standard deviation of the relative changes that are thought possible beforehand: to nothing, or to twice the expected value. */
const usualFactor = 1;
const prior = 1 / (usualFactor * usualFactor);

/** A scope that explains something, and how well. */
export interface Explanation {
    readonly scope: Scope;
    readonly strength: number;
}

/**
 * The parts that explain deviations, best first. A part's strength is the likelihood ratio of one common relative change of all its series
 * against none, less the price of naming it among its like. What one cause explains is no longer the next one's. With `first` that one is
 * taken for the first cause: it explains what else happened at the time.
 */
export function explain(index: ScopeIndex, evidence: Evidence, first?: Scope): readonly Explanation[] {
    const known = first === undefined ? explained.get(evidence) : undefined;
    if (known !== undefined) return known;
    const found = explainAnew(index, evidence, first);
    if (first === undefined) explained.set(evidence, found);
    return found;
}

/** What an interval's evidence says by itself is asked for its group, and again where groups are linked. */
const explained = new WeakMap<Evidence, readonly Explanation[]>();

function explainAnew(index: ScopeIndex, evidence: Evidence, first?: Scope): Explanation[] {
    let basis = basisOf(index, evidence);
    let left: Uint8Array | undefined;
    const found: Explanation[] = [];
    while (found.length < mostCauses) {
        const isGiven = found.length === 0 && first !== undefined;
        const best = isGiven
            ? { scope: first, strength: strengthOf(index, first, evidence) }
            : strongest(index.scopes, basis);
        if (best === undefined || best.strength < leastStrength) break;
        found.push(best);
        // What explains everything leaves nothing to be explained.
        if (best.scope.members.length === evidence.sum.length || found.length === mostCauses) break;
        if (left === undefined) basis = copyOf(basis);
        left ??= new Uint8Array(evidence.sum.length).fill(1);
        for (const member of best.scope.members) {
            if (left[member] === 0) continue;
            left[member] = 0;
            takeAway(index, basis, evidence, member);
        }
    }
    return found;
}

/** Explanations with their shares. */
export function causesOf(found: readonly Explanation[]): Cause[] {
    const all = found.reduce((sum, { strength }) => sum + strength, 0);
    return found.map(({ scope, strength }) => ({ values: scope.values, strength, share: strength / all }));
}

function takeAway({ kinds, of }: ScopeIndex, { totals, strengths }: Basis, evidence: Evidence, member: number): void {
    for (let kind = 0; kind < kinds; kind++) {
        const scope = of[member * kinds + kind]!;
        if (scope < 0) continue;
        totals.sum[scope]! -= evidence.sum[member]!;
        totals.square[scope]! -= evidence.square[member]!;
        strengths[scope] = stale;
    }
}

/** Strength of one scope by itself. */
export function strengthOf(index: ScopeIndex, { place, alike }: Scope, evidence: Evidence): number {
    const { sum, square } = basisOf(index, evidence).totals;
    return ratioOf(sum[place]!, square[place]!) - Math.log(alike);
}

/** What all explanations of some evidence begin with. */
interface Basis {
    /** By scope. */
    readonly totals: Evidence;
    /** By scope; of those that were asked for. */
    readonly strengths: Float64Array;
}

/** A strength that is to be computed when it is asked for. */
const stale = -1;

/** An alert's evidence is explained several times in an interval: alone, and beside other measures'. */
const bases = new WeakMap<Evidence, Basis>();

function basisOf(index: ScopeIndex, evidence: Evidence): Basis {
    const known = bases.get(evidence);
    if (known !== undefined) return known;
    const totals = totalsOf(index, evidence);
    const basis = { totals, strengths: new Float64Array(index.scopes.length).fill(stale) };
    bases.set(evidence, basis);
    return basis;
}

const copyOf = ({ totals, strengths }: Basis): Basis => ({
    totals: { sum: totals.sum.slice(), square: totals.square.slice() },
    strengths: strengths.slice(),
});

function totalsOf(index: ScopeIndex, evidence: Evidence): Evidence {
    const sum = new Float64Array(index.scopes.length);
    const square = new Float64Array(index.scopes.length);
    const { kinds, of } = index;
    for (let member = 0; member < evidence.sum.length; member++) {
        const ownSum = evidence.sum[member]!;
        const ownSquare = evidence.square[member]!;
        for (let at = member * kinds; at < (member + 1) * kinds; at++) {
            const scope = of[at]!;
            if (scope < 0) continue;
            sum[scope]! += ownSum;
            square[scope]! += ownSquare;
        }
    }
    return { sum, square };
}

/** The strongest scope of at least `leastStrength`, the broadest of equal ones. */
function strongest(scopes: readonly Scope[], { totals, strengths }: Basis): Explanation | undefined {
    const { sum, square } = totals;
    let best = -1;
    let strength = leastStrength;
    for (let s = 0; s < scopes.length; s++) {
        if (strengths[s] === stale) {
            // No strength is above this, which takes no logarithm: most scopes are seen to be too weak by it.
            const most = (sum[s]! * sum[s]!) / (2 * (square[s]! + prior));
            if (!(most > strength) && square[s]! >= 0) continue;
            strengths[s] = ratioOf(sum[s]!, square[s]!) - Math.log(scopes[s]!.alike);
        }
        if (!(strengths[s]! > strength)) continue;
        best = s;
        strength = strengths[s]!;
    }
    return best < 0 ? undefined : { scope: scopes[best]!, strength };
}

/** Log of the likelihood of the deviations with one factor for all, over all factors as likely as they are beforehand, against none. */
function ratioOf(sum: number, square: number): number {
    return (sum * sum) / (2 * (square + prior)) - 0.5 * Math.log1p(square / prior);
}
