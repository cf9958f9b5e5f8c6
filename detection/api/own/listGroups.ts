import { z } from "zod";
import type { GroupFilter } from "../../store/groupSummary";
import { invalidField } from "../errors";
import { parseIntervalTime } from "../intervalTime";
import { detectorArn, measureName, paging, threshold } from "../members";
import { groupPlace, makeToken, readToken } from "../paging";
import { readRun, type ReadRun } from "../readRun";
import { ownCall } from "./call";
import { shownGroup, shownGroupOf } from "./groupShapes";
import { mustFindMeasure } from "./metric";
import { nextToken, stretchMembers } from "./ownMembers";

const request = z.strictObject({
    ...detectorArn,
    ...stretchMembers,
    MetricNames: z
        .array(measureName)
        .min(1)
        .max(100)
        .optional()
        .describe("Groups of these measures; without, of all of them."),
    MinSeverity: threshold.optional().describe("Groups with at least this severity."),
    ...paging,
});

export const listGroups = ownCall({
    summary: "Anomaly groups by time, measure and severity",
    description:
        "Newest start first. A group is listed when any of its intervals lies in the stretch from StartTime to EndTime. " +
        "Also lists what was found while the detector is still LEARNING. A page costs the same however far on it is.",
    request,
    answer: z.object({ groups: z.array(shownGroup), nextToken }),
    handle: (context, asked) => {
        const { NextToken, MaxResults, ...listing } = asked;
        const subject = `listGroups ${JSON.stringify(listing)}`;
        const after = readToken(NextToken, { subject, schema: groupPlace, now: context.now() });
        const stretch = stretchOf(listing);
        return readRun(context, asked.AnomalyDetectorArn, async (run) => {
            if (run === undefined) return { groups: [] };
            const filter = filterOf(run, listing, stretch);
            const { groups, next } = await run.groups.page(run.progress, { filter, after, size: MaxResults });
            return {
                groups: groups.map((group) => shownGroupOf(run.metricSet, group)),
                nextToken: next && makeToken(subject, next, context.now()),
            };
        });
    },
});

/** Instants of a stretch as it was asked for. Throws ValidationException when it ends before it begins. */
export function stretchOf({ StartTime, EndTime }: { readonly StartTime?: string; readonly EndTime?: string }) {
    const from = StartTime === undefined ? undefined : parseIntervalTime(StartTime, "StartTime");
    const to = EndTime === undefined ? undefined : parseIntervalTime(EndTime, "EndTime");
    if (from !== undefined && to !== undefined && to < from)
        throw invalidField("EndTime", "must not be before StartTime");
    return { from, to };
}

function filterOf(
    { metricSet, calendar }: ReadRun,
    { MetricNames, MinSeverity }: { readonly MetricNames?: readonly string[]; readonly MinSeverity?: number },
    { from, to }: ReturnType<typeof stretchOf>,
): GroupFilter {
    MetricNames?.forEach((name) => mustFindMeasure(metricSet, name));
    // A group's end is the start of its last interval, which may have begun before the stretch does.
    const start = from === undefined ? undefined : calendar.startOf(calendar.positionOf(from));
    return { minSeverity: MinSeverity, from: start, to, measures: MetricNames };
}
