import { z } from "zod";
import type { DetectorRecord, MetricSetRecord } from "../../store/records";
import { detectorArn, metricSetArn, parseArn } from "../arns";
import { limitsOf, mustReadDetector, type ApiContext } from "../context";
import { conflict, invalidField, notFound } from "../errors";
import { overQuota } from "../limits";
import { makeToken, readToken } from "../paging";
import { requireBucket } from "../permissions";
import { readDetectors } from "../readDetectors";
import { checkData } from "../sample/checkData";
import type { Requests } from "../schemas";
import type { MetricSource } from "../sourceMembers";
import { changeDetector, refuse } from "./detectors";
import { isSameData, withMembers } from "./metricSetMembers";

/** Says where rows come from and how to read them. The path may hold nothing yet; data that are there must fit. */
export async function createMetricSet(context: ApiContext, request: Requests["CreateMetricSet"]) {
    requireReadable(context, request.MetricSource);
    const found = await mustReadDetector(context, request.AnomalyDetectorArn);
    if (found.metricSet === undefined) await checkData(context, newMetricSet(context, request, found), found.name);
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
        return { ...record, metricSet: newMetricSet(context, request, record) };
    });
    const { detector } = parseArn(context.place, request.AnomalyDetectorArn)!;
    return { MetricSetArn: metricSetArn(context.place, detector, request.MetricSetName) };
}

function newMetricSet(
    context: ApiContext,
    request: Requests["CreateMetricSet"],
    { interval }: DetectorRecord,
): MetricSetRecord {
    const now = context.now();
    const empty: MetricSetRecord = {
        name: request.MetricSetName,
        createdAt: now,
        changedAt: now,
        tags: request.Tags ?? {},
        measures: [],
        dimensions: [],
        interval,
        offsetSeconds: 0,
        timeZone: request.Timezone ?? "UTC",
        source: {},
    };
    return withMembers(empty, request, interval, limitsOf(context));
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

/** By the detectors' names; of one detector, or of all. */
export async function listMetricSets(context: ApiContext, request: Requests["ListMetricSets"]) {
    const { AnomalyDetectorArn: arn, MaxResults: size } = request;
    const subject = `ListMetricSets ${arn ?? ""}`;
    const after = readToken(request.NextToken, { subject, schema: z.string(), now: context.now() }) ?? "";
    const owners = arn === undefined ? await ownersAfter(context, after, size) : [await mustReadDetector(context, arn)];
    const items = owners.flatMap((record) =>
        record.metricSet !== undefined && record.name > after ? [{ record, metricSet: record.metricSet }] : [],
    );
    const last = items.length > size ? items[size - 1] : undefined;
    return {
        MetricSetSummaryList: items.slice(0, size).map(({ record, metricSet }) => ({
            ...summaryOf(context, record, metricSet),
            Tags: metricSet.tags,
        })),
        NextToken: last === undefined ? undefined : makeToken(subject, last.record.name, context.now()),
    };
}

/** Detectors with a metric set whose names come after one, by name: more than `size`, or all that there are. */
async function ownersAfter(context: ApiContext, after: string, size: number): Promise<DetectorRecord[]> {
    // The store lists keys, in which "shop-eu.json" comes before "shop.json".
    const names = (await context.detectors.names()).filter((name) => name > after).sort();
    const owners: DetectorRecord[] = [];
    for (let from = 0; from < names.length && owners.length <= size; from += size + 1) {
        const records = await readDetectors(context, names.slice(from, from + size + 1));
        owners.push(...records.filter(({ metricSet }) => metricSet !== undefined));
    }
    return owners;
}

/** Changes the members that are given. While the detector runs, only description and offset may differ from what they were. */
export async function updateMetricSet(context: ApiContext, request: Requests["UpdateMetricSet"]) {
    const { record: found, metricSet: before } = await mustReadMetricSet(context, request.MetricSetArn);
    if (request.MetricSource !== undefined) requireReadable(context, request.MetricSource);
    const wanted = withMembers(before, request, found.interval, limitsOf(context));
    if (!isSameData(before, wanted)) await checkData(context, wanted, found.name);
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

function requireReadable(context: ApiContext, { S3SourceConfig: source }: MetricSource): void {
    if (source !== undefined) requireBucket(context, source);
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
