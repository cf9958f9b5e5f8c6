"use strict";

/*
 * What the published samples for Amazon Lookout for Metrics did, from the first call to the last, with the official client alone:
 *
 *   1. a back-test over the history: create a detector, give it a metric set, test, poll, then read groups, contributions, time
 *      series, and mark a series;
 *   2. a live detector with an alert: learn, poll, let time pass, read what was found.
 *
 * Nothing here knows whose service answers: only the endpoint is ours. README.md beside this file says how to run it.
 */

const { parseArgs } = require("node:util");
const {
    ActivateAnomalyDetectorCommand,
    BackTestAnomalyDetectorCommand,
    CreateAlertCommand,
    CreateAnomalyDetectorCommand,
    CreateMetricSetCommand,
    DeleteAnomalyDetectorCommand,
    DescribeAnomalyDetectorCommand,
    GetAnomalyGroupCommand,
    GetDataQualityMetricsCommand,
    GetFeedbackCommand,
    ListAnomalyGroupRelatedMetricsCommand,
    ListAnomalyGroupTimeSeriesCommand,
    LookoutMetricsClient,
    PutFeedbackCommand,
    paginateListAnomalyGroupSummaries,
} = require("@aws-sdk/client-lookoutmetrics");

const { values: flags } = parseArgs({
    options: {
        endpoint: { type: "string", default: "http://127.0.0.1:8080" },
        bucket: { type: "string", default: "sample-data" },
        region: { type: "string", default: "us-east-1" },
        topic: { type: "string", default: "arn:aws:sns:us-east-1:123456789012:anomalies" },
        role: { type: "string", default: "arn:aws:iam::123456789012:role/lookout" },
        // A service with a simulated clock is told to let time pass; with the real clock, leave it out and come back later.
        advance: { type: "string" },
        threshold: { type: "string", default: "70" },
        "poll-ms": { type: "string", default: "500" },
        keep: { type: "boolean", default: false },
    },
});

const client = new LookoutMetricsClient({
    endpoint: flags.endpoint,
    region: flags.region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
});
const threshold = Number(flags.threshold);
const print = (line = "") => process.stdout.write(`${line}\n`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The metric set of the samples: hourly views and revenue by platform and marketplace, as CSV files. */
function metricSet(arn, name, paths) {
    return {
        AnomalyDetectorArn: arn,
        MetricSetName: name,
        MetricList: [
            { MetricName: "views", AggregationFunction: "SUM" },
            { MetricName: "revenue", AggregationFunction: "SUM" },
        ],
        DimensionList: ["platform", "marketplace"],
        TimestampColumn: { ColumnName: "timestamp", ColumnFormat: "yyyy-MM-dd HH:mm:ss" },
        MetricSetFrequency: "PT1H",
        Offset: 300,
        MetricSource: {
            S3SourceConfig: {
                RoleArn: flags.role,
                ...paths,
                FileFormatDescriptor: {
                    CsvFormatDescriptor: {
                        FileCompression: "NONE",
                        Charset: "UTF-8",
                        ContainsHeader: true,
                        Delimiter: ",",
                        QuoteSymbol: '"',
                    },
                },
            },
        },
    };
}

async function createDetector(name, description) {
    const { AnomalyDetectorArn: arn } = await client.send(
        new CreateAnomalyDetectorCommand({
            AnomalyDetectorName: name,
            AnomalyDetectorDescription: description,
            AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT1H" },
        }),
    );
    print(`created ${arn}`);
    return arn;
}

/** Polls until the detector has one of these states; prints each state that it sees. */
async function waitFor(arn, ...states) {
    for (let seen; ; await pause(Number(flags["poll-ms"]))) {
        const { Status: status, FailureReason: reason } = await client.send(
            new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn: arn }),
        );
        if (status !== seen) print(`  ${status}`);
        seen = status;
        if (states.includes(status)) return;
        if (status === "FAILED") throw new Error(`the detector failed: ${reason}`);
    }
}

/** All groups from the threshold on, newest first, page by page. */
async function listGroups(arn) {
    const groups = [];
    const pages = paginateListAnomalyGroupSummaries(
        { client },
        { AnomalyDetectorArn: arn, SensitivityThreshold: threshold, MaxResults: 100 },
    );
    for await (const page of pages) {
        // The statistics come with the first page alone, as they always did.
        if (page.AnomalyGroupStatistics) print(`  ${page.AnomalyGroupStatistics.TotalCount} anomaly groups`);
        groups.push(...(page.AnomalyGroupSummaryList ?? []));
    }
    return groups;
}

/** Prints a group with each dimension's contributions and what else moved with it. */
async function showGroup(arn, { AnomalyGroupId: id }) {
    const key = { AnomalyDetectorArn: arn, AnomalyGroupId: id };
    const { AnomalyGroup: group } = await client.send(new GetAnomalyGroupCommand(key));
    print(`  ${group.StartTime} to ${group.EndTime}  ${group.PrimaryMetricName}  severity ${group.AnomalyGroupScore}`);
    for (const { ContributionMatrix: matrix } of group.MetricLevelImpactList ?? [])
        for (const { DimensionName: name, DimensionValueContributionList: list } of matrix.DimensionContributionList ??
            []) {
            const shares = list.map(
                ({ DimensionValue: value, ContributionScore: share }) => `${value} ${share.toFixed(0)} %`,
            );
            print(`    ${name}: ${shares.slice(0, 3).join(", ")}${shares.length > 3 ? ", …" : ""}`);
        }
    const { InterMetricImpactList: related = [] } = await client.send(new ListAnomalyGroupRelatedMetricsCommand(key));
    for (const { MetricName: measure, RelationshipType: type, ContributionPercentage: share } of related)
        print(
            `    ${type === "CAUSE_OF_INPUT_ANOMALY_GROUP" ? `caused by ${measure}, ${share} %` : `led to ${measure}`}`,
        );
    return group;
}

/** The series of a group, each with as many values as there are timestamps; gaps are NaN. */
async function listSeries(arn, { AnomalyGroupId: id, PrimaryMetricName: measure }) {
    const { TimeSeriesList: series = [], TimestampList: timestamps = [] } = await client.send(
        new ListAnomalyGroupTimeSeriesCommand({ AnomalyDetectorArn: arn, AnomalyGroupId: id, MetricName: measure }),
    );
    print(`    ${series.length} time series of ${timestamps.length} values, up to ${timestamps.at(-1)}`);
    return series;
}

/** Marks the first series of a group as no anomaly, and reads the mark back. */
async function giveFeedback(arn, { AnomalyGroupId: id }, [series]) {
    await client.send(
        new PutFeedbackCommand({
            AnomalyDetectorArn: arn,
            AnomalyGroupTimeSeriesFeedback: { AnomalyGroupId: id, TimeSeriesId: series.TimeSeriesId, IsAnomaly: false },
        }),
    );
    const { AnomalyGroupTimeSeriesFeedback: marks } = await client.send(
        new GetFeedbackCommand({ AnomalyDetectorArn: arn, AnomalyGroupTimeSeriesFeedback: { AnomalyGroupId: id } }),
    );
    const values = series.DimensionList.map(({ DimensionValue: value }) => value).join(", ");
    print(`    marked ${values} as ${marks[0].IsAnomaly ? "an anomaly" : "no anomaly"}`);
}

async function showQuality(arn) {
    const { AnomalyDetectorDataQualityMetricList: runs = [] } = await client.send(
        new GetDataQualityMetricsCommand({ AnomalyDetectorArn: arn }),
    );
    const metrics = runs
        .flatMap((run) => run.MetricSetDataQualityMetricList ?? [])
        .flatMap((set) => set.DataQualityMetricList);
    for (const type of ["ROWS_PROCESSED", "INVALID_ROWS_COMPLIANCE", "TIME_SERIES_COUNT"]) {
        const found = metrics.find((metric) => metric.MetricType === type);
        if (found) print(`  ${type}: ${found.MetricValue}`);
    }
}

/** Deletes a detector, and waits until it is gone. */
async function deleteDetector(arn) {
    await client.send(new DeleteAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));
    try {
        for (;;) {
            await client.send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));
            await pause(Number(flags["poll-ms"]));
        }
    } catch (error) {
        if (error.name !== "ResourceNotFoundException") throw error;
        print(`deleted ${arn}`);
    }
}

async function backtest() {
    print("== Back-test");
    const arn = await createDetector("ecommerce-backtest", "Views and revenue, tested on the past");
    const HistoricalDataPathList = [`s3://${flags.bucket}/ecommerce/backtest/`];
    await client.send(new CreateMetricSetCommand(metricSet(arn, "ecommerce", { HistoricalDataPathList })));
    await client.send(new BackTestAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));
    await waitFor(arn, "BACK_TEST_COMPLETE");
    await showQuality(arn);
    const groups = await listGroups(arn);
    for (const [index, group] of groups.slice(0, 3).entries()) {
        await showGroup(arn, group);
        const series = await listSeries(arn, group);
        if (index === 0) await giveFeedback(arn, group, series);
    }
    return arn;
}

/** Lets a simulated clock come to an instant. This call is the local service's own; a real service needs none. */
async function letTimePass(to) {
    const answer = await fetch(new URL("/-/advance", flags.endpoint), { method: "POST", body: JSON.stringify({ to }) });
    const { Message: message, now, failed = [] } = await answer.json();
    if (!answer.ok || message) throw new Error(`the service cannot let time pass: ${message}`);
    for (const { job, detector, message: reason } of failed) print(`  failed: ${job} ${detector ?? ""}: ${reason}`);
    print(`  the clock shows ${now}`);
}

async function live() {
    print("\n== Live");
    const arn = await createDetector("ecommerce-live", "Views and revenue, hour by hour");
    await client.send(
        new CreateMetricSetCommand(
            metricSet(arn, "ecommerce", {
                TemplatedPathList: [`s3://${flags.bucket}/ecommerce/live/{{yyyyMMdd}}/{{HHmm}}`],
                HistoricalDataPathList: [`s3://${flags.bucket}/ecommerce/backtest/`],
            }),
        ),
    );
    await client.send(new ActivateAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));
    await waitFor(arn, "ACTIVE", "LEARNING");
    const { AlertArn: alert } = await client.send(
        new CreateAlertCommand({
            AlertName: "ecommerce-live",
            AlertDescription: "Anomalies of the shop",
            AnomalyDetectorArn: arn,
            AlertSensitivityThreshold: threshold,
            Action: { SNSConfiguration: { RoleArn: flags.role, SnsTopicArn: flags.topic, SnsFormat: "SHORT_TEXT" } },
        }),
    );
    print(`created ${alert}`);
    if (flags.advance === undefined) {
        print("  the detector goes on by itself; come back when hours have passed");
        return arn;
    }
    await letTimePass(flags.advance);
    for (const group of (await listGroups(arn)).slice(0, 3)) await showGroup(arn, group);
    return arn;
}

async function main() {
    const arns = [await backtest(), await live()];
    print("");
    if (flags.keep || flags.advance === undefined) print(`kept ${arns.join(" and ")}`);
    else for (const arn of arns) await deleteDetector(arn);
}

main().catch((error) => {
    process.stderr.write(`${error.name}: ${error.message}\n`);
    for (const { Name: name, Message: message } of error.Fields ?? []) process.stderr.write(`  ${name} ${message}\n`);
    process.exitCode = 1;
});
