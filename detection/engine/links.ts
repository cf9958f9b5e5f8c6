import { sumsOf } from "./alertSums";
import { causesOf, explain, strengthOf, type Evidence, type Explanation } from "./causes";
import type { AnomalyGroup, GroupKey, Grouping } from "./incidents";
import { scopeIndexOf, type Scope, type ScopeIndex } from "./scopes";

/** One scope has to explain two groups this well, compared with the best scope of each, for them to have one cause. */
const agreement = 0.7;

interface Seen {
    group: AnomalyGroup;
    readonly evidence: Evidence;
    readonly found: readonly Explanation[];
}

/**
 * Links open groups of several measures that one scope explains: the later one joins the earlier one's incident. The causes of linked
 * groups are judged together, for what hit two measures is seen twice. `evidences` holds, by measure, the evidence that is at hand already.
 */
export function linked(
    grouping: Grouping,
    groups: readonly AnomalyGroup[],
    position: number,
    evidences: readonly (Evidence | undefined)[] = [],
): AnomalyGroup[] {
    if (groups.length < 2 || !groups.some(({ end }) => end === position)) return [...groups];
    const index = scopeIndexOf(grouping.combinations);
    const seen = [...groups]
        .sort((a, b) => a.start - b.start || a.measure - b.measure)
        .map((group): Seen => {
            const evidence = evidences[group.measure] ?? sumsOf(grouping.engine, group.measure);
            return { group, evidence, found: explain(index, evidence) };
        });
    seen.forEach((one, i) => {
        if (!isOwn(one.group) || one.group.end !== position) return;
        const other = seen.slice(0, i).find((earlier) => jointScope(index, [earlier, one], agreement) !== undefined);
        if (other !== undefined) join(seen, one.group, other.group.incident);
    });
    for (const incident of incidentsOf(seen)) judgeTogether(index, incident, position);
    return seen.map(({ group }) => group).sort((a, b) => a.measure - b.measure);
}

const isOwn = ({ measure, start, incident }: AnomalyGroup): boolean => isSame(incident, { measure, start });

const isSame = (one: GroupKey, other: GroupKey): boolean => one.measure === other.measure && one.start === other.start;

/** Moves a group, and those that joined it before, to an incident. */
function join(seen: readonly Seen[], group: AnomalyGroup, incident: GroupKey): void {
    const from = group.incident;
    for (const one of seen)
        if (isSame(one.group.incident, from))
            one.group = { ...one.group, incident, version: one.group.version + (one.group === group ? 0 : 1) };
}

function incidentsOf(seen: readonly Seen[]): Seen[][] {
    const found: Seen[][] = [];
    for (const one of seen) {
        const known = found.find(([first]) => isSame(first!.group.incident, one.group.incident));
        if (known !== undefined) known.push(one);
        else found.push([one]);
    }
    return found.filter(({ length }) => length > 1);
}

/** The scope that explains some groups best together; undefined when it explains less of them than `least` of what their own scopes do. */
function jointScope(index: ScopeIndex, groups: readonly Seen[], least: number): Scope | undefined {
    const own = groups.reduce((sum, { found }) => sum + (found[0]?.strength ?? 0), 0);
    let best: Explanation | undefined;
    for (const { scope } of groups.flatMap(({ found }) => found)) {
        const strength = groups.reduce((sum, { evidence }) => sum + strengthOf(index, scope, evidence), 0);
        if (strength > (best?.strength ?? 0)) best = { scope, strength };
    }
    return best !== undefined && best.strength >= least * own ? best.scope : undefined;
}

/** Gives the groups that are growing the causes that begin with the incident's. */
function judgeTogether(index: ScopeIndex, incident: readonly Seen[], position: number): void {
    const scope = jointScope(index, incident, 0);
    if (scope === undefined) return;
    for (const one of incident) {
        if (one.group.end !== position) continue;
        const found = explain(index, one.evidence, scope);
        if (found.length > 0) one.group = { ...one.group, causes: causesOf(found) };
    }
}
