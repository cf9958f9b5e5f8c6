import { metricSetOfRun, type MetricSetRecord, type ProgressRecord } from "../../store/records";
import { metricSetArn } from "../arns";
import { mustReadDetector, runOf, type ApiContext } from "../context";
import { notFound } from "../errors";
import type { Requests } from "../schemas";
import { mustReadMetricSet } from "./metricSets";

/** One number about the rows that a run has read. */
interface QualityMetric {
    readonly MetricType: string;
    readonly MetricDescription: string;
    readonly RelatedColumnName?: string;
    readonly MetricValue: number;
}

/** What was found in the rows of the present run: one entry, from the first interval that it learned from. */
export async function getDataQualityMetrics(context: ApiContext, request: Requests["GetDataQualityMetrics"]) {
    const record = await mustReadDetector(context, request.AnomalyDetectorArn);
    if (request.MetricSetArn !== undefined) {
        const { record: owner } = await mustReadMetricSet(context, request.MetricSetArn);
        if (owner.name !== record.name) throw notFound("MetricSet", request.MetricSetArn);
    }
    const store = runOf(context, record)?.store;
    const progress = (await store?.progress())?.record;
    const { metricSet } = record;
    if (store === undefined || progress === undefined || metricSet === undefined)
        return { AnomalyDetectorDataQualityMetricList: [] };
    const combinations = await store.combinations(progress);
    const metrics = [
        ...rowMetrics(progress),
        ...shapeMetrics(metricSetOfRun(metricSet, progress), combinations),
        ...(record.status.startsWith("BACK_TEST") ? backTestMetrics(progress) : []),
    ];
    return {
        AnomalyDetectorDataQualityMetricList: [
            {
                StartTimestamp: progress.since / 1000,
                MetricSetDataQualityMetricList: [
                    {
                        MetricSetArn: metricSetArn(context.place, record.name, metricSet.name),
                        DataQualityMetricList: metrics,
                    },
                ],
            },
        ],
    };
}

function rowMetrics({ quality }: ProgressRecord): QualityMetric[] {
    const { rows, badRows, partialRows, lateRows, strayRows, futureRows, badObjects, columns } = quality;
    const late = quality.examples.filter((finding) => finding.startsWith("late: "));
    const lost = quality.examples.filter((finding) => !late.includes(finding));
    const aside = [
        ...(lateRows > 0 ? [`${lateRows} rows came after their interval was scored`] : []),
        ...(strayRows > 0 ? [`${strayRows} rows lay in the folder of another interval`] : []),
        ...(futureRows > 0 ? [`${futureRows} rows are later than the last interval that had ended`] : []),
        ...(badObjects > 0 ? [`${badObjects} objects could not be read whole`] : []),
        ...late,
    ];
    return [
        metric("ROWS_PROCESSED", `Rows read from the source${listed(aside, ". Beside them: ")}`, rows),
        metric(
            "ROWS_PARTIAL_COMPLIANCE",
            `Rows used although a field in them could not be${listed(quality.partialExamples, ". Seen: ")}`,
            partialRows,
        ),
        metric("INVALID_ROWS_COMPLIANCE", `Rows that could not be used${listed(lost, ". Seen: ")}`, badRows),
        ...columns.map(({ column, usable }) => ({
            ...metric("COLUMN_COMPLETENESS", "Percentage of rows with a usable value", percent(usable, rows)),
            RelatedColumnName: column,
        })),
    ];
}

function shapeMetrics(
    { measures, dimensions }: MetricSetRecord,
    combinations: readonly (readonly string[])[],
): QualityMetric[] {
    return [
        metric("TIME_SERIES_COUNT", "Metrics formed", combinations.length * measures.length),
        ...dimensions.map((dimension, d) => ({
            ...metric("DIMENSION_UNIQUENESS", "Distinct values", new Set(combinations.map((values) => values[d])).size),
            RelatedColumnName: dimension,
        })),
    ];
}

/** Bounds of the two parts of a back-test as seconds since 1970; an end is the end of the part's last interval. */
function backTestMetrics({ since, scoredFrom, scoredThrough }: ProgressRecord): QualityMetric[] {
    return [
        metric("BACKTEST_TRAINING_DATA_START_TIME_STAMP", "Start of what was learned", since / 1000),
        metric("BACKTEST_TRAINING_DATA_END_TIME_STAMP", "End of what was learned", scoredFrom / 1000),
        metric("BACKTEST_INFERENCE_DATA_START_TIME_STAMP", "Start of what was tested", scoredFrom / 1000),
        metric("BACKTEST_INFERENCE_DATA_END_TIME_STAMP", "End of what was tested", scoredThrough / 1000),
    ];
}

const metric = (MetricType: string, MetricDescription: string, MetricValue: number): QualityMetric => ({
    MetricType,
    MetricDescription,
    MetricValue,
});

const listed = (items: readonly string[], start: string): string =>
    items.length === 0 ? "" : `${start}${items.join("; ")}`;

/** With two decimals; of no rows at all, none are incomplete. */
const percent = (part: number, whole: number): number =>
    whole === 0 ? 100 : Math.round((part / whole) * 10_000) / 100;
