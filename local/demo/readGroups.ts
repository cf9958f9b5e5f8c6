import {
    GetAnomalyGroupCommand,
    paginateListAnomalyGroupSummaries,
    paginateListAnomalyGroupTimeSeries,
    type AnomalyGroupSummary,
    type LookoutMetricsClient,
} from "@aws-sdk/client-lookoutmetrics";
import type { Detection, ExplainedPoint } from "../../detection/client";
import { formatInstant, type Window } from "../../pipeline/windows";
import type { Scope } from "./anomalies";
import { causeOf, type Contribution, type FoundGroup, type SeriesPoint } from "./foundGroup";
import { causeNumbers, type ExplainedMetric, parseTimestamp, sumSeries, totalsOf } from "./groupNumbers";

const HOUR_MS = 3_600_000;
/** How much of the series is kept before and after a group: so many milliseconds, and so many intervals at least. */
const contextMs = { before: 36 * HOUR_MS, after: 18 * HOUR_MS };
const fewestIntervals = 24;

export interface ReadOptions {
    /** Logical name and ARN. */
    readonly detector: { readonly name: string; readonly arn: string };
    /** Length of the detector's interval in milliseconds. */
    readonly intervalMs: number;
    /** Groups that begin in this stretch are read. */
    readonly stretch: Window;
    /** Smallest severity, from 0 to 100. */
    readonly threshold: number;
    /** Measures that are averages, of which several metrics together have a mean and no sum. @default none */
    readonly averages?: readonly string[];
    /** Groups that are read at most: the most severe. @default all */
    readonly most?: number;
}

/** Reads a detector's anomaly groups through the official client, and explains each by its metrics' expected values. */
export async function readGroups(detection: Detection, options: ReadOptions): Promise<FoundGroup[]> {
    const { api } = detection;
    const explain = rememberedExplain(detection, options);
    const found: AnomalyGroupSummary[] = [];
    const pages = paginateListAnomalyGroupSummaries(
        { client: api },
        { AnomalyDetectorArn: options.detector.arn, SensitivityThreshold: Math.floor(options.threshold) },
    );
    for await (const { AnomalyGroupSummaryList: summaries = [] } of pages) {
        for (const summary of summaries) {
            const start = parseTimestamp(summary.StartTime);
            if (start >= options.stretch.start && start < options.stretch.end) found.push(summary);
        }
    }
    const worst = found.sort((a, b) => (b.AnomalyGroupScore ?? 0) - (a.AnomalyGroupScore ?? 0)).slice(0, options.most);
    const groups: FoundGroup[] = [];
    for (const summary of worst) groups.push(await readGroup(api, explain, summary, options));
    return groups.sort((a, b) => a.start - b.start || a.measure.localeCompare(b.measure));
}

/** The sum of several metrics of one measure over a stretch. */
export async function explainTogether(
    detection: Detection,
    arn: string,
    measure: string,
    metrics: readonly Scope[],
    stretch: Window,
): Promise<SeriesPoint[]> {
    const explained: (readonly ExplainedPoint[])[] = [];
    for (const dimensions of metrics) {
        explained.push(
            await detection.explain({
                AnomalyDetectorArn: arn,
                MetricName: measure,
                Dimensions: dimensions,
                StartTime: formatInstant(stretch.start),
                EndTime: formatInstant(stretch.end),
            }),
        );
    }
    return sumSeries(explained);
}

type Explain = (measure: string, dimensions: Scope) => Promise<readonly ExplainedPoint[]>;

async function readGroup(
    api: LookoutMetricsClient,
    explain: Explain,
    summary: AnomalyGroupSummary,
    options: ReadOptions,
): Promise<FoundGroup> {
    const { detector, intervalMs, stretch, averages = [] } = options;
    const key = { AnomalyDetectorArn: detector.arn, AnomalyGroupId: summary.AnomalyGroupId };
    const measure = summary.PrimaryMetricName ?? "";
    const start = parseTimestamp(summary.StartTime);
    const end = parseTimestamp(summary.EndTime) + intervalMs;
    const contributions = await readContributions(api, key, measure);
    const metrics = await readMetrics(api, key, measure, explain);
    const { before, after } = contextOf(options);
    const shown = { start: start - before, end: Math.min(end + after, stretch.end) };
    const isMean = averages.includes(measure);
    const series = sumSeries(
        metrics.map(({ points }) => points),
        isMean,
    ).filter(({ timestamp }) => timestamp >= shown.start && timestamp < shown.end);
    const dimensions = causeOf(contributions);
    return {
        id: summary.AnomalyGroupId ?? "",
        detector: detector.name,
        start,
        end,
        measure,
        severity: summary.AnomalyGroupScore ?? 0,
        dimensions,
        contributions,
        ...totalsOf(series, { start, end }, isMean),
        cause: causeNumbers(metrics, dimensions, { start, end }, isMean),
        series,
        metrics: metrics.length,
    };
}

/** Names a group at the API. */
interface GroupPlace {
    readonly AnomalyDetectorArn: string;
    readonly AnomalyGroupId: string | undefined;
}

async function readContributions(api: LookoutMetricsClient, key: GroupPlace, measure: string): Promise<Contribution[]> {
    const { AnomalyGroup: group } = await api.send(new GetAnomalyGroupCommand(key));
    const impact = group?.MetricLevelImpactList?.find(({ MetricName }) => MetricName === measure);
    return (impact?.ContributionMatrix?.DimensionContributionList ?? []).flatMap((dimension) =>
        (dimension.DimensionValueContributionList ?? []).map((value): Contribution => ({
            dimension: dimension.DimensionName ?? "",
            value: value.DimensionValue ?? "",
            share: value.ContributionScore ?? 0,
        })),
    );
}

async function readMetrics(
    api: LookoutMetricsClient,
    key: GroupPlace,
    measure: string,
    explain: Explain,
): Promise<ExplainedMetric[]> {
    const metrics: ExplainedMetric[] = [];
    const pages = paginateListAnomalyGroupTimeSeries({ client: api }, { ...key, MetricName: measure });
    for await (const { TimeSeriesList: list = [] } of pages) {
        for (const { DimensionList = [] } of list) {
            const values = DimensionList.map(({ DimensionName, DimensionValue }) => [DimensionName, DimensionValue]);
            const dimensions = Object.fromEntries(values) as Scope;
            metrics.push({ dimensions, points: await explain(measure, dimensions) });
        }
    }
    return metrics;
}

const contextOf = ({ intervalMs }: ReadOptions): { before: number; after: number } => ({
    before: Math.max(contextMs.before, fewestIntervals * intervalMs),
    after: Math.max(contextMs.after, fewestIntervals * intervalMs),
});

/** Explains each metric once for the whole stretch, however many groups it is in. */
function rememberedExplain(detection: Detection, options: ReadOptions): Explain {
    const { detector, stretch } = options;
    const known = new Map<string, Promise<readonly ExplainedPoint[]>>();
    return (measure, dimensions) => {
        const key = JSON.stringify([measure, dimensions]);
        const points =
            known.get(key) ??
            detection.explain({
                AnomalyDetectorArn: detector.arn,
                MetricName: measure,
                Dimensions: dimensions,
                StartTime: formatInstant(stretch.start - contextOf(options).before),
                EndTime: formatInstant(stretch.end),
            });
        known.set(key, points);
        return points;
    };
}
