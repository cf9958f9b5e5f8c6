import assert from "node:assert/strict";
import path from "node:path";
import {
    ActivateAnomalyDetectorCommand,
    CreateAnomalyDetectorCommand,
    CreateMetricSetCommand,
    DescribeAnomalyDetectorCommand,
    ListAnomalyGroupSummariesCommand,
} from "@aws-sdk/client-lookoutmetrics";
import { projectFolder } from "../support/sources";
import { hour, openStack, startOfClock, type TestStack } from "../support/stack";

const program = path.join(projectFolder, "test/fixtures/programs/alertTargets");
const partner = "arn:aws:iam::123456789012:role/partner";
const midnight = startOfClock - 5 * 60_000;
const config = {
    "lookout:sources": {},
    "lookout:detectors": {},
    "lookout:detection": { allowedRoles: [partner], tick: "PT1H" },
    "lookout:keepData": false,
};

/** One line an hour, with a daily course; `factor` makes an hour odd. */
const line = (instant: number, factor = 1): string => {
    const time = new Date(instant).toISOString().slice(0, 19).replace("T", " ");
    const value = 100 + 40 * Math.sin((new Date(instant).getUTCHours() * Math.PI) / 12) + ((instant / hour) % 3);
    return `${time},eu,${(factor * value).toFixed(2)}`;
};
const csv = (lines: readonly string[]): string => ["timestamp,region,orders", ...lines, ""].join("\n");

/** Puts what the partner's bucket holds: 20 days of history, and some hours after the clock's start of which the third is odd. */
async function fillBucket(stack: TestStack, hours: number): Promise<void> {
    const store = stack.cloud.objects("partner-data");
    const days = 20;
    const past = Array.from({ length: days * 24 }, (_, i) => line(midnight - (days * 24 - i) * hour));
    await store.put("history/past.csv", csv(past));
    for (let i = 0; i < hours; i++) {
        const at = midnight + i * hour;
        const stamp = new Date(at).toISOString().replace(/\D/g, "");
        await store.put(`live/${stamp.slice(0, 8)}/${stamp.slice(8, 12)}/part.csv`, csv([line(at, i === 2 ? 9 : 1)]));
    }
}

const source = (RoleArn?: string) => ({
    S3SourceConfig: {
        RoleArn,
        HistoricalDataPathList: ["s3://partner-data/history/"],
        TemplatedPathList: ["s3://partner-data/live/{{yyyyMMdd}}/{{HHmm}}/"],
        FileFormatDescriptor: { CsvFormatDescriptor: { ContainsHeader: true } },
    },
});

async function createDetector(stack: TestStack, name: string): Promise<string> {
    const { AnomalyDetectorArn } = await stack.api().send(
        new CreateAnomalyDetectorCommand({
            AnomalyDetectorName: name,
            AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT1H" },
        }),
    );
    return AnomalyDetectorArn!;
}

const createMetricSet = (stack: TestStack, AnomalyDetectorArn: string, RoleArn?: string) =>
    stack.api().send(
        new CreateMetricSetCommand({
            AnomalyDetectorArn,
            MetricSetName: "set",
            MetricList: [{ MetricName: "orders", AggregationFunction: "SUM" }],
            DimensionList: ["region"],
            TimestampColumn: { ColumnName: "timestamp", ColumnFormat: "yyyy-MM-dd HH:mm:ss" },
            MetricSource: source(RoleArn),
        }),
    );

const describeDetector = (stack: TestStack, AnomalyDetectorArn: string) =>
    stack.api().send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn }));

describe("data in another bucket, on the embedded cloud", () => {
    let stack: TestStack;

    before(async () => {
        stack = await openStack();
        await stack.up(config, program);
        await fillBucket(stack, 6);
    });
    after(() => stack.close());

    it("are read with the role that is given, for the detector that its trust policy names, at each tick", async () => {
        const arn = await createDetector(stack, "partner");
        await createMetricSet(stack, arn, partner);
        await stack.api().send(new ActivateAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));
        await stack.cloud.settle();
        assert.equal((await describeDetector(stack, arn)).Status, "ACTIVE");
        await stack.hours(5);
        const { AnomalyGroupSummaryList: groups } = await stack
            .api()
            .send(new ListAnomalyGroupSummariesCommand({ AnomalyDetectorArn: arn, SensitivityThreshold: 70 }));
        assert.deepEqual(
            groups!.map(({ StartTime }) => StartTime),
            ["2026-04-01T02:00Z[UTC]"],
        );
    });

    it("are not read for a detector that the trust policy does not name, and the detector says why", async () => {
        const arn = await createDetector(stack, "stranger");
        await createMetricSet(stack, arn, partner);
        await stack.api().send(new ActivateAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));
        await stack.cloud.settle();
        const { Status, FailureType, FailureReason } = await describeDetector(stack, arn);
        assert.deepEqual([Status, FailureType], ["FAILED", "ACTIVATION_FAILURE"]);
        assert.match(FailureReason!, /role\/partner does not let itself be assumed.*AnomalyDetector:stranger/);
    });

    it("are refused without a role, and with one that is not allowed", async () => {
        const arn = await createDetector(stack, "refused");
        await assert.rejects(createMetricSet(stack, arn), { name: "ValidationException", message: /RoleArn/ });
        await assert.rejects(createMetricSet(stack, arn, "arn:aws:iam::123456789012:role/other"), {
            name: "AccessDeniedException",
            message: /role\/other may not be assumed.*lookout:detection\.allowedRoles/,
        });
    });
});
