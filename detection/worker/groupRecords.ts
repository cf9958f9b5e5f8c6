import type { Cause } from "../engine/causes";
import type { AnomalyGroup, GroupKey, GroupMember } from "../engine/incidents";
import type { GroupRecord } from "../store/groupRecord";
import { groupIdOf } from "../store/groups";
import { dateOf } from "../store/layout";
import type { Combinations, ProgressRecord } from "../store/records";
import type { Calendar } from "./calendar";
import type { Work } from "./work";

/** What turns the engine's groups, which know numbers, into records, which know names. */
export interface GroupNames {
    readonly run: string;
    readonly calendar: Calendar;
    /** Names of the measures, in the engine's order. */
    readonly measures: readonly string[];
}

export const namesOf = ({ run, calendar, metricSet }: Work): GroupNames => ({
    run,
    calendar,
    measures: metricSet.measures.map(({ name }) => name),
});

export function recordOf(
    names: GroupNames,
    combinations: Combinations,
    group: AnomalyGroup,
    isOpen: boolean,
): GroupRecord {
    const { calendar } = names;
    return {
        id: idOf(names, group),
        measure: names.measures[group.measure]!,
        start: calendar.startOf(group.start),
        end: calendar.startOf(group.end),
        severity: group.severity,
        members: group.members.map((member) => memberRecordOf(calendar, combinations, member)),
        causes: group.causes.map((cause) => ({ ...cause, values: [...cause.values] })),
        incident: idOf(names, group.incident),
        version: group.version,
        isOpen,
    };
}

export function groupOf(names: GroupNames, record: GroupRecord): AnomalyGroup {
    const { calendar, measures } = names;
    const key = { measure: measures.indexOf(record.measure), start: calendar.positionOf(record.start) };
    return {
        ...key,
        end: calendar.positionOf(record.end),
        severity: record.severity,
        members: record.members.map((member) => memberOf(calendar, member)),
        causes: sharedOut(record.causes),
        incident: record.incident === undefined ? key : (keyOf(names, record.incident) ?? key),
        version: record.version ?? 1,
    };
}

export const idOf = ({ run, measures, calendar }: GroupNames, { measure, start }: GroupKey): string =>
    groupIdOf(run, measures[measure]!, calendar.startOf(start));

/** The group that an id was made for: the id tells the start, and one of the measures gives it. */
function keyOf(names: GroupNames, id: string): GroupKey | undefined {
    const start = names.calendar.positionOf(Number.parseInt(id.slice(0, 8), 16) * 60_000);
    const measure = names.measures.findIndex((_, m) => idOf(names, { measure: m, start }) === id);
    return measure < 0 ? undefined : { measure, start };
}

type MemberRecord = GroupRecord["members"][number];

function memberRecordOf(calendar: Calendar, combinations: Combinations, member: GroupMember): MemberRecord {
    const { combination, weight, severity, peak } = member;
    const record = { combination, values: [...combinations[combination]!], weight, severity };
    if (peak === undefined) return record;
    const { position, ...rest } = peak;
    return { ...record, peak: { at: calendar.startOf(position), ...rest } };
}

function memberOf(calendar: Calendar, { combination, weight, severity, peak }: MemberRecord): GroupMember {
    if (peak === undefined) return { combination, weight, severity };
    const { at, ...rest } = peak;
    return { combination, weight, severity, peak: { position: calendar.positionOf(at), ...rest } };
}

/** Records of earlier versions hold no shares. */
function sharedOut(causes: GroupRecord["causes"]): Cause[] {
    const all = causes.reduce((sum, { strength }) => sum + strength, 0);
    return causes.map((cause) => ({ ...cause, share: cause.share ?? cause.strength / all }));
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
