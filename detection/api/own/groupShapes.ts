import { z } from "zod";
import { evidenceNames } from "../../engine/verdicts";
import { amendedKind, type GroupRecord } from "../../store/groupRecord";
import { summaryOf, type GroupSummary } from "../../store/groupSummary";
import type { MetricSetRecord } from "../../store/records";
import { evidence } from "./judgement";
import {
    byDimension,
    dimensionValues,
    measured,
    measuredOf,
    roundedSeverity,
    scope,
    severity,
    time,
    timeOf,
} from "./ownMembers";

type Names = Pick<MetricSetRecord, "dimensions">;

/** A group as listings show it. */
export const shownGroup = z.object({
    id: z.uuid().describe("The API's `AnomalyGroupId`."),
    measure: z.string(),
    startTime: time.describe("Start of the first anomalous interval."),
    endTime: time.describe("Start of the last anomalous interval."),
    severity,
    metrics: z.int().describe("Metrics that the group affects."),
    cause: scope.optional().describe("The part of the measure that explains the group best."),
    incident: z.uuid().describe("The incident that it belongs to, with groups of other measures, perhaps."),
    isOpen: z.boolean().describe("True while the next interval may extend it."),
    amended: amendedKind
        .optional()
        .describe(
            "What rows that came late made of it: raised afterwards, revised, or withdrawn. Withdrawn groups are listed nowhere. " +
                "Absent for a group that stands as it was found.",
        ),
});
export type ShownGroup = z.output<typeof shownGroup>;

export function shownGroupOf({ dimensions }: Names, group: GroupSummary): ShownGroup {
    const cause = group.cause === undefined ? {} : { cause: byDimension(dimensions, group.cause) };
    return {
        id: group.id,
        measure: group.measure,
        startTime: timeOf(group.start),
        endTime: timeOf(group.end),
        severity: roundedSeverity(group.severity),
        metrics: group.series,
        ...cause,
        incident: group.incident,
        isOpen: group.isOpen,
        ...(group.amended === undefined ? {} : { amended: group.amended }),
    };
}

/** Metrics that are shown of one group, the most affected ones. */
export const mostMembers = 100;

/** A group with what is in it. */
export const wholeGroup = shownGroup.extend({
    version: z.int().describe("Counts the changes of the group, from 1."),
    amendedAt: time.optional().describe("When rows that came late changed it."),
    otherGroup: z
        .uuid()
        .optional()
        .describe("The group that it took the place of, or that took its place, where its start moved."),
    causes: z
        .array(z.object({ scope, share: z.number().min(0).max(1).optional() }))
        .describe("Parts of the measure that explain the group, best first; their shares make 1."),
    affected: z
        .array(
            z.object({
                dimensions: dimensionValues,
                severity,
                peak: z
                    .object({ timestamp: time, value: measured, expected: measured, evidence })
                    .optional()
                    .describe("Its worst interval."),
            }),
        )
        .describe(`The metrics that deviate most, ${mostMembers} at most.`),
});
export type WholeGroup = z.output<typeof wholeGroup>;

export function wholeGroupOf({ dimensions }: Names, group: GroupRecord): WholeGroup {
    const worst = [...group.members].sort((one, other) => other.weight - one.weight).slice(0, mostMembers);
    return {
        ...shownGroupOf({ dimensions }, summaryOf(group)),
        version: group.version ?? 1,
        ...(group.amended === undefined ? {} : { amendedAt: timeOf(group.amended.at) }),
        ...(group.amended?.other === undefined ? {} : { otherGroup: group.amended.other }),
        causes: group.causes.map(({ values, share }) => ({
            scope: byDimension(dimensions, values),
            ...(share === undefined ? {} : { share: Number(share.toFixed(4)) }),
        })),
        affected: worst.map(({ values, severity, peak }) => ({
            dimensions: byDimension(dimensions, values),
            severity: roundedSeverity(severity),
            ...(peak === undefined ? {} : { peak: peakOf(peak) }),
        })),
    };
}

type Peak = NonNullable<GroupRecord["members"][number]["peak"]>;

const peakOf = ({ at, value, expected, evidence }: Peak) => ({
    timestamp: timeOf(at),
    value: measuredOf(value),
    expected: measuredOf(expected),
    evidence: evidenceNames[evidence] ?? "none",
});
