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

const HOUR_MS = 3_600_000;
/** How much of the series is kept before and after a group, in milliseconds. */
const contextMs = { before: 36 * HOUR_MS, after: 18 * HOUR_MS };

export interface ReadOptions {
    /** Logical name and ARN. */
    readonly detector: { readonly name: string; readonly arn: string };
    /** Length of the detector's interval in milliseconds. */
    readonly intervalMs: number;
    /** Groups that begin in this stretch are read. */
    readonly stretch: Window;
    /** Smallest severity, from 0 to 100. */
    readonly threshold: number;
}

/** Reads a detector's anomaly groups through the official client, and explains each by its metrics' expected values. */
export async function readGroups(detection: Detection, options: ReadOptions): Promise<FoundGroup[]> {
    const { api } = detection;
    const explain = rememberedExplain(detection, options);
    const groups: FoundGroup[] = [];
    const pages = paginateListAnomalyGroupSummaries(
        { client: api },
        { AnomalyDetectorArn: options.detector.arn, SensitivityThreshold: Math.floor(options.threshold) },
    );
    for await (const { AnomalyGroupSummaryList: summaries = [] } of pages) {
        for (const summary of summaries) {
            const start = parseTimestamp(summary.StartTime);
            if (start >= options.stretch.start && start < options.stretch.end) {
                groups.push(await readGroup(api, explain, summary, options));
            }
        }
    }
    return groups.sort((a, b) => a.start - b.start || a.measure.localeCompare(b.measure));
}

/** Reads a timestamp of the API, such as `2026-04-01T15:00Z[UTC]`, as milliseconds since 1970. */
export function parseTimestamp(text: string | undefined): number {
    const instant = Date.parse((text ?? "").replace(/\[.*\]$/, ""));
    if (Number.isNaN(instant)) {
        throw new RangeError(`the detection service gave "${text}" where a timestamp was expected`);
    }
    return instant;
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
    { detector, intervalMs, stretch }: ReadOptions,
): Promise<FoundGroup> {
    const key = { AnomalyDetectorArn: detector.arn, AnomalyGroupId: summary.AnomalyGroupId };
    const measure = summary.PrimaryMetricName ?? "";
    const start = parseTimestamp(summary.StartTime);
    const end = parseTimestamp(summary.EndTime) + intervalMs;
    const { AnomalyGroup: group } = await api.send(new GetAnomalyGroupCommand(key));
    const impact = group?.MetricLevelImpactList?.find(({ MetricName }) => MetricName === measure);
    const contributions = (impact?.ContributionMatrix?.DimensionContributionList ?? []).flatMap((dimension) =>
        (dimension.DimensionValueContributionList ?? []).map((value): Contribution => ({
            dimension: dimension.DimensionName ?? "",
            value: value.DimensionValue ?? "",
            share: value.ContributionScore ?? 0,
        })),
    );
    const metrics: (readonly ExplainedPoint[])[] = [];
    const pages = paginateListAnomalyGroupTimeSeries({ client: api }, { ...key, MetricName: measure });
    for await (const { TimeSeriesList: list = [] } of pages) {
        for (const { DimensionList: dimensions = [] } of list) {
            const values = dimensions.map(({ DimensionName, DimensionValue }) => [DimensionName, DimensionValue]);
            metrics.push(await explain(measure, Object.fromEntries(values) as Scope));
        }
    }
    const shown = { start: start - contextMs.before, end: Math.min(end + contextMs.after, stretch.end) };
    const series = sumSeries(metrics).filter(({ timestamp }) => timestamp >= shown.start && timestamp < shown.end);
    const inside = series.filter(({ timestamp }) => timestamp >= start && timestamp < end);
    return {
        id: summary.AnomalyGroupId ?? "",
        detector: detector.name,
        start,
        end,
        measure,
        severity: summary.AnomalyGroupScore ?? 0,
        dimensions: causeOf(contributions),
        contributions,
        expected: total(inside, ({ expected }) => expected),
        actual: total(inside, ({ value }) => value),
        series,
        metrics: metrics.length,
    };
}

/**
 * The sum of several metrics at each interval. Bands are added as independent spreads are, by the root of the sum of squares; an
 * interval that one metric lacks is summed over the others.
 */
export function sumSeries(metrics: readonly (readonly ExplainedPoint[])[]): SeriesPoint[] {
    const byTime = new Map<number, ExplainedPoint[]>();
    for (const point of metrics.flat()) {
        const timestamp = parseTimestamp(point.timestamp);
        byTime.set(timestamp, [...(byTime.get(timestamp) ?? []), point]);
    }
    return [...byTime]
        .sort(([a], [b]) => a - b)
        .map(([timestamp, points]) => {
            const expected = add(points.map((point) => point.expected));
            const spread = (edge: "lower" | "upper"): number | null => {
                const distances = points.map((point) =>
                    point[edge] === null || point.expected === null ? null : (point[edge] - point.expected) ** 2,
                );
                const squares = add(distances);
                return squares === null ? null : Math.sqrt(squares);
            };
            const [below, above] = [spread("lower"), spread("upper")];
            return {
                timestamp,
                value: add(points.map((point) => point.value)),
                expected,
                lower: expected === null || below === null ? null : expected - below,
                upper: expected === null || above === null ? null : expected + above,
            };
        });
}

/** Explains each metric once for the whole stretch, however many groups it is in. */
function rememberedExplain(detection: Detection, { detector, stretch }: ReadOptions): Explain {
    const known = new Map<string, Promise<readonly ExplainedPoint[]>>();
    return (measure, dimensions) => {
        const key = JSON.stringify([measure, dimensions]);
        const points =
            known.get(key) ??
            detection.explain({
                AnomalyDetectorArn: detector.arn,
                MetricName: measure,
                Dimensions: dimensions,
                StartTime: formatInstant(stretch.start - contextMs.before),
                EndTime: formatInstant(stretch.end),
            });
        known.set(key, points);
        return points;
    };
}

/** The sum of what is known, null when nothing is. */
function add(values: readonly (number | null)[]): number | null {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function total(points: readonly SeriesPoint[], pick: (point: SeriesPoint) => number | null): number {
    return add(points.map(pick)) ?? 0;
}
