import assert from "node:assert/strict";
import {
    ActivateAnomalyDetectorCommand,
    BackTestAnomalyDetectorCommand,
    CreateAnomalyDetectorCommand,
    CreateMetricSetCommand,
    DescribeAnomalyDetectorCommand,
    GetDataQualityMetricsCommand,
    GetFeedbackCommand,
    ListAnomalyGroupRelatedMetricsCommand,
    ListAnomalyGroupSummariesCommand,
    ListAnomalyGroupTimeSeriesCommand,
    paginateDescribeAnomalyDetectionExecutions,
    paginateListAnomalyGroupTimeSeries,
    PutFeedbackCommand,
    type AnomalyGroupSummary,
} from "@aws-sdk/client-lookoutmetrics";
import { startDetectionServer, type DetectionServer } from "../../support/detectionServer";
import { memoryObjectStore } from "../../support/memoryObjectStore";
import { shopLedger, type ShopLedger } from "../../support/shopLedger";
import { detectorArn, metricSet, metricSetArn } from "./conformance/world";

const days = 40;
const hour = 3_600_000;
const AnomalyDetectorArn = detectorArn("test");

describe("detection/api, a back-test through the official client", () => {
    let server: DetectionServer;
    let ledger: ShopLedger;
    const seen: string[] = [];

    const status = async (): Promise<string | undefined> =>
        (await server.api.send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn }))).Status;

    before(async function () {
        this.timeout(120_000);
        const objects = memoryObjectStore();
        ledger = shopLedger(objects, { historyDays: days, liveHours: 1, seed: 7, shiftChance: 0.004 });
        const rows = ledger
            .csv(0, days * 24)
            .trimEnd()
            .split("\n");
        // Two hours of some nights are missing; a row is none, and a measure is no number.
        const kept = rows.filter((row) => !/^2026-03-2\d (03|04):/.test(row));
        await objects.put("history/a.csv", `${kept.join("\n")}\nyesterday,pc_web,us,1,2\n`);
        await objects.put("history/b.csv", `${rows[0]!}\n2026-03-01 00:00:00,pc_web,us,many,0\n`);
        objects.afterPut = (key) => {
            if (!key.startsWith("_detection/detectors/")) return;
            const { status } = objects.json(key) as { status: string };
            if (seen.at(-1) !== status) seen.push(status);
        };
        server = await startDetectionServer(objects, ledger.live);
        const AnomalyDetectorConfig = { AnomalyDetectorFrequency: "PT1H" as const };
        await server.api.send(new CreateAnomalyDetectorCommand({ AnomalyDetectorName: "test", AnomalyDetectorConfig }));
        const { HistoricalDataPathList } = metricSet.MetricSource.S3SourceConfig;
        await server.api.send(
            new CreateMetricSetCommand({
                ...metricSet,
                AnomalyDetectorArn,
                MetricList: ["views", "revenue"].map((MetricName) => ({
                    MetricName,
                    AggregationFunction: "SUM" as const,
                })),
                DimensionList: ["platform", "marketplace"],
                MetricSource: { S3SourceConfig: { HistoricalDataPathList } },
            }),
        );
        await server.api.send(new BackTestAnomalyDetectorCommand({ AnomalyDetectorArn }));
        await server.queue.idle();
    });

    after(() => server.close());

    const groups = async (): Promise<AnomalyGroupSummary[]> => {
        const query = { AnomalyDetectorArn, SensitivityThreshold: 0 };
        return (await server.api.send(new ListAnomalyGroupSummariesCommand(query))).AnomalyGroupSummaryList ?? [];
    };

    it("says how far it is, and at last that it is done", async () => {
        assert.deepEqual(seen, ["INACTIVE", "BACK_TEST_ACTIVATING", "BACK_TEST_ACTIVE", "BACK_TEST_COMPLETE"]);
        assert.equal(await status(), "BACK_TEST_COMPLETE");
    });

    it("finds groups in the tested part and nowhere else", async () => {
        const found = await groups();
        assert.ok(found.length >= 2);
        const testedFrom = ledger.live - days * 24 * hour * 0.3 - hour;
        for (const { StartTime } of found)
            assert.ok(Date.parse(`${StartTime!.slice(0, 16)}Z`) >= testedFrom, StartTime);
    });

    it("lists an execution for each tested interval", async () => {
        let count = 0;
        const pages = paginateDescribeAnomalyDetectionExecutions(
            { client: server.api, pageSize: 100 },
            { AnomalyDetectorArn },
        );
        for await (const { ExecutionList = [] } of pages) count += ExecutionList.length;
        assert.ok(Math.abs(count - days * 24 * 0.3) <= 2, String(count));
    });

    it("counts rows and columns, and tells the bounds of its two parts", async () => {
        const query = { AnomalyDetectorArn, MetricSetArn: metricSetArn("test", "orders") };
        const { AnomalyDetectorDataQualityMetricList: list = [] } = await server.api.send(
            new GetDataQualityMetricsCommand(query),
        );
        assert.equal(list.length, 1);
        assert.equal(list[0]!.StartTimestamp!.getTime(), ledger.from);
        const metrics = list[0]!.MetricSetDataQualityMetricList![0]!.DataQualityMetricList!;
        const value = (type: string, column?: string): number =>
            metrics.find(({ MetricType, RelatedColumnName }) => MetricType === type && RelatedColumnName === column)!
                .MetricValue!;
        assert.ok(value("ROWS_PROCESSED") > 19_000 && value("ROWS_PROCESSED") < 21 * 24 * days);
        assert.equal(value("INVALID_ROWS_COMPLIANCE"), 1);
        assert.equal(value("ROWS_PARTIAL_COMPLIANCE"), 1);
        assert.equal(value("TIME_SERIES_COUNT"), 42);
        assert.equal(value("DIMENSION_UNIQUENESS", "marketplace"), 7);
        assert.ok(value("COLUMN_COMPLETENESS", "views") > 99 && value("COLUMN_COMPLETENESS", "views") < 100);
        const bounds = ["TRAINING", "INFERENCE"].flatMap((part) =>
            ["START", "END"].map((end) => value(`BACKTEST_${part}_DATA_${end}_TIME_STAMP`)),
        );
        assert.equal(bounds[0], ledger.from / 1000);
        assert.equal(bounds[1], bounds[2]);
        assert.equal(bounds[3], ledger.live / 1000);
        const invalid = metrics.find(({ MetricType }) => MetricType === "INVALID_ROWS_COMPLIANCE")!;
        assert.match(invalid.MetricDescription!, /"yesterday"/);
        assert.doesNotMatch(invalid.MetricDescription!, /"many"/, "its row was used");
        const partial = metrics.find(({ MetricType }) => MetricType === "ROWS_PARTIAL_COMPLIANCE")!;
        assert.match(partial.MetricDescription!, /"many" is not a number/);
    });

    it("has no series of a measure that is not the group's, and refuses what is no measure", async () => {
        const group = (await groups()).find(({ PrimaryMetricName }) => PrimaryMetricName === "revenue")!;
        const query = { AnomalyDetectorArn, AnomalyGroupId: group.AnomalyGroupId };
        const views = new ListAnomalyGroupTimeSeriesCommand({ ...query, MetricName: "views" });
        assert.deepEqual((await server.api.send(views)).TimeSeriesList, []);
        const none = new ListAnomalyGroupTimeSeriesCommand({ ...query, MetricName: "view" });
        await assert.rejects(server.api.send(none), {
            name: "ValidationException",
            message: /MetricName is not a measure of the metric set/,
        });
    });

    it("refuses what is no ARN in words", async () => {
        await assert.rejects(server.api.send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn: "hello" })), {
            message: "1 validation error detected: AnomalyDetectorArn is not the ARN of an anomaly detector",
        });
    });

    it("shows gaps as NaN in their places, on pages of series with the same times", async () => {
        const [group] = await groups();
        const query = {
            AnomalyDetectorArn,
            AnomalyGroupId: group!.AnomalyGroupId,
            MetricName: group!.PrimaryMetricName,
        };
        const whole = await server.api.send(new ListAnomalyGroupTimeSeriesCommand(query));
        const gaps = whole.TimestampList!.flatMap((time, i) => (/^2026-03-2\dT0[34]/.test(time) ? [i] : []));
        assert.ok(gaps.length > 0);
        const ids: (string | undefined)[] = [];
        for await (const page of paginateListAnomalyGroupTimeSeries({ client: server.api, pageSize: 1 }, query)) {
            assert.deepEqual(page.TimestampList, whole.TimestampList);
            for (const { TimeSeriesId, MetricValueList } of page.TimeSeriesList!) {
                ids.push(TimeSeriesId);
                assert.equal(MetricValueList!.length, page.TimestampList!.length);
                const missing = MetricValueList!.flatMap((value, i) => (Number.isNaN(value) ? [i] : []));
                assert.deepEqual(missing, gaps);
            }
        }
        assert.deepEqual(
            ids,
            whole.TimeSeriesList!.map(({ TimeSeriesId }) => TimeSeriesId),
        );
    });

    it("names views and revenue, which move together, as each other's cause and effect", async () => {
        const found = await groups();
        const ofViews = found.filter(({ PrimaryMetricName }) => PrimaryMetricName === "views");
        // The surest one: what shows as a drift may stay within the band, and has no clear cause.
        const views = ofViews.reduce((one, other) => (other.AnomalyGroupScore! > one.AnomalyGroupScore! ? other : one));
        const revenue = found.find(
            (group) => group.PrimaryMetricName === "revenue" && group.StartTime === views.StartTime,
        )!;
        const related = async (AnomalyGroupId?: string, RelationshipTypeFilter?: "CAUSE_OF_INPUT_ANOMALY_GROUP") => {
            const query = { AnomalyDetectorArn, AnomalyGroupId, RelationshipTypeFilter };
            const sent = await server.api.send(new ListAnomalyGroupRelatedMetricsCommand(query));
            return sent.InterMetricImpactList!;
        };
        const [cause] = await related(revenue.AnomalyGroupId);
        assert.equal(cause!.MetricName, "views");
        assert.equal(cause!.AnomalyGroupId, views.AnomalyGroupId);
        assert.equal(cause!.RelationshipType, "CAUSE_OF_INPUT_ANOMALY_GROUP");
        assert.ok(cause!.ContributionPercentage! > 40 && cause!.ContributionPercentage! < 100);
        const [effect] = await related(views.AnomalyGroupId);
        assert.deepEqual(effect, {
            MetricName: "revenue",
            AnomalyGroupId: revenue.AnomalyGroupId,
            RelationshipType: "EFFECT_OF_INPUT_ANOMALY_GROUP",
        });
        assert.deepEqual(await related(views.AnomalyGroupId, "CAUSE_OF_INPUT_ANOMALY_GROUP"), []);
    });

    it("takes feedback, the last of each series", async () => {
        const [group] = await groups();
        const AnomalyGroupId = group!.AnomalyGroupId!;
        const of = { AnomalyDetectorArn, AnomalyGroupId, MetricName: group!.PrimaryMetricName };
        const { TimeSeriesList } = await server.api.send(new ListAnomalyGroupTimeSeriesCommand(of));
        const TimeSeriesId = TimeSeriesList![0]!.TimeSeriesId!;
        const heard = async (about: { TimeSeriesId?: string } = {}) => {
            const AnomalyGroupTimeSeriesFeedback = { AnomalyGroupId, ...about };
            const query = { AnomalyDetectorArn, AnomalyGroupTimeSeriesFeedback };
            return (await server.api.send(new GetFeedbackCommand(query))).AnomalyGroupTimeSeriesFeedback;
        };
        assert.deepEqual(await heard(), []);
        for (const IsAnomaly of [false, true, false]) {
            const AnomalyGroupTimeSeriesFeedback = { AnomalyGroupId, TimeSeriesId, IsAnomaly };
            await server.api.send(new PutFeedbackCommand({ AnomalyDetectorArn, AnomalyGroupTimeSeriesFeedback }));
        }
        assert.deepEqual(await heard(), [{ TimeSeriesId, IsAnomaly: false }]);
        assert.deepEqual(await heard({ TimeSeriesId: "other" }), []);
    });

    it("never goes live", async () => {
        const sent = server.api.send(new ActivateAnomalyDetectorCommand({ AnomalyDetectorArn }));
        await assert.rejects(sent, { name: "ConflictException" });
    });
});
