import { z } from "zod";
import { relatedMeasures, relatedReach, type RelatedMeasure } from "../../engine/related";
import { openCalendar } from "../../worker/calendar";
import { readScores } from "../../worker/readScores";
import type { ApiContext } from "../context";
import { makeToken, readToken } from "../paging";
import type { Requests } from "../schemas";
import { mustReadGroup } from "./anomalies";

/** Series of a group that its slice is made of at most, the weightiest ones: more would not change the sum much. */
const mostMembers = 200;
/** Intervals of a long group that are looked at, from its start: causes are found there. */
const mostIntervals = 240;
/** Groups around this one in which those of related measures are looked for. */
const mostGroups = 200;

type Found = Awaited<ReturnType<typeof mustReadGroup>>;

/** Measures that may have led to a group, with what each explains of it, and measures that it may have led to. */
export async function listAnomalyGroupRelatedMetrics(
    context: ApiContext,
    request: Requests["ListAnomalyGroupRelatedMetrics"],
) {
    const found = await mustReadGroup(context, request.AnomalyDetectorArn, request.AnomalyGroupId);
    const subject = `ListAnomalyGroupRelatedMetrics ${found.group.id} ${request.RelationshipTypeFilter ?? ""}`;
    const from = readToken(request.NextToken, { subject, schema: z.int().min(0), now: context.now() }) ?? 0;
    const related = relatedMeasures(await readDeviations(found));
    const groups = await groupsOfMeasures(found);
    const items = related
        .map((one) => itemOf(one, found, groups))
        .filter(({ RelationshipType: type }) => type === (request.RelationshipTypeFilter ?? type));
    const next = from + request.MaxResults;
    return {
        InterMetricImpactList: items.slice(from, next),
        NextToken: next < items.length ? makeToken(subject, next, context.now()) : undefined,
    };
}

function itemOf(
    { measure, relation, share }: RelatedMeasure,
    { metricSet }: Found,
    groups: ReadonlyMap<string, string>,
) {
    const { name } = metricSet.measures[measure]!;
    const of = { MetricName: name, AnomalyGroupId: groups.get(name) };
    return relation === "effect"
        ? { ...of, RelationshipType: "EFFECT_OF_INPUT_ANOMALY_GROUP" as const }
        : {
              ...of,
              RelationshipType: "CAUSE_OF_INPUT_ANOMALY_GROUP" as const,
              ContributionPercentage: Math.round(share * 10_000) / 100,
          };
}

/** What every measure did over the group's slice around the group's time. */
async function readDeviations({ group, metricSet, progress, store }: Found) {
    const calendar = openCalendar(metricSet.interval, metricSet.timeZone);
    const measures = metricSet.measures.length;
    const [start, end] = [calendar.positionOf(group.start), calendar.positionOf(group.end)];
    const first = start - 2 * relatedReach;
    const last = Math.min(end, start + mostIntervals) + relatedReach;
    const members = [...group.members].sort((a, b) => b.weight - a.weight).slice(0, mostMembers);
    const series = members.flatMap(({ combination }) => metricSet.measures.map((_, m) => combination * measures + m));
    const scores = await readScores({ store, calendar, progress }, { first, last, series });
    const byMeasure = metricSet.measures.map(() => new Float64Array(last - first + 1).fill(NaN));
    for (const { position, points } of scores)
        for (let m = 0; m < measures; m++)
            byMeasure[m]![position - first] = deviationOf(points.filter((_, i) => i % measures === m));
    return {
        byMeasure,
        target: metricSet.measures.findIndex(({ name }) => name === group.measure),
        start: start - first,
        end: Math.min(end, start + mostIntervals) - first,
    };
}

/** Deviation of a sum of series in half-widths of the band of the sum; NaN when none of them has been scored. */
function deviationOf(points: Awaited<ReturnType<typeof readScores>>[number]["points"]): number {
    let [deviation, square] = [0, 0];
    for (const { value, expected, lower, upper } of points) {
        const half = (upper - lower) / 2;
        if (!Number.isFinite(value - expected) || !(half > 0)) continue;
        deviation += value - expected;
        square += half * half;
    }
    return square > 0 ? deviation / Math.sqrt(square) : NaN;
}

/** The group of each other measure that belongs to the same incident, or else is nearest in time. */
async function groupsOfMeasures({ group, metricSet, progress, groups }: Found): Promise<ReadonlyMap<string, string>> {
    const calendar = openCalendar(metricSet.interval, metricSet.timeZone);
    const from = calendar.startOf(calendar.positionOf(group.start) - relatedReach);
    const to = calendar.startOf(calendar.positionOf(group.end) + relatedReach + 1);
    const page = await groups.page(progress, { filter: { from, to }, size: mostGroups });
    const farOff = ({ start, incident }: (typeof page.groups)[number]): number =>
        incident !== undefined && incident === group.incident ? -1 : Math.abs(start - group.start);
    const nearest = new Map<string, string>();
    for (const { measure, id } of [...page.groups].sort((one, other) => farOff(one) - farOff(other)))
        if (measure !== group.measure && !nearest.has(measure)) nearest.set(measure, id);
    return nearest;
}
