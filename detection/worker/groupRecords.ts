import type { AnomalyGroup } from "../engine/grouping";
import { groupIdOf } from "../store/groups";
import { dateOf } from "../store/layout";
import type { GroupRecord } from "../store/groupRecord";
import type { Combinations, ProgressRecord } from "../store/records";
import type { Calendar } from "./calendar";

/** What turns the engine's groups, which know numbers, into records, which know names. */
export interface GroupNames {
    readonly run: string;
    readonly calendar: Calendar;
    /** Names of the measures, in the engine's order. */
    readonly measures: readonly string[];
}

export function recordOf(
    names: GroupNames,
    combinations: Combinations,
    group: AnomalyGroup,
    isOpen: boolean,
): GroupRecord {
    const measure = names.measures[group.measure]!;
    const start = names.calendar.startOf(group.start);
    return {
        id: groupIdOf(names.run, measure, start),
        measure,
        start,
        end: names.calendar.startOf(group.end),
        severity: group.severity,
        members: group.members.map((member) => ({ ...member, values: [...combinations[member.combination]!] })),
        causes: group.causes.map(({ values, strength }) => ({ values: [...values], strength })),
        isOpen,
    };
}

export function groupOf({ calendar, measures }: GroupNames, record: GroupRecord): AnomalyGroup {
    return {
        measure: measures.indexOf(record.measure),
        start: calendar.positionOf(record.start),
        end: calendar.positionOf(record.end),
        severity: record.severity,
        members: record.members.map(({ combination, weight, severity }) => ({ combination, weight, severity })),
        causes: record.causes,
    };
}

/** Days whose groups can grow no more leave the progress: they are complete, and each goes into a file of its own. */
export function completeDays(
    groups: readonly GroupRecord[],
    through: number,
): Pick<ProgressRecord, "groups" | "groupsSince"> & { readonly days: Map<string, GroupRecord[]> } {
    const open = groups.filter(({ isOpen }) => isOpen).map(({ start }) => start);
    const groupsSince = dateOf(Math.min(through, ...open));
    const days = new Map<string, GroupRecord[]>();
    for (const group of groups) {
        const date = dateOf(group.start);
        if (date < groupsSince) days.set(date, [...(days.get(date) ?? []), group]);
    }
    return { groupsSince, days, groups: groups.filter(({ start }) => dateOf(start) >= groupsSince) };
}
