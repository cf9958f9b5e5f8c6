import assert from "node:assert/strict";
import {
    DescribeAlertCommand,
    DescribeAnomalyDetectorCommand,
    ListAlertsCommand,
    ListAnomalyDetectorsCommand,
    ListMetricSetsCommand,
} from "@aws-sdk/client-lookoutmetrics";
import { alertArn, detectorArn, openWorld, type World } from "./conformance/world";

const AnomalyDetectorArn = detectorArn("ready");
const detectorKey = "_detection/detectors/ready.json";
const alertKey = "_detection/alerts/told.json";

describe("detection/api, a damaged record of the service's own", () => {
    let world: World;
    let reported: unknown[];

    beforeEach(async function () {
        this.timeout(60_000);
        reported = [];
        world = await openWorld({ report: (error) => void reported.push(error) });
    });

    afterEach(() => world.close());

    for (const [what, body] of [
        ["no JSON", "{ cut"],
        ["not of the schema", '{"version":9}'],
    ] as const)
        it(`answers 500 to a call on a detector whose record is ${what}, and names no key of the store`, async () => {
            await world.objects.put(detectorKey, body);
            await assert.rejects(
                world.api.send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn })),
                (error) => {
                    const { name, message, $metadata } = error as Error & { $metadata: { httpStatusCode: number } };
                    assert.deepEqual([name, $metadata.httpStatusCode], ["InternalServerException", 500]);
                    assert.doesNotMatch(message, /_detection/);
                    return true;
                },
            );
        });

    it("lists the other detectors and metric sets, and reports the damaged one", async () => {
        await world.objects.put(detectorKey, "{ cut");
        const { AnomalyDetectorSummaryList = [] } = await world.api.send(new ListAnomalyDetectorsCommand({}));
        assert.deepEqual(AnomalyDetectorSummaryList.map((one) => one.AnomalyDetectorName).sort(), ["bare", "shop"]);
        const { MetricSetSummaryList = [] } = await world.api.send(new ListMetricSetsCommand({}));
        assert.deepEqual(
            MetricSetSummaryList.map((one) => one.AnomalyDetectorArn),
            [detectorArn("shop")],
        );
        assert.deepEqual(
            reported.map((error) => (error as Error).name),
            ["RecordError", "RecordError"],
        );
        assert.match(String(reported[0]), /"_detection\/detectors\/ready\.json" in the object store is not JSON/);
    });

    it("lists the alerts beside a damaged one, which is reported", async () => {
        await world.objects.put(alertKey, "{ cut");
        const AlertArn = alertArn("told");
        await assert.rejects(world.api.send(new DescribeAlertCommand({ AlertArn })), {
            name: "InternalServerException",
        });
        for (const query of [{}, { AnomalyDetectorArn: detectorArn("shop") }])
            assert.deepEqual((await world.api.send(new ListAlertsCommand(query))).AlertSummaryList, []);
        assert.deepEqual(
            reported.map((error) => (error as Error).name),
            ["RecordError", "RecordError"],
        );
    });
});
