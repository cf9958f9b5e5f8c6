import { z } from "zod";
import { amendedKind, type GroupRecord } from "./groupRecord";
import { instant } from "./instant";

/** A group as listings show it: without its members, so that a page of a hundred is small. */
export const groupSummary = z.object({
    id: z.uuid(),
    measure: z.string(),
    /** Starts of the first and of the last anomalous interval. */
    start: instant,
    end: instant,
    /** 0 to 100. */
    severity: z.number(),
    /** Series that the group affects. */
    series: z.int(),
    /** The part of the measure that explains the group best; null stands for every value of a dimension. */
    cause: z.array(z.string().nullable()).optional(),
    /** Id of the first group of the incident that this one belongs to. */
    incident: z.uuid(),
    isOpen: z.boolean(),
    /** What rows that came late made of it; absent for a group that stands as it was found. */
    amended: amendedKind.optional(),
});
export type GroupSummary = z.output<typeof groupSummary>;

/** Whether a group is listed: one that was withdrawn is found by its id alone. */
export const isStanding = ({ amended }: Pick<GroupRecord, "amended">): boolean => amended?.kind !== "withdrawn";

export function summaryOf(group: GroupRecord): GroupSummary {
    const { id, measure, start, end, severity, isOpen, members, causes, incident = id } = group;
    const best = causes[0] === undefined ? {} : { cause: causes[0].values };
    const amended = group.amended === undefined ? {} : { amended: group.amended.kind };
    return { id, measure, start, end, severity, series: members.length, ...best, incident, isOpen, ...amended };
}

/** Where a listing of groups stopped: the last group that was given, or a place between two. */
export interface GroupPlace {
    readonly start: number;
    readonly id: string;
}

/** Newest start first; those that start together by id, so that the order is the same each time. */
export function newestFirst(one: GroupPlace, other: GroupPlace): number {
    return other.start - one.start || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
}

/** Which groups a listing is about; all of them without. */
export interface GroupFilter {
    /** Least severity, 0 to 100. */
    readonly minSeverity?: number;
    /** Groups whose last interval starts at this instant or later. */
    readonly from?: number;
    /** Groups whose first interval starts at this instant or later. */
    readonly since?: number;
    /** Groups whose first interval starts before this instant. */
    readonly to?: number;
    /** Groups of these measures. */
    readonly measures?: readonly string[];
    /** The first group of each incident. */
    readonly isFirst?: boolean;
}

export function isWanted(
    group: GroupSummary,
    { minSeverity = 0, from, since, to, measures, isFirst }: GroupFilter,
): boolean {
    return (
        (!isFirst || group.incident === group.id) &&
        group.severity >= minSeverity &&
        (from === undefined || group.end >= from) &&
        (since === undefined || group.start >= since) &&
        (to === undefined || group.start < to) &&
        (measures === undefined || measures.includes(group.measure))
    );
}
