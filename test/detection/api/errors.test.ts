import assert from "node:assert/strict";
import {
    ActivateAnomalyDetectorCommand,
    CreateAnomalyDetectorCommand,
    CreateMetricSetCommand,
    DeactivateAnomalyDetectorCommand,
    DescribeAnomalyDetectorCommand,
    GetAnomalyGroupCommand,
    ListAnomalyDetectorsCommand,
    ListAnomalyGroupSummariesCommand,
    ListTagsForResourceCommand,
    paginateListAnomalyDetectors,
    type ValidationException,
} from "@aws-sdk/client-lookoutmetrics";
import { startDetectionServer, type DetectionServer } from "../../support/detectionServer";
import { memoryObjectStore } from "../../support/memoryObjectStore";

const arn = (name: string): string => `arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:${name}`;
const s3Source = {
    S3SourceConfig: {
        TemplatedPathList: ["s3://data/live/{{yyyyMMdd}}/{{HHmm}}/"],
        HistoricalDataPathList: ["s3://data/history/"],
    },
};
const metricSet = {
    AnomalyDetectorArn: arn("shop"),
    MetricSetName: "orders",
    MetricList: [{ MetricName: "views", AggregationFunction: "SUM" as const }],
    TimestampColumn: { ColumnName: "timestamp", ColumnFormat: "yyyy-MM-dd HH:mm:ss" },
    MetricSource: s3Source,
};

describe("detection/api, refusals", () => {
    let server: DetectionServer;

    before(async () => {
        server = await startDetectionServer(memoryObjectStore(), Date.parse("2026-04-01T00:00:00Z"));
        await create("shop");
    });

    after(() => server.close());

    const create = (name: string) =>
        server.api.send(
            new CreateAnomalyDetectorCommand({
                AnomalyDetectorName: name,
                AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT1H" },
            }),
        );

    const post = async (path: string, body: string, method = "POST"): Promise<Response> =>
        fetch(`${server.endpoint}${path}`, { method, body, headers: { "content-type": "application/json" } });

    it("names every member at fault", async () => {
        const request = { AnomalyDetectorName: "-x", AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT7M" } };
        const sent = server.api.send(new CreateAnomalyDetectorCommand(request as never));
        await assert.rejects(sent, (error: ValidationException) => {
            assert.equal(error.name, "ValidationException");
            assert.equal(error.Reason, "FIELD_VALIDATION_FAILED");
            assert.equal(error.$metadata.httpStatusCode, 400);
            assert.deepEqual(
                error.Fields?.map((field) => field.Name),
                ["AnomalyDetectorName", "AnomalyDetectorConfig.AnomalyDetectorFrequency"],
            );
            assert.equal(error.Fields?.[1]?.Message, "must be one of P1D, PT1H, PT10M, PT5M");
            return true;
        });
    });

    it("says which member is missing", async () => {
        const sent = server.api.send(new CreateAnomalyDetectorCommand({} as never));
        await assert.rejects(sent, (error: ValidationException) => {
            assert.deepEqual(error.Fields?.[0], { Name: "AnomalyDetectorName", Message: "is required" });
            return true;
        });
    });

    it("answers 400 for a detector that is unknown, and for an ARN of another account", async () => {
        for (const unknown of [arn("none"), arn("shop").replace("123456789012", "210987654321")]) {
            const sent = server.api.send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn: unknown }));
            await assert.rejects(sent, (error: { name: string; ResourceId: string; $metadata: unknown }) => {
                assert.equal(error.name, "ResourceNotFoundException");
                assert.equal(error.ResourceId, unknown);
                assert.equal((error.$metadata as { httpStatusCode: number }).httpStatusCode, 400);
                return true;
            });
        }
    });

    it("refuses an ARN of another kind", async () => {
        const sent = server.api.send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn: "arn:aws:s3:a:b:c" }));
        await assert.rejects(sent, { name: "ValidationException" });
    });

    it("answers 409 for a name that is taken", async () => {
        await assert.rejects(create("shop"), (error: { name: string; $metadata: { httpStatusCode: number } }) => {
            assert.equal(error.name, "ConflictException");
            assert.equal(error.$metadata.httpStatusCode, 409);
            return true;
        });
    });

    it("refuses to activate without a metric set, and to deactivate what does not run", async () => {
        await create("bare");
        const on = server.api.send(new ActivateAnomalyDetectorCommand({ AnomalyDetectorArn: arn("bare") }));
        await assert.rejects(on, { name: "ValidationException", message: /no metric set/ });
        const off = server.api.send(new DeactivateAnomalyDetectorCommand({ AnomalyDetectorArn: arn("bare") }));
        await assert.rejects(off, { name: "ConflictException", message: /INACTIVE/ });
    });

    it("allows one metric set, of the detector's interval and of so many measures", async () => {
        const send = (members: object) => server.api.send(new CreateMetricSetCommand({ ...metricSet, ...members }));
        await assert.rejects(send({ MetricSetFrequency: "P1D" }), {
            name: "ValidationException",
            message: /must be the anomaly detector's, PT1H/,
        });
        const MetricList = Array.from({ length: 101 }, (_, i) => ({
            MetricName: `m${i}`,
            AggregationFunction: "SUM",
        }));
        await assert.rejects(send({ MetricList }), { name: "ServiceQuotaExceededException" });
        await assert.rejects(send({ Timezone: "Mars/Olympus" }), { name: "ValidationException" });
        await assert.rejects(send({ MetricSource: {} }), { name: "ValidationException" });
        await send({});
        await assert.rejects(send({}), { name: "ConflictException" });
        await assert.rejects(send({ MetricSetName: "second" }), { name: "ServiceQuotaExceededException" });
    });

    it("answers a group that does not exist with ResourceNotFoundException", async () => {
        const AnomalyGroupId = "01c4b7e0-0000-8000-a000-000000000000";
        const sent = server.api.send(new GetAnomalyGroupCommand({ AnomalyDetectorArn: arn("shop"), AnomalyGroupId }));
        await assert.rejects(sent, { name: "ResourceNotFoundException" });
    });

    it("lists nothing for a detector that never ran, with statistics of nothing", async () => {
        const query = { AnomalyDetectorArn: arn("shop"), SensitivityThreshold: 0 };
        const found = await server.api.send(new ListAnomalyGroupSummariesCommand(query));
        assert.deepEqual(found.AnomalyGroupSummaryList, []);
        assert.equal(found.AnomalyGroupStatistics?.TotalCount, 0);
    });

    it("refuses a token that it did not give for this listing, and one that is a day old", async () => {
        for (let i = 0; i < 3; i++) await create(`page-${i}`);
        const query = { MaxResults: 2 };
        const { NextToken } = await server.api.send(new ListAnomalyDetectorsCommand(query));
        const groups = { AnomalyDetectorArn: arn("shop"), SensitivityThreshold: 0, NextToken };
        await assert.rejects(server.api.send(new ListAnomalyGroupSummariesCommand(groups)), /NextToken/);
        const made = { ...query, NextToken: "bm90aGluZw" };
        await assert.rejects(server.api.send(new ListAnomalyDetectorsCommand(made)), /NextToken/);
        server.now += 86_400_001;
        const old = server.api.send(new ListAnomalyDetectorsCommand({ ...query, NextToken }));
        await assert.rejects(old, /expired/);
    });

    it("lists each detector once, whatever the page size", async () => {
        const names: (string | undefined)[] = [];
        for await (const page of paginateListAnomalyDetectors({ client: server.api, pageSize: 2 }, {}))
            names.push(...(page.AnomalyDetectorSummaryList ?? []).map((summary) => summary.AnomalyDetectorName));
        assert.deepEqual([...names].sort(), ["bare", "page-0", "page-1", "page-2", "shop"]);
    });

    it("refuses tags of what does not exist", async () => {
        const sent = server.api.send(new ListTagsForResourceCommand({ ResourceArn: arn("none") }));
        await assert.rejects(sent, { name: "ResourceNotFoundException" });
    });

    it("answers what is no operation and what is no JSON as the API does", async () => {
        const unknown = await post("/CreateNothing", "{}");
        assert.equal(unknown.status, 400);
        assert.equal(unknown.headers.get("x-amzn-errortype"), "ValidationException");
        assert.match(unknown.headers.get("x-amzn-requestid") ?? "", /^[0-9a-f-]{36}$/);
        assert.equal(((await unknown.json()) as { Reason: string }).Reason, "UNKNOWN_OPERATION");
        const garbled = await post("/DescribeAnomalyDetector", "{");
        assert.equal(((await garbled.json()) as { Reason: string }).Reason, "CANNOT_PARSE");
        for (const body of ["[]", "1", '"x"', "null"])
            assert.equal((await post("/DescribeAnomalyDetector", body)).status, 400, body);
    });

    it("takes null for an absent member", async () => {
        const body = JSON.stringify({ NextToken: null, MaxResults: 1 });
        assert.equal((await post("/ListAnomalyDetectors", body)).status, 200);
    });

    it("gives the service's words when a call beside the old API is refused", async () => {
        await assert.rejects(server.advance(arn("none")), {
            name: "ResourceNotFoundException",
            message: /refused \/lookout\/v1\/advance .*none/,
        });
    });
});
