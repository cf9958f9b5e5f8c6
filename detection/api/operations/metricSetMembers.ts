import type { DetectorRecord, MetricSetRecord } from "../../store/records";
import { hasKey } from "../../worker/pathTemplate";
import { invalid, invalidField } from "../errors";
import { overQuota, type Limits } from "../limits";
import type { Requests } from "../schemas";
import type { MetricSource } from "../sourceMembers";

/** What a request says of a metric set. */
type Members = Omit<Requests["UpdateMetricSet"], "MetricSetArn">;

/** A metric set with the members of a request in place of its own. Throws for members that do not go together. */
export function withMembers(
    metricSet: MetricSetRecord,
    members: Members,
    interval: DetectorRecord["interval"],
    limits: Limits,
): MetricSetRecord {
    if (members.MetricSetFrequency !== undefined && members.MetricSetFrequency !== interval)
        throw invalidField("MetricSetFrequency", `must be the anomaly detector's, ${interval}`);
    requireWithin(limits, members, metricSet.name);
    const changed: MetricSetRecord = {
        ...metricSet,
        description: members.MetricSetDescription ?? metricSet.description,
        measures: members.MetricList?.map(toMeasure) ?? metricSet.measures,
        dimensions: members.DimensionList ?? metricSet.dimensions,
        timestamp: toTimestamp(members.TimestampColumn) ?? metricSet.timestamp,
        offsetSeconds: members.Offset ?? metricSet.offsetSeconds,
        source: members.MetricSource === undefined ? metricSet.source : checkedSource(members.MetricSource),
        filters: members.DimensionFilterList?.map(toFilter) ?? metricSet.filters,
    };
    if (changed.timestamp === undefined) throw invalidField("TimestampColumn", "is required");
    requireDistinctColumns(changed);
    return changed;
}

/** A column is one thing: what tells the time or names a slice is no number to watch. */
function requireDistinctColumns({ measures, dimensions, timestamp }: MetricSetRecord): void {
    const columns = [...measures.map(({ name }) => name), ...dimensions, ...(timestamp ? [timestamp.column] : [])];
    const twice = columns.find((column, i) => columns.indexOf(column) !== i);
    if (twice !== undefined) throw invalid(`The column ${twice} is used twice, as measure, dimension or timestamp.`);
}

const toMeasure = (metric: NonNullable<Members["MetricList"]>[number]): MetricSetRecord["measures"][number] => ({
    name: metric.MetricName,
    aggregation: metric.AggregationFunction,
    namespace: metric.Namespace,
});

const toTimestamp = (column: Members["TimestampColumn"]): MetricSetRecord["timestamp"] =>
    column && { column: column.ColumnName, format: column.ColumnFormat };

const toFilter = (filter: NonNullable<Members["DimensionFilterList"]>[number]) => ({
    dimension: filter.Name,
    values: filter.FilterList.map(({ DimensionValue }) => DimensionValue),
});

function checkedSource(source: MetricSource): Record<string, unknown> {
    if (source.S3SourceConfig === undefined)
        throw invalid(`The source ${Object.keys(source)[0]} is not read; put the data into S3 and use S3SourceConfig.`);
    const { HistoricalDataPathList, TemplatedPathList, FileFormatDescriptor } = source.S3SourceConfig;
    if (HistoricalDataPathList === undefined && TemplatedPathList === undefined)
        throw invalidField("MetricSource.S3SourceConfig", "must have a HistoricalDataPathList or a TemplatedPathList");
    if (TemplatedPathList?.some((path) => !hasKey(path)))
        throw invalidField(
            "MetricSource.S3SourceConfig.TemplatedPathList",
            "must have template keys, such as {{yyyyMMdd}}/{{HHmm}}: each interval has a folder of its own",
        );
    const csv = FileFormatDescriptor?.CsvFormatDescriptor;
    if (csv?.ContainsHeader === false && csv.HeaderList === undefined)
        throw invalidField(
            "MetricSource.S3SourceConfig.FileFormatDescriptor.CsvFormatDescriptor.HeaderList",
            "is required for files without a header line",
        );
    return source;
}

/** True when nothing differs but what may change in a running detector. */
export function isSameData(one: MetricSetRecord, other: MetricSetRecord): boolean {
    const data = ({ description: _d, offsetSeconds: _o, changedAt: _c, ...rest }: MetricSetRecord): string =>
        JSON.stringify(rest);
    return data(one) === data(other);
}

function requireWithin(limits: Limits, members: Members, metricSet: string): void {
    const counts = [
        ["measures", members.MetricList],
        ["dimensions", members.DimensionList],
        ["filters", members.DimensionFilterList],
    ] as const;
    for (const [what, list] of counts)
        if (list !== undefined && list.length > limits[what])
            throw overQuota(
                "MetricSet",
                metricSet,
                `A metric set may have ${limits[what]} ${what}; found ${list.length}.`,
            );
}
