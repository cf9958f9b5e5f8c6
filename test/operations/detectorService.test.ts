import assert from "node:assert/strict";
import type { LookoutMetricsClient } from "@aws-sdk/client-lookoutmetrics";
import { openDetectorService } from "../../operations/detectorService";
import { metricSetOf } from "../../operations/metricSet";
import { startDetectionServer } from "../support/detectionServer";
import { apiError } from "../support/fakeDetectorService";
import { memoryObjectStore } from "../support/memoryObjectStore";
import { shopDefinition, shopSpec } from "../support/shop";

const arn = shopDefinition.detectorArn;

/** A client that answers by command and keeps what it was sent. */
function recorded(answers: Readonly<Record<string, () => unknown>> = {}) {
    const sent: { command: string; input: unknown }[] = [];
    const send = async (command: { input: unknown }): Promise<unknown> => {
        const name = command.constructor.name.replace(/Command$/, "");
        sent.push({ command: name, input: command.input });
        return answers[name]?.() ?? {};
    };
    const putOptions = async (arn: string, options: unknown): Promise<void> =>
        void sent.push({ command: "putOptions", input: { arn, options } });
    return { sent, service: openDetectorService({ api: { send } as unknown as LookoutMetricsClient, putOptions }) };
}

const gone = () => {
    throw apiError("ResourceNotFoundException");
};

describe("operations/detectorService", () => {
    it("describes a detector, and one that is not there", async () => {
        const { service } = recorded({
            DescribeAnomalyDetector: () => ({
                Status: "FAILED",
                AnomalyDetectorDescription: "Views",
                AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT1H" },
                FailureReason: "too few rows",
            }),
        });
        assert.deepEqual(await service.describe(arn), {
            status: "FAILED",
            description: "Views",
            interval: "PT1H",
            failureReason: "too few rows",
        });
        assert.equal(await recorded({ DescribeAnomalyDetector: gone }).service.describe(arn), undefined);
        const denied = recorded({
            DescribeAnomalyDetector: () => {
                throw apiError("AccessDeniedException", 403);
            },
        });
        await assert.rejects(denied.service.describe(arn), { name: "AccessDeniedException" });
    });

    it("creates a detector under its owner's tag, and reads the tag back", async () => {
        const { service, sent } = recorded({ ListTagsForResource: () => ({ Tags: { "lookout:owner": "urn:ours" } }) });
        await service.create({ name: "shop", description: "Views", interval: "PT1H", owner: "urn:ours" });
        assert.deepEqual(sent[0]?.input, {
            AnomalyDetectorName: "shop",
            AnomalyDetectorDescription: "Views",
            AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT1H" },
            Tags: { "lookout:owner": "urn:ours" },
        });
        assert.equal(await service.ownerOf(arn), "urn:ours");
    });

    it("sends only what changes", async () => {
        const { service, sent } = recorded();
        await service.update(arn, { description: "Edited" });
        await service.updateMetricSet("set", { Offset: 60 });
        assert.deepEqual(
            sent.map(({ input }) => input),
            [
                { AnomalyDetectorArn: arn, AnomalyDetectorDescription: "Edited" },
                { MetricSetArn: "set", Offset: 60 },
            ],
        );
    });

    it("finds a detector's metric set and where it reads, and none where there is none", async () => {
        const shape = metricSetOf({
            bucket: "b",
            detector: "shop",
            generation: "g",
            spec: shopSpec,
            offsetSeconds: 300,
        });
        const { service } = recorded({
            ListMetricSets: () => ({ MetricSetSummaryList: [{ MetricSetArn: "set" }] }),
            DescribeMetricSet: () => shape,
        });
        assert.deepEqual(await service.metricSet(arn), {
            arn: "set",
            offsetSeconds: 300,
            timeZone: "UTC",
            historicalPaths: ["s3://b/shop/backtest/g/"],
        });
        assert.equal(await recorded().service.metricSet(arn), undefined);
    });

    it("creates a detector without a description at the service itself, and keeps one that is taken away later", async () => {
        const server = await startDetectionServer(memoryObjectStore(), Date.parse("2026-04-01T00:00:00Z"));
        try {
            const service = openDetectorService({ api: server.api, putOptions: async () => undefined });
            const described = async (): Promise<string | undefined> => (await service.describe(served))?.description;
            const served = "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:plain";
            await service.create({ name: "plain", description: "", interval: "PT1H", owner: "urn:ours" });
            assert.equal(await described(), "");
            const shape = metricSetOf({
                bucket: "metrics",
                detector: "plain",
                generation: "g",
                spec: shopSpec,
                offsetSeconds: 0,
            });
            await service.createMetricSet(served, "plain", shape);
            await service.update(served, { description: "Views" });
            await service.update(served, { description: "" });
            assert.equal(await described(), "Views");
        } finally {
            await server.close();
        }
    });

    it("passes over a detector that is gone when it deletes", async () => {
        await recorded({ DeleteAnomalyDetector: gone }).service.delete(arn);
    });
});
