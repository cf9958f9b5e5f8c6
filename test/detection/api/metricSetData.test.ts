import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import {
    CreateMetricSetCommand,
    UpdateMetricSetCommand,
    type CreateMetricSetRequest,
} from "@aws-sdk/client-lookoutmetrics";
import { testBucket } from "../../support/detectionServer";
import { detectorArn, metricSet, metricSetArn, openWorld, type World } from "./conformance/world";

describe("detection/api, a metric set beside its data", () => {
    let world: World;

    beforeEach(async () => {
        world = await openWorld();
    });

    afterEach(() => world.close());

    const create = (more: Partial<CreateMetricSetRequest>) =>
        world.api.send(new CreateMetricSetCommand({ ...metricSet, AnomalyDetectorArn: detectorArn("bare"), ...more }));

    it("is refused for a column that the data do not have, naming those they have", async () => {
        await assert.rejects(create({ DimensionList: ["shop"] }), {
            name: "ValidationException",
            Reason: "OTHER",
            message: /no column "shop"; they have timestamp, platform, marketplace, views, revenue/,
        });
    });

    it("is refused for timestamps of another format, in the old service's words", async () => {
        const TimestampColumn = { ColumnName: "timestamp", ColumnFormat: "dd.MM.yyyy HH:mm:ss" };
        await assert.rejects(create({ TimestampColumn }), {
            name: "ValidationException",
            message: /Timestamp Column values inside file provided in S3 path do not match provided timestamp format/,
        });
        const update = { MetricSetArn: metricSetArn("ready", "orders"), TimestampColumn };
        await assert.rejects(world.api.send(new UpdateMetricSetCommand(update)), { name: "ValidationException" });
    });

    it("is refused for a format and a template that nobody understands", async () => {
        const TimestampColumn = { ColumnName: "timestamp", ColumnFormat: "YYYY-QQ" };
        await assert.rejects(create({ TimestampColumn }), { Reason: "FIELD_VALIDATION_FAILED" });
        const TemplatedPathList = ["s3://shop-data/{{yyyyQQ}}/"];
        await assert.rejects(create({ MetricSource: { S3SourceConfig: { TemplatedPathList } } }), {
            Reason: "FIELD_VALIDATION_FAILED",
        });
    });

    it("is refused for a templated path without a template key", async () => {
        for (const path of ["s3://shop-data/live/", "s3://shop-data/live/{{ }}/"]) {
            const MetricSource = { S3SourceConfig: { TemplatedPathList: [path] } };
            const refusal = { name: "ValidationException", message: /TemplatedPathList must have template keys/ };
            await assert.rejects(create({ MetricSource }), refusal);
            const update = { MetricSetArn: metricSetArn("ready", "orders"), MetricSource };
            await assert.rejects(world.api.send(new UpdateMetricSetCommand(update)), refusal);
        }
    });

    it("is taken where there are no data yet, and where they cannot be read", async () => {
        const S3SourceConfig = { ...metricSet.MetricSource.S3SourceConfig, HistoricalDataPathList: ["s3://none/yet/"] };
        await create({ MetricSource: { S3SourceConfig }, DimensionList: ["anything"] });
        world.objects.before = (operation, key) => {
            if (operation === "list" && key === "history/") throw new Error("the network is down");
        };
        const MetricSetArn = metricSetArn("bare", "orders");
        await world.api.send(new UpdateMetricSetCommand({ MetricSetArn, MetricSource: metricSet.MetricSource }));
    });

    const serviceOwn = [
        "_detection/",
        "_detection",
        "_operations/shop.json",
        "_",
        "",
        "{{yyyyMMdd}}/{{HHmm}}",
        "_{{HH}}/",
    ];
    for (const path of serviceOwn)
        it(`is refused for the service's own objects at "${path}", at creation and at an update`, async () => {
            const kind = path.includes("{{") ? "TemplatedPathList" : "HistoricalDataPathList";
            const { FileFormatDescriptor, RoleArn } = metricSet.MetricSource.S3SourceConfig;
            const S3SourceConfig = { FileFormatDescriptor, RoleArn, [kind]: [`s3://${testBucket}/${path}`] };
            const refusal = { name: "AccessDeniedException", message: /objects of the service itself are no data/ };
            await assert.rejects(create({ MetricSource: { S3SourceConfig } }), refusal);
            const MetricSetArn = metricSetArn("ready", "orders");
            const update = new UpdateMetricSetCommand({ MetricSetArn, MetricSource: { S3SourceConfig } });
            await assert.rejects(world.api.send(update), refusal);
        });

    it("may lie beside them, and be called like them in another bucket", async () => {
        const at = (path: string) => {
            const S3SourceConfig = { ...metricSet.MetricSource.S3SourceConfig, HistoricalDataPathList: [path] };
            return { MetricSource: { S3SourceConfig } };
        };
        await create(at(`s3://${testBucket}/uploads/_detection/`));
        const MetricSetArn = metricSetArn("bare", "orders");
        await world.api.send(new UpdateMetricSetCommand({ MetricSetArn, ...at("s3://none/_uploads/") }));
    });

    it("is refused for gzip that is to be read as plain text", async () => {
        await world.objects.put("history/0.csv", gzipSync("timestamp,platform,marketplace,views,revenue\n"));
        await assert.rejects(create({}), {
            name: "ValidationException",
            message: "s3://shop-data/history/0.csv is gzip-compressed; set FileCompression to GZIP.",
        });
    });

    it("may call a column no two things", async () => {
        await assert.rejects(create({ DimensionList: ["views"] }), { message: /views is used twice/ });
    });
});
