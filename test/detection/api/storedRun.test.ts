import assert from "node:assert/strict";
import {
    DeactivateAnomalyDetectorCommand,
    DescribeAnomalyDetectionExecutionsCommand,
    GetAnomalyGroupCommand,
    GetDataQualityMetricsCommand,
    GetFeedbackCommand,
    ListAnomalyGroupRelatedMetricsCommand,
    ListAnomalyGroupSummariesCommand,
    ListAnomalyGroupTimeSeriesCommand,
    PutFeedbackCommand,
    UpdateAnomalyDetectorCommand,
    UpdateMetricSetCommand,
} from "@aws-sdk/client-lookoutmetrics";
import { callOwn } from "../../support/ownCalls";
import { detectorArn, metricSetArn, openWorld, type World } from "./conformance/world";

const AnomalyDetectorArn = detectorArn("shop");

describe("detection/api, a run whose detector was described anew", () => {
    let world: World;

    before(async function () {
        this.timeout(60_000);
        world = await openWorld();
        await world.api.send(new DeactivateAnomalyDetectorCommand({ AnomalyDetectorArn }));
    });

    after(() => world.close());

    /** What the API and the calls beside it show of the run. */
    async function shown(): Promise<object> {
        const { api, group: AnomalyGroupId, measure: MetricName, server } = world;
        const answers: readonly object[] = [
            await api.send(new ListAnomalyGroupSummariesCommand({ AnomalyDetectorArn, SensitivityThreshold: 0 })),
            await api.send(new GetAnomalyGroupCommand({ AnomalyDetectorArn, AnomalyGroupId })),
            await api.send(new ListAnomalyGroupTimeSeriesCommand({ AnomalyDetectorArn, AnomalyGroupId, MetricName })),
            await api.send(new ListAnomalyGroupRelatedMetricsCommand({ AnomalyDetectorArn, AnomalyGroupId })),
            await api.send(new DescribeAnomalyDetectionExecutionsCommand({ AnomalyDetectorArn })),
            await api.send(new GetDataQualityMetricsCommand({ AnomalyDetectorArn })),
            await callOwn(server.endpoint, "listGroups", { AnomalyDetectorArn }),
            await callOwn(server.endpoint, "getGroup", { AnomalyDetectorArn, AnomalyGroupId }),
            await callOwn(server.endpoint, "listIncidents", { AnomalyDetectorArn }),
            await callOwn(server.endpoint, "listProgress", { AnomalyDetectorArn }),
        ];
        return answers.map((answer) => ({ ...answer, $metadata: undefined }));
    }

    it("shows what was found as it was learned, and takes feedback on it by the same ids", async () => {
        const before = await shown();
        const { api, group: AnomalyGroupId, series: TimeSeriesId } = world;
        await api.send(
            new UpdateMetricSetCommand({
                MetricSetArn: metricSetArn("shop", "orders"),
                MetricList: [{ MetricName: "revenue", AggregationFunction: "AVG" }],
                DimensionList: ["marketplace", "platform"],
            }),
        );
        const AnomalyDetectorConfig = { AnomalyDetectorFrequency: "P1D" as const };
        await api.send(new UpdateAnomalyDetectorCommand({ AnomalyDetectorArn, AnomalyDetectorConfig }));
        assert.deepEqual(await shown(), before);
        await api.send(
            new PutFeedbackCommand({
                AnomalyDetectorArn,
                AnomalyGroupTimeSeriesFeedback: { AnomalyGroupId, TimeSeriesId, IsAnomaly: true },
            }),
        );
        const given = await api.send(
            new GetFeedbackCommand({
                AnomalyDetectorArn,
                AnomalyGroupTimeSeriesFeedback: { AnomalyGroupId, TimeSeriesId },
            }),
        );
        assert.deepEqual(given.AnomalyGroupTimeSeriesFeedback, [{ TimeSeriesId, IsAnomaly: true }]);
    });
});
