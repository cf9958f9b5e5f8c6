import { addToSums, clearSums, sumsOf } from "./alertSums";
import { causesOf, explain, type Cause, type Evidence } from "./causes";
import type { Scores } from "./engine";
import { linked } from "./links";
import { isWithin, scopeIndexOf } from "./scopes";
import { gaussianScore } from "./scopeTail";
import { anomalousScore, scoreOf, severityOf, type Shape } from "./shape";
import type { EngineState } from "./state";
import { evidenceIndex, verdictIndex } from "./verdicts";

/** One series of a group. */
export interface GroupMember {
    readonly combination: number;
    /** Sum over its anomalous intervals of the absolute deviation, in usual deviations of the series. */
    readonly weight: number;
    /** Highest severity, 0 to 100. */
    readonly severity: number;
    /** The interval of the highest severity; absent in groups of earlier versions. */
    readonly peak?: Peak;
}

/** One anomalous value. */
export interface Peak {
    readonly position: number;
    readonly value: number;
    readonly expected: number;
    /** Deviation in usual deviations of the series, signed. */
    readonly scaled: number;
    /** Index into `evidenceNames`. */
    readonly evidence: number;
}

/** Names a group for ever: its measure, and the position of its first interval. */
export interface GroupKey {
    readonly measure: number;
    readonly start: number;
}

/** Anomalies of one measure in consecutive intervals, short pauses included. */
export interface AnomalyGroup extends GroupKey {
    /** Position of the last anomalous interval. */
    readonly end: number;
    /** 0 to 100. */
    readonly severity: number;
    /** By combination. */
    readonly members: readonly GroupMember[];
    /** Best first, as they were when they explained best. */
    readonly causes: readonly Cause[];
    /** First group of the incident that this one belongs to; its own key for the first one. */
    readonly incident: GroupKey;
    /** Counts the changes of what is told about the group, from 1. */
    readonly version: number;
}

/** What groups are made from. */
export interface Grouping {
    readonly engine: EngineState;
    /** Dimension values of each combination. */
    readonly combinations: readonly (readonly string[])[];
    readonly open: readonly AnomalyGroup[];
}

/**
 * Puts an interval's anomalies to the open groups of their measures, closes the groups that have been quiet for too long to go on, and links
 * groups of one cause to one incident. Intervals are to be given in order, a missing one as one without values.
 */
export function extendGroups(
    grouping: Grouping,
    position: number,
    scores: Scores,
): { open: AnomalyGroup[]; closed: AnomalyGroup[] } {
    const { engine, combinations, open } = grouping;
    const isClear = (member: GroupMember): boolean => isClearOf(member, combinations.length);
    const belongs = ({ combination }: GroupMember, causes: readonly Cause[]): boolean =>
        causes.some(({ values }) => isWithin(combinations[combination]!, values));
    const isOver = ({ end }: AnomalyGroup): boolean => position - end > longestPause(engine.shape) + 1;
    const going = open.filter((group) => !isOver(group));
    const next: AnomalyGroup[] = [];
    const evidences: Evidence[] = [];
    for (let measure = 0; measure < engine.shape.measures; measure++) {
        const before = going.find((group) => group.measure === measure);
        const odd = membersOf(engine, { measure, position }, scores);
        if (!odd.some((member) => isClear(member) || belongs(member, before?.causes ?? []))) {
            if (before !== undefined) next.push(before);
            continue;
        }
        if (before === undefined) clearSums(engine, measure);
        addToSums(engine, measure, scores);
        const evidence = sumsOf(engine, measure);
        evidences[measure] = evidence;
        const found = causesOf(explain(scopeIndexOf(combinations), evidence));
        const members = odd.filter((member) => isClear(member) || belongs(member, found));
        const causes = found.length > 0 ? found : whatMembersShare(members, combinations);
        if (members.length === 0) next.push(before!);
        else if (before === undefined) next.push(begun({ measure, start: position }, members, causes));
        else next.push(grown(before, { position, members, causes }));
    }
    return { open: linked(grouping, next, position, evidences), closed: open.filter(isOver) };
}

/** The cause of what is too faint to be explained: the values that all members have. */
function whatMembersShare(members: readonly GroupMember[], combinations: Grouping["combinations"]): Cause[] {
    const [first, ...others] = members.map(({ combination }) => combinations[combination]!);
    if (first === undefined) return [];
    const values = first.map((value, d) => (others.every((other) => other[d] === value) ? value : null));
    return [{ values, strength: 0, share: 1 }];
}

/** Intervals without an anomaly that a group outlasts: two hours, at least one interval and at most twelve. */
export function longestPause(shape: Shape): number {
    return Math.min(12, Math.max(1, Math.round(7200 / shape.intervalSeconds)));
}

/** Up to so many combinations an anomaly of any of them may begin a group. */
const fewCombinations = 10;
/** Of a usual deviation, which is a mean one and learned without the largest: what a Gaussian calls a deviation, with some room. */
const gaussianPart = 0.7;
/** Evidence of one value alone. */
const single = new Set([evidenceIndex("jump"), evidenceIndex("record")]);

/**
 * True when one series alone begins a group. Of many series one is always odd by chance, so the score that it takes grows with their number;
 * and the evidence of a single value is to be no surer than a Gaussian of such a deviation. Series that are less clear belong to a group
 * only where its causes explain them.
 */
export function isClearOf({ severity, peak }: GroupMember, combinations: number): boolean {
    if (severity < severityOf(anomalousScore + Math.max(0, Math.log10(combinations / fewCombinations)))) return false;
    if (peak === undefined || !single.has(peak.evidence)) return true;
    return gaussianScore(gaussianPart * peak.scaled) >= anomalousScore + Math.log10(combinations);
}

const anomalous = verdictIndex("anomalous");

function membersOf(
    engine: EngineState,
    { measure, position }: { measure: number; position: number },
    scores: Scores,
): GroupMember[] {
    const members: GroupMember[] = [];
    const { measures } = engine.shape;
    for (let c = 0, s = measure; c < engine.combinations; c++, s += measures) {
        if (scores.verdict[s] !== anomalous || scores.score[s]! < anomalousScore) continue;
        const [value, expected, scaled] = [scores.value[s]!, scores.expected[s]!, scores.scaled[s]!];
        const peak = { position, value, expected, scaled, evidence: scores.evidence[s]! };
        members.push({ combination: c, weight: Math.abs(scaled), severity: scores.severity[s]!, peak });
    }
    return members;
}

/** Many series at once are worse than one: up to two powers of ten. */
function severityOfMembers(members: readonly GroupMember[]): number {
    const highest = members.reduce((most, { severity }) => Math.max(most, severity), 0);
    return severityOf(scoreOf(highest) + Math.min(2, Math.log10(members.length)));
}

function begun(key: GroupKey, members: GroupMember[], causes: Cause[]): AnomalyGroup {
    return { ...key, end: key.start, severity: severityOfMembers(members), members, causes, incident: key, version: 1 };
}

function grown(
    before: AnomalyGroup,
    now: { readonly position: number; readonly members: readonly GroupMember[]; readonly causes: readonly Cause[] },
): AnomalyGroup {
    return {
        ...before,
        end: now.position,
        severity: Math.max(before.severity, severityOfMembers(now.members)),
        members: merged(before.members, now.members),
        causes: strengthAll(now.causes) > strengthAll(before.causes) ? now.causes : before.causes,
        version: before.version + 1,
    };
}

/** Members of before and of now, both by combination: the higher of two, with the weight of both. */
function merged(before: readonly GroupMember[], now: readonly GroupMember[]): GroupMember[] {
    const all: GroupMember[] = [];
    let next = 0;
    for (const member of now) {
        while (next < before.length && before[next]!.combination < member.combination) all.push(before[next++]!);
        const known = before[next]?.combination === member.combination ? before[next++] : undefined;
        if (known === undefined) all.push(member);
        else {
            const higher = member.severity > known.severity ? member : known;
            all.push({ ...higher, weight: member.weight + known.weight });
        }
    }
    while (next < before.length) all.push(before[next++]!);
    return all;
}

const strengthAll = (causes: readonly Cause[]): number => causes.reduce((sum, { strength }) => sum + strength, 0);
