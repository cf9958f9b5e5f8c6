import assert from "node:assert/strict";
import {
    ActivateAnomalyDetectorCommand,
    CreateAnomalyDetectorCommand,
    CreateMetricSetCommand,
    DeactivateAnomalyDetectorCommand,
    DeleteAnomalyDetectorCommand,
    DescribeAnomalyDetectionExecutionsCommand,
    DescribeAnomalyDetectorCommand,
    DescribeMetricSetCommand,
    GetAnomalyGroupCommand,
    ListAnomalyDetectorsCommand,
    ListAnomalyGroupSummariesCommand,
    ListAnomalyGroupTimeSeriesCommand,
    ListMetricSetsCommand,
    ListTagsForResourceCommand,
    paginateListAnomalyGroupSummaries,
    TagResourceCommand,
    UntagResourceCommand,
    UpdateAnomalyDetectorCommand,
    UpdateMetricSetCommand,
    type AnomalyGroupSummary,
} from "@aws-sdk/client-lookoutmetrics";
import { startDetectionServer, testBucket, type DetectionServer } from "../../support/detectionServer";
import { memoryObjectStore, type MemoryObjectStore } from "../../support/memoryObjectStore";
import { shopLedger, type ShopLedger } from "../../support/shopLedger";

const hour = 3_600_000;
const arn = "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:lookout-dev-shop";
const metricSetArn = "arn:aws:lookoutmetrics:us-east-1:123456789012:MetricSet/lookout-dev-shop/0123456789";
const metricSet = {
    AnomalyDetectorArn: arn,
    MetricSetName: "0123456789",
    MetricList: [
        { MetricName: "views", AggregationFunction: "SUM" as const },
        { MetricName: "revenue", AggregationFunction: "SUM" as const },
    ],
    DimensionList: ["platform", "marketplace"],
    TimestampColumn: { ColumnName: "timestamp", ColumnFormat: "yyyy-MM-dd HH:mm:ss" },
    MetricSetFrequency: "PT1H" as const,
    Offset: 300,
    MetricSource: {
        S3SourceConfig: {
            RoleArn: "arn:aws:iam::123456789012:role/reader",
            TemplatedPathList: [`s3://${testBucket}/shop/live/{{yyyyMMdd}}/{{HHmm}}/`],
            HistoricalDataPathList: [`s3://${testBucket}/shop/backtest/0123456789/`],
        },
    },
};

async function createDetector({ api }: DetectionServer): Promise<void> {
    await api.send(
        new CreateAnomalyDetectorCommand({
            AnomalyDetectorName: "lookout-dev-shop",
            AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT1H" },
            Tags: { "lookout:owner": "urn:pulumi:dev::lookout" },
        }),
    );
}

async function statusOf({ api }: DetectionServer): Promise<string | undefined> {
    return (await api.send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn: arn }))).Status;
}

describe("detection/api, a detector's life through the official client", () => {
    let objects: MemoryObjectStore;
    let server: DetectionServer;
    let ledger: ShopLedger;

    before(async function () {
        this.timeout(60_000);
        objects = memoryObjectStore();
        ledger = shopLedger(objects, { historyDays: 60, liveHours: 72, seed: 7 });
        server = await startDetectionServer(objects, ledger.live + hour);
        await createDetector(server);
        await server.api.send(new CreateMetricSetCommand(metricSet));
        await ledger.commitHistory();
        await server.api.send(new ActivateAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));
        await server.queue.idle();
        for (let h = 0; h < 72; h++) {
            await ledger.commitHour(h);
            await server.advance(arn);
            await server.queue.idle();
        }
    });

    after(() => server.close());

    const summaries = async (threshold: number): Promise<AnomalyGroupSummary[]> => {
        const found: AnomalyGroupSummary[] = [];
        const query = { AnomalyDetectorArn: arn, SensitivityThreshold: threshold };
        for await (const page of paginateListAnomalyGroupSummaries({ client: server.api, pageSize: 3 }, query))
            found.push(...(page.AnomalyGroupSummaryList ?? []));
        return found;
    };

    it("describes the detector with its times as numbers and its status", async () => {
        const found = await server.api.send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));
        assert.equal(found.Status, "ACTIVE");
        assert.equal(found.CreationTime?.getTime(), ledger.live + hour);
        assert.equal(found.AnomalyDetectorConfig?.AnomalyDetectorFrequency, "PT1H");
        assert.equal(found.FailureReason, undefined);
    });

    it("gives the metric set back as it was made", async () => {
        const found = await server.api.send(new DescribeMetricSetCommand({ MetricSetArn: metricSetArn }));
        assert.deepEqual(found.MetricList, metricSet.MetricList);
        assert.deepEqual(found.DimensionList, metricSet.DimensionList);
        assert.deepEqual(found.MetricSource, metricSet.MetricSource);
        assert.equal(found.Offset, 300);
        assert.equal(found.Timezone, "UTC");
        const { MetricSetSummaryList } = await server.api.send(new ListMetricSetsCommand({}));
        assert.deepEqual(
            MetricSetSummaryList?.map((summary) => summary.MetricSetArn),
            [metricSetArn],
        );
    });

    it("finds every injected shift, in both measures, and nothing else", async () => {
        const groups = (await summaries(50)).filter((group) => group.PrimaryMetricName === "views");
        const hours = new Set<number>();
        for (const { StartTime = "", EndTime = "" } of groups) {
            const [start, end] = [StartTime, EndTime].map((text) => Date.parse(`${text.slice(0, 16)}:00Z`));
            for (let at = start!; at <= end!; at += hour) hours.add((at - ledger.from) / hour);
        }
        const truth = new Set<number>();
        for (const { from, to } of ledger.shifts) for (let h = from; h < to; h++) if (h >= 60 * 24) truth.add(h);
        assert.deepEqual([...hours].sort(), [...truth].sort());
        const revenue = (await summaries(50)).filter((group) => group.PrimaryMetricName === "revenue");
        assert.equal(revenue.length, groups.length);
    });

    it("lists groups newest first, each once however long the pages are", async () => {
        const all = await summaries(0);
        const first = await server.api.send(
            new ListAnomalyGroupSummariesCommand({ AnomalyDetectorArn: arn, SensitivityThreshold: 0 }),
        );
        assert.deepEqual(first.AnomalyGroupSummaryList, all);
        assert.equal(new Set(all.map((group) => group.AnomalyGroupId)).size, all.length);
        const starts = all.map((group) => group.StartTime!);
        assert.deepEqual(starts, [...starts].sort().reverse());
        assert.ok(starts.every((start) => /^\d{4}-\d\d-\d\dT\d\d:00Z\[UTC\]$/.test(start)));
    });

    it("gives statistics with the first page only, and no token with the last", async () => {
        const query = { AnomalyDetectorArn: arn, SensitivityThreshold: 0 };
        const all = await summaries(0);
        const first = await server.api.send(new ListAnomalyGroupSummariesCommand({ ...query, MaxResults: 1 }));
        assert.equal(first.AnomalyGroupStatistics?.TotalCount, all.length);
        assert.equal(first.AnomalyGroupStatistics?.EvaluationStartDate, "2026-04-01T00:00Z[UTC]");
        assert.ok(first.NextToken);
        const rest = { ...query, NextToken: first.NextToken, MaxResults: 100 };
        const second = await server.api.send(new ListAnomalyGroupSummariesCommand(rest));
        assert.equal(second.AnomalyGroupStatistics, undefined);
        assert.equal(second.NextToken, undefined);
        assert.equal(second.AnomalyGroupSummaryList?.length, all.length - 1);
    });

    it("names the dimension values of a group, with shares that add up to 100", async () => {
        for (const { AnomalyGroupId, StartTime } of await summaries(50)) {
            const query = { AnomalyDetectorArn: arn, AnomalyGroupId };
            const { AnomalyGroup } = await server.api.send(new GetAnomalyGroupCommand(query));
            const impact = AnomalyGroup!.MetricLevelImpactList![0]!;
            const lists = impact.ContributionMatrix!.DimensionContributionList!;
            assert.deepEqual(
                lists.map((list) => list.DimensionName),
                ["marketplace", "platform"],
            );
            for (const { DimensionValueContributionList: values = [] } of lists) {
                const sum = values.reduce((total, value) => total + value.ContributionScore!, 0);
                assert.ok(Math.abs(sum - 100) < 1e-9);
            }
            const at = (Date.parse(`${StartTime!.slice(0, 16)}:00Z`) - ledger.from) / hour;
            const shift = ledger.shifts.find(({ from, to }) => from <= at && at < to)!;
            const values = lists[1]!.DimensionValueContributionList!.map((value) => value.DimensionValue);
            assert.ok(values.includes(ledger.pair(shift.series).platform));
        }
    });

    it("gives the observed values of the affected series up to the group's end", async () => {
        const [group] = await summaries(50);
        const query = { AnomalyDetectorArn: arn, AnomalyGroupId: group!.AnomalyGroupId };
        const found = await server.api.send(new ListAnomalyGroupTimeSeriesCommand({ ...query, MetricName: "views" }));
        const other = await server.api.send(new ListAnomalyGroupTimeSeriesCommand({ ...query, MetricName: "revenue" }));
        const { TimestampList = [], TimeSeriesList = [] } = group!.PrimaryMetricName === "views" ? found : other;
        assert.equal(TimestampList.length, 673);
        assert.equal(TimestampList.at(-1), group!.EndTime);
        const [series] = TimeSeriesList;
        assert.equal(series!.MetricValueList!.length, 673);
        assert.match(series!.TimeSeriesId!, /^[0-9a-f]{128}$/);
        assert.deepEqual((group!.PrimaryMetricName === "views" ? other : found).TimeSeriesList, []);
    });

    it("explains a metric with its band", async () => {
        const shift = ledger.shifts.find(({ from }) => from >= 60 * 24)!;
        const at = ledger.from + shift.from * hour;
        const points = await server.explain({
            AnomalyDetectorArn: arn,
            MetricName: "views",
            Dimensions: ledger.pair(shift.series),
            StartTime: new Date(at - hour).toISOString(),
            EndTime: new Date(at + hour).toISOString(),
        });
        assert.equal(points.length, 2);
        const [, odd] = points;
        assert.equal(odd!.value, ledger.views(shift.series, shift.from));
        assert.ok(odd!.value > odd!.upper! || odd!.value < odd!.lower!);
        assert.ok(odd!.lower! < odd!.expected! && odd!.expected! < odd!.upper!);
        assert.ok(odd!.severity >= 50);
    });

    it("lists one completed execution for each scored interval, newest first", async () => {
        const query = { AnomalyDetectorArn: arn, MaxResults: 50 };
        const first = await server.api.send(new DescribeAnomalyDetectionExecutionsCommand(query));
        assert.equal(first.ExecutionList?.length, 50);
        assert.deepEqual(first.ExecutionList?.[0], { Timestamp: "2026-04-03T23:00Z[UTC]", Status: "COMPLETED" });
        const rest = { ...query, NextToken: first.NextToken };
        const second = await server.api.send(new DescribeAnomalyDetectionExecutionsCommand(rest));
        assert.equal(second.ExecutionList?.length, 22);
        assert.equal(second.NextToken, undefined);
        const one = { ...query, Timestamp: "2026-04-02T05:00:00Z" };
        const only = await server.api.send(new DescribeAnomalyDetectionExecutionsCommand(one));
        assert.deepEqual(
            only.ExecutionList?.map((execution) => execution.Timestamp),
            ["2026-04-02T05:00Z[UTC]"],
        );
    });

    it("shows intervals that are due and not scored yet as pending", async () => {
        const now = server.now;
        server.now = ledger.live + 74 * hour + 299_000;
        const list = async () => {
            const query = { AnomalyDetectorArn: arn, MaxResults: 3 };
            const found = await server.api.send(new DescribeAnomalyDetectionExecutionsCommand(query));
            return found.ExecutionList?.map(({ Timestamp, Status }) => `${Timestamp?.slice(0, 13)} ${Status}`);
        };
        const scored = ["2026-04-03T23 COMPLETED", "2026-04-03T22 COMPLETED", "2026-04-03T21 COMPLETED"];
        assert.deepEqual(await list(), ["2026-04-04T00 PENDING", ...scored.slice(0, 2)]);
        server.now += 1000;
        assert.deepEqual(await list(), ["2026-04-04T01 PENDING", "2026-04-04T00 PENDING", scored[0]]);
        server.now = now;
        assert.deepEqual(await list(), scored);
    });

    it("keeps tags of detector and metric set apart", async () => {
        const tags = async (resource: string) =>
            (await server.api.send(new ListTagsForResourceCommand({ ResourceArn: resource }))).Tags;
        await server.api.send(new TagResourceCommand({ ResourceArn: metricSetArn, Tags: { "cost centre": "a/b" } }));
        assert.deepEqual(await tags(arn), { "lookout:owner": "urn:pulumi:dev::lookout" });
        assert.deepEqual(await tags(metricSetArn), { "cost centre": "a/b" });
        await server.api.send(
            new UntagResourceCommand({ ResourceArn: metricSetArn, TagKeys: ["cost centre", "none"] }),
        );
        assert.deepEqual(await tags(metricSetArn), {});
    });

    it("lets description and offset change while it runs, and nothing else", async () => {
        await server.api.send(
            new UpdateAnomalyDetectorCommand({ AnomalyDetectorArn: arn, AnomalyDetectorDescription: "Views" }),
        );
        const same = { MetricSetArn: metricSetArn, MetricList: metricSet.MetricList, Offset: 600 };
        await server.api.send(new UpdateMetricSetCommand(same));
        const other = { MetricSetArn: metricSetArn, DimensionList: ["platform"] };
        await assert.rejects(server.api.send(new UpdateMetricSetCommand(other)), { name: "ValidationException" });
        assert.equal(await statusOf(server), "ACTIVE");
        const { AnomalyDetectorSummaryList } = await server.api.send(new ListAnomalyDetectorsCommand({}));
        assert.equal(AnomalyDetectorSummaryList?.[0]?.AnomalyDetectorDescription, "Views");
    });

    it("goes on where it was after being stopped and started again", async () => {
        const before = await summaries(0);
        await server.api.send(new DeactivateAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));
        assert.equal(await statusOf(server), "DEACTIVATED");
        assert.deepEqual(await summaries(0), before);
        const puts = objects.calls.put;
        await server.api.send(new ActivateAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));
        await server.queue.idle();
        assert.equal(await statusOf(server), "ACTIVE");
        assert.deepEqual(await summaries(0), before);
        assert.equal(objects.calls.put - puts, 2, "two changes of the status, no learning");
    });

    it("leaves nothing behind when it is deleted", async () => {
        const stopped = memoryObjectStore();
        const other = await startDetectionServer(stopped, 0);
        await createDetector(other);
        await other.api.send(new DeleteAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));
        await assert.rejects(statusOf(other), { name: "ResourceNotFoundException" });
        assert.deepEqual(stopped.keys("_detection/"), []);
        await other.close();
    });
});
