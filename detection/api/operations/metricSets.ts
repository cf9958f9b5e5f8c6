import { z } from "zod";
import type { DetectorRecord, MetricSetRecord } from "../../store/records";
import { detectorArn, metricSetArn, parseArn } from "../arns";
import { limitsOf, mustReadDetector, type ApiContext } from "../context";
import { conflict, invalid, invalidField, notFound } from "../errors";
import { overQuota, type Limits } from "../limits";
import { makeToken, pageAfter, readToken } from "../paging";
import { requireBucket } from "../permissions";
import type { Requests } from "../schemas";
import type { MetricSource } from "../sourceMembers";
import { changeDetector, refuse } from "./detectors";

/** Says where rows come from and how to read them. The path may hold nothing yet: data are checked at activation. */
export async function createMetricSet(context: ApiContext, request: Requests["CreateMetricSet"]) {
    const now = context.now();
    requireReadable(context, request.MetricSource);
    await changeDetector(context, request.AnomalyDetectorArn, (record) => {
        if (record.metricSet?.name === request.MetricSetName) {
            const arn = metricSetArn(context.place, record.name, request.MetricSetName);
            throw conflict("MetricSet", arn, `There is a metric set ${arn} already.`);
        }
        if (record.metricSet !== undefined)
            throw overQuota(
                "MetricSet",
                request.AnomalyDetectorArn,
                "The anomaly detector has a metric set already; 1 is allowed.",
            );
        refuse("createMetricSet", record, context);
        const metricSet: MetricSetRecord = {
            name: request.MetricSetName,
            createdAt: now,
            changedAt: now,
            tags: request.Tags ?? {},
            measures: [],
            dimensions: [],
            interval: record.interval,
            offsetSeconds: 0,
            timeZone: request.Timezone ?? "UTC",
            source: {},
        };
        return { ...record, metricSet: withMembers(metricSet, request, record.interval, limitsOf(context)) };
    });
    const { detector } = parseArn(context.place, request.AnomalyDetectorArn)!;
    return { MetricSetArn: metricSetArn(context.place, detector, request.MetricSetName) };
}

export async function describeMetricSet(context: ApiContext, request: Requests["DescribeMetricSet"]) {
    const { record, metricSet } = await mustReadMetricSet(context, request.MetricSetArn);
    return {
        ...summaryOf(context, record, metricSet),
        Offset: metricSet.offsetSeconds,
        MetricList: metricSet.measures.map(({ name, aggregation, namespace }) => ({
            MetricName: name,
            AggregationFunction: aggregation,
            Namespace: namespace,
        })),
        TimestampColumn: metricSet.timestamp && {
            ColumnName: metricSet.timestamp.column,
            ColumnFormat: metricSet.timestamp.format,
        },
        DimensionList: metricSet.dimensions,
        MetricSetFrequency: metricSet.interval,
        Timezone: metricSet.timeZone,
        MetricSource: metricSet.source,
        DimensionFilterList: metricSet.filters?.map(({ dimension, values }) => ({
            Name: dimension,
            FilterList: values.map((value) => ({ DimensionValue: value, FilterOperation: "EQUALS" })),
        })),
    };
}

export async function listMetricSets(context: ApiContext, request: Requests["ListMetricSets"]) {
    const subject = `ListMetricSets ${request.AnomalyDetectorArn ?? ""}`;
    const after = readToken(request.NextToken, { subject, schema: z.string(), now: context.now() });
    const records =
        request.AnomalyDetectorArn === undefined
            ? await Promise.all((await context.detectors.names()).map((name) => context.detectors.read(name)))
            : [await mustReadDetector(context, request.AnomalyDetectorArn)];
    // By name, as they are paged: the store lists keys, in which "shop-eu.json" comes before "shop.json".
    const items = records
        .flatMap((record) => (record?.metricSet ? [{ record, metricSet: record.metricSet }] : []))
        .sort((one, other) => (one.record.name < other.record.name ? -1 : 1));
    const { page, next } = pageAfter(items, ({ record }) => record.name, { after, size: request.MaxResults });
    return {
        MetricSetSummaryList: page.map(({ record, metricSet }) => ({
            ...summaryOf(context, record, metricSet),
            Tags: metricSet.tags,
        })),
        NextToken: next === undefined ? undefined : makeToken(subject, next, context.now()),
    };
}

/** Changes the members that are given. While the detector runs, only description and offset may differ from what they were. */
export async function updateMetricSet(context: ApiContext, request: Requests["UpdateMetricSet"]) {
    const { record: found } = await mustReadMetricSet(context, request.MetricSetArn);
    if (request.MetricSource !== undefined) requireReadable(context, request.MetricSource);
    await context.detectors.change(found.name, (record) => {
        if (record.metricSet === undefined) throw notFound("MetricSet", request.MetricSetArn);
        const changed = withMembers(record.metricSet, request, record.interval, limitsOf(context));
        refuse(isSameData(record.metricSet, changed) ? "changeOffset" : "changeMetricSet", record, context);
        return { ...record, metricSet: { ...changed, changedAt: context.now() } };
    });
    return { MetricSetArn: request.MetricSetArn };
}

/** The metric set that an ARN names, with its detector. Throws ResourceNotFoundException, or ValidationException for another kind of ARN. */
export async function mustReadMetricSet(context: ApiContext, arn: string) {
    if (!/:MetricSet\//.test(arn)) throw invalidField("MetricSetArn", "is not the ARN of a metric set");
    const named = parseArn(context.place, arn);
    const record = named === undefined ? undefined : await context.detectors.read(named.detector);
    const metricSet = record?.metricSet;
    if (record === undefined || metricSet === undefined || metricSet.name !== named?.metricSet)
        throw notFound("MetricSet", arn);
    return { record, metricSet };
}

type Members = Omit<Requests["UpdateMetricSet"], "MetricSetArn">;

/** A metric set with the members of a request in place of its own. Throws for members that do not go together. */
function withMembers(
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
    const csv = FileFormatDescriptor?.CsvFormatDescriptor;
    if (csv?.ContainsHeader === false && csv.HeaderList === undefined)
        throw invalidField(
            "MetricSource.S3SourceConfig.FileFormatDescriptor.CsvFormatDescriptor.HeaderList",
            "is required for files without a header line",
        );
    return source;
}

function requireReadable(context: ApiContext, { S3SourceConfig: source }: MetricSource): void {
    if (source !== undefined) requireBucket(context, source);
}

/** True when nothing differs but what may change in a running detector. */
function isSameData(one: MetricSetRecord, other: MetricSetRecord): boolean {
    const data = ({ description: _d, offsetSeconds: _o, changedAt: _c, ...rest }: MetricSetRecord): string =>
        JSON.stringify(rest);
    return data(one) === data(other);
}

function summaryOf({ place }: ApiContext, record: DetectorRecord, metricSet: MetricSetRecord) {
    return {
        MetricSetArn: metricSetArn(place, record.name, metricSet.name),
        AnomalyDetectorArn: detectorArn(place, record.name),
        MetricSetName: metricSet.name,
        MetricSetDescription: metricSet.description,
        CreationTime: metricSet.createdAt / 1000,
        LastModificationTime: metricSet.changedAt / 1000,
    };
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
