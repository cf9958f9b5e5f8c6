import { z } from "zod";
import { contributionsOf } from "../../engine/contributions";
import type { GroupRecord } from "../../store/groupRecord";
import { isStanding, type GroupSummary } from "../../store/groupSummary";
import { metricSetOfRun, type DetectorRecord, type MetricSetRecord } from "../../store/records";
import { openCalendar } from "../../worker/calendar";
import { readScores } from "../../worker/readScores";
import { pointsNeeded } from "../../worker/pointsNeeded";
import { detectorArn } from "../arns";
import { mustReadDetector, runOf, type ApiContext } from "../context";
import { invalidField, notFound } from "../errors";
import { formatIntervalTime } from "../intervalTime";
import { groupPlace, makeToken, pageAfter, readToken } from "../paging";
import type { Requests } from "../schemas";
import { dimensionPairs, timeSeriesId } from "../timeSeries";

const dayMs = 86_400_000;
/** Days that the statistics beside the first page look back. */
const statisticsDays = 14;
/** Intervals that a chart of a group shows, the group's last one included: four weeks of hours and one. */
const chartIntervals = 673;

/** What is shown of a detector's anomalies; undefined until it has learned enough to be ACTIVE. */
async function openAnomalies(context: ApiContext, record: DetectorRecord) {
    const run = runOf(context, record);
    const progress = (await run?.store.progress())?.record;
    if (run === undefined || progress === undefined || record.metricSet === undefined) return undefined;
    // A back-test shows what it found however short its history is.
    const isTest = record.status.startsWith("BACK_TEST");
    const metricSet = metricSetOfRun(record.metricSet, progress);
    if (!isTest && progress.points < pointsNeeded(metricSet.interval)) return undefined;
    return { ...run, run: record.run!, progress, metricSet };
}

/** Groups at a severity or above, newest first; statistics with the first page. */
export async function listAnomalyGroupSummaries(context: ApiContext, request: Requests["ListAnomalyGroupSummaries"]) {
    const record = await mustReadDetector(context, request.AnomalyDetectorArn);
    const subject = `ListAnomalyGroupSummaries ${record.name} ${request.SensitivityThreshold}`;
    const after = readToken(request.NextToken, { subject, schema: groupPlace, now: context.now() });
    const anomalies = await openAnomalies(context, record);
    if (anomalies === undefined) return { AnomalyGroupSummaryList: [], ...(after ? {} : noStatistics(context)) };
    const { groups, progress, metricSet } = anomalies;
    const filter = { minSeverity: request.SensitivityThreshold };
    const { groups: page, next } = await groups.page(progress, { filter, after, size: request.MaxResults });
    const isFirst = after === undefined;
    return {
        AnomalyGroupSummaryList: page.map((group) => summaryOf(group, metricSet)),
        AnomalyGroupStatistics: isFirst
            ? await statistics(anomalies, request.SensitivityThreshold, metricSet.timeZone)
            : undefined,
        NextToken: next === undefined ? undefined : makeToken(subject, next, context.now()),
    };
}

function noStatistics(context: ApiContext) {
    const EvaluationStartDate = formatIntervalTime(context.now(), "UTC");
    return { AnomalyGroupStatistics: { EvaluationStartDate, TotalCount: 0, ItemizedMetricStatsList: [] } };
}

/** Groups of the last two weeks, counted by measure, the most frequent first. */
async function statistics(
    { groups, progress }: NonNullable<Awaited<ReturnType<typeof openAnomalies>>>,
    threshold: number,
    timeZone: string,
) {
    const since = Math.max(progress.scoredFrom, progress.scoredThrough - statisticsDays * dayMs);
    const counts = new Map<string, number>();
    const { groups: recent } = await groups.page(progress, {
        filter: { minSeverity: threshold, since },
        size: Infinity,
    });
    for (const group of recent) {
        counts.set(group.measure, (counts.get(group.measure) ?? 0) + 1);
    }
    return {
        EvaluationStartDate: formatIntervalTime(since, timeZone),
        TotalCount: [...counts.values()].reduce((sum, count) => sum + count, 0),
        ItemizedMetricStatsList: [...counts]
            .map(([MetricName, OccurrenceCount]) => ({ MetricName, OccurrenceCount }))
            .sort((a, b) => b.OccurrenceCount - a.OccurrenceCount || (a.MetricName < b.MetricName ? -1 : 1)),
    };
}

/** One group with each dimension value's share in it. */
export async function getAnomalyGroup(context: ApiContext, request: Requests["GetAnomalyGroup"]) {
    const { group, metricSet } = await mustReadGroup(context, request.AnomalyDetectorArn, request.AnomalyGroupId);
    const values = new Map(group.members.map((member) => [member.combination, member.values]));
    const dimensions = metricSet.dimensions
        .map((name, d) => ({
            DimensionName: name,
            DimensionValueContributionList: contributionsOf(group.members, (c) => values.get(c)![d]!).map(
                ({ value, share }) => ({ DimensionValue: value, ContributionScore: share }),
            ),
        }))
        .sort((a, b) => (a.DimensionName < b.DimensionName ? -1 : 1));
    return {
        AnomalyGroup: {
            ...summaryOf(group, metricSet),
            MetricLevelImpactList: [
                {
                    MetricName: group.measure,
                    NumTimeSeries: group.members.length,
                    ContributionMatrix: { DimensionContributionList: dimensions },
                },
            ],
        },
    };
}

/** Observed values of the affected series, up to the group's last interval. */
export async function listAnomalyGroupTimeSeries(context: ApiContext, request: Requests["ListAnomalyGroupTimeSeries"]) {
    const found = await mustReadGroup(context, request.AnomalyDetectorArn, request.AnomalyGroupId);
    const { group, metricSet, progress, store, record } = found;
    // A measure that is not the group's has no affected series; a name that is none at all is a typing error.
    if (!metricSet.measures.some(({ name }) => name === request.MetricName))
        throw invalidField("MetricName", "is not a measure of the metric set");
    const subject = `ListAnomalyGroupTimeSeries ${record.name} ${group.id} ${request.MetricName}`;
    const after = readToken(request.NextToken, { subject, schema: z.string(), now: context.now() });
    const calendar = openCalendar(metricSet.interval, metricSet.timeZone);
    const last = calendar.positionOf(group.end);
    const first = Math.max(calendar.positionOf(progress.since), last - chartIntervals + 1);
    const members = request.MetricName === group.measure ? group.members : [];
    const keyOf = ({ combination }: (typeof members)[number]): string => String(combination).padStart(9, "0");
    const { page, next } = pageAfter(members, keyOf, { after, size: request.MaxResults });
    const measure = metricSet.measures.findIndex(({ name }) => name === group.measure);
    const series = page.map(({ combination }) => combination * metricSet.measures.length + measure);
    const scores = await readScores({ store, calendar, progress }, { first, last, series });
    return {
        AnomalyGroupId: group.id,
        MetricName: request.MetricName,
        TimestampList: scores.map(({ position }) => formatIntervalTime(calendar.startOf(position), metricSet.timeZone)),
        TimeSeriesList: page.map((member, i) => ({
            TimeSeriesId: timeSeriesId(
                detectorArn(context.place, record.name),
                group.measure,
                dimensionPairs(metricSet.dimensions, member.values),
            ),
            DimensionList: dimensionsOf(metricSet, member.values),
            MetricValueList: scores.map(({ points }) => numberOrNaN(points[i]!.value)),
        })),
        NextToken: next === undefined ? undefined : makeToken(subject, next, context.now()),
    };
}

/** The client takes nulls out of lists, which would move all later values; the text "NaN" keeps its place. */
const numberOrNaN = (value: number): number | "NaN" => (Number.isFinite(value) ? value : "NaN");

/** Dimension names and values, by name. */
function dimensionsOf({ dimensions }: MetricSetRecord, values: readonly string[]) {
    return dimensionPairs(dimensions, values).map(([DimensionName, DimensionValue]) => ({
        DimensionName,
        DimensionValue,
    }));
}

/** A group with all that it is shown with. Throws ResourceNotFoundException for one that there is not. */
export async function mustReadGroup(context: ApiContext, arn: string, id: string) {
    const record = await mustReadDetector(context, arn);
    const anomalies = await openAnomalies(context, record);
    const group = await anomalies?.groups.find(anomalies.progress, id.toLowerCase());
    if (anomalies === undefined || group === undefined) throw notFound("AnomalyGroup", id);
    return { record, group, ...anomalies };
}

const isWithdrawn = (group: GroupSummary | GroupRecord): boolean => "members" in group && !isStanding(group);

function summaryOf(group: GroupSummary | GroupRecord, { timeZone }: MetricSetRecord) {
    return {
        StartTime: formatIntervalTime(group.start, timeZone),
        EndTime: formatIntervalTime(group.end, timeZone),
        AnomalyGroupId: group.id,
        // What was withdrawn can still be opened, from a message that had told it.
        AnomalyGroupScore: isWithdrawn(group) ? 0 : Math.round(group.severity * 100) / 100,
        PrimaryMetricName: group.measure,
    };
}
