import { causesOf, type Cause } from "./causes";
import type { Scores } from "./engine";
import { anomalousScore, severityOf } from "./shape";

/** One series of a group. */
export interface GroupMember {
    readonly combination: number;
    /** Sum over its anomalous intervals of the absolute deviation, in usual deviations of the series. */
    readonly weight: number;
    /** Highest severity, 0 to 100. */
    readonly severity: number;
}

/** Anomalies of one measure in consecutive intervals. A group is known by its measure and start, which never change. */
export interface AnomalyGroup {
    readonly measure: number;
    /** Positions of the first and the last anomalous interval. */
    readonly start: number;
    readonly end: number;
    /** 0 to 100. */
    readonly severity: number;
    /** By combination. */
    readonly members: readonly GroupMember[];
    /** Best first, as they were in the interval that they explained best. */
    readonly causes: readonly Cause[];
}

/** One interval's scores, and what its series are. */
export interface ScoredInterval {
    readonly position: number;
    readonly measures: number;
    /** Dimension values of each combination. */
    readonly combinations: readonly (readonly string[])[];
    readonly scores: Scores;
}

/**
 * Puts an interval's anomalies to the open groups of their measures. An open group whose measure has none in this interval is closed;
 * intervals are to be given in order, a missing one as one without values.
 */
export function extendGroups(
    open: readonly AnomalyGroup[],
    interval: ScoredInterval,
): { open: AnomalyGroup[]; closed: AnomalyGroup[] } {
    const grown: AnomalyGroup[] = [];
    const closed: AnomalyGroup[] = [];
    for (let measure = 0; measure < interval.measures; measure++) {
        const before = open.find((group) => group.measure === measure && group.end === interval.position - 1);
        const now = groupOf(interval, measure);
        if (now !== undefined) grown.push(before === undefined ? now : merged(before, now));
    }
    for (const group of open)
        if (!grown.some((other) => other.measure === group.measure && other.start === group.start)) closed.push(group);
    return { open: grown, closed };
}

/** The group that an interval alone makes; undefined when nothing of the measure is anomalous. */
function groupOf(interval: ScoredInterval, measure: number): AnomalyGroup | undefined {
    const { position, measures, combinations, scores } = interval;
    const members: GroupMember[] = [];
    let highest = 0;
    for (let c = 0; c < combinations.length; c++) {
        const series = c * measures + measure;
        const score = scores.score[series]!;
        if (score < anomalousScore) continue;
        highest = Math.max(highest, score);
        members.push({ combination: c, weight: Math.abs(scores.scaled[series]!), severity: scores.severity[series]! });
    }
    if (members.length === 0) return undefined;
    // Many series at once are worse than one: up to two powers of ten.
    const severity = severityOf(highest + Math.min(2, Math.log10(members.length)));
    const scaled = Float64Array.from(combinations, (_, c) => scores.scaled[c * measures + measure]!);
    return { measure, start: position, end: position, severity, members, causes: causesOf(combinations, scaled) };
}

function merged(before: AnomalyGroup, now: AnomalyGroup): AnomalyGroup {
    const members = new Map(before.members.map((member) => [member.combination, member]));
    for (const member of now.members) {
        const known = members.get(member.combination);
        members.set(member.combination, {
            combination: member.combination,
            weight: member.weight + (known?.weight ?? 0),
            severity: Math.max(member.severity, known?.severity ?? 0),
        });
    }
    return {
        measure: before.measure,
        start: before.start,
        end: now.end,
        severity: Math.max(before.severity, now.severity),
        members: [...members.values()].sort((a, b) => a.combination - b.combination),
        causes: (now.causes[0]?.strength ?? 0) > (before.causes[0]?.strength ?? 0) ? now.causes : before.causes,
    };
}
