import assert from "node:assert/strict";
import type { LookoutMetricsServiceException } from "@aws-sdk/client-lookoutmetrics";
import type { DetectorRecord, DetectorStatus } from "../../../detection/store/records";
import { command } from "./conformance/model";
import { alertArn, detectorArn, metricSet, metricSetArn, openWorld, snsAction, type World } from "./conformance/world";

/*
 * What is legal in which state, as the API's reference has it (10.3): "ok", C for ConflictException, V for ValidationException, "-" where
 * there is no such state of affairs. Two things are more lenient: a deletion that was cut off may be asked for again, and back-tests that
 * failed are told apart in a test of their own.
 */
const statuses: readonly DetectorStatus[] = [
    "INACTIVE",
    "ACTIVATING",
    "LEARNING",
    "ACTIVE",
    "DEACTIVATING",
    "DEACTIVATED",
    "FAILED",
    "BACK_TEST_ACTIVATING",
    "BACK_TEST_ACTIVE",
    "BACK_TEST_COMPLETE",
    "DELETING",
];
const table = `
    Activate            ok C  C  C  C  ok ok C  C  C  C
    BackTest            ok V  V  V  V  V  V  V  V  V  V
    Deactivate          C  C  ok ok C  C  C  C  C  C  C
    Delete              ok C  ok ok C  ok ok C  C  ok ok
    describe anew       ok V  ok ok V  ok ok V  V  ok V
    change interval     ok V  V  V  V  ok ok V  V  V  V
    change key          ok V  V  V  V  ok V  V  V  V  V
    CreateMetricSet     ok C  C  C  C  ok ok C  C  C  C
    change offset       ok V  ok ok V  ok ok V  V  V  V
    change dimensions   ok V  V  V  V  ok ok V  V  V  V
    CreateAlert         ok ok ok ok ok ok ok ok ok ok C
    UpdateAlert         ok ok ok ok ok ok ok ok ok ok V
    DeleteAlert         ok ok ok ok ok ok ok ok ok ok V
    read                ok ok ok ok ok ok ok ok ok ok ok
`;

const arn = detectorArn("shop");
const orders = metricSetArn("shop", "orders");
const kms = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012";
/** The operation of each row, with its request. */
const calls: Readonly<Record<string, readonly [name: string, input: object]>> = {
    Activate: ["ActivateAnomalyDetector", { AnomalyDetectorArn: arn }],
    BackTest: ["BackTestAnomalyDetector", { AnomalyDetectorArn: arn }],
    Deactivate: ["DeactivateAnomalyDetector", { AnomalyDetectorArn: arn }],
    Delete: ["DeleteAnomalyDetector", { AnomalyDetectorArn: arn }],
    "describe anew": ["UpdateAnomalyDetector", { AnomalyDetectorArn: arn, AnomalyDetectorDescription: "x" }],
    "change interval": [
        "UpdateAnomalyDetector",
        { AnomalyDetectorArn: arn, AnomalyDetectorConfig: { AnomalyDetectorFrequency: "P1D" } },
    ],
    "change key": ["UpdateAnomalyDetector", { AnomalyDetectorArn: arn, KmsKeyArn: kms }],
    CreateMetricSet: ["CreateMetricSet", { ...metricSet, AnomalyDetectorArn: arn }],
    "change offset": ["UpdateMetricSet", { MetricSetArn: orders, Offset: 900 }],
    "change dimensions": ["UpdateMetricSet", { MetricSetArn: orders, DimensionList: ["platform"] }],
    CreateAlert: ["CreateAlert", { AlertName: "more", AnomalyDetectorArn: arn, Action: snsAction }],
    UpdateAlert: ["UpdateAlert", { AlertArn: alertArn("told"), AlertSensitivityThreshold: 5 }],
    DeleteAlert: ["DeleteAlert", { AlertArn: alertArn("told") }],
    read: ["ListAnomalyGroupSummaries", { AnomalyDetectorArn: arn, SensitivityThreshold: 0 }],
};

describe("detection/api, what is legal in which state", () => {
    let world: World;
    let record: DetectorRecord;
    let documents: ReadonlyMap<string, Buffer>;

    before(async () => {
        world = await openWorld({ dispatch: async () => undefined });
        record = (await world.server.services.detectors.read("shop"))!;
        const keys = [...world.objects.keys("_detection/detectors/shop"), ...world.objects.keys("_detection/alert")];
        documents = new Map(
            await Promise.all(keys.map(async (key) => [key, (await world.objects.get(key))!.body] as const)),
        );
    });

    after(() => world.close());

    /** What comes of a call on the detector in a state; all is put back first. */
    const outcome = async (row: string, change: Partial<DetectorRecord>): Promise<string> => {
        const { objects, server, api } = world;
        await objects.delete(objects.keys("_detection/alert"));
        for (const [key, body] of documents) await objects.put(key, body);
        await server.services.detectors.change("shop", (current) => ({
            ...current,
            ...change,
            ...(row === "CreateMetricSet" ? { metricSet: undefined } : {}),
        }));
        try {
            await api.send(command(...calls[row]!));
            return "ok";
        } catch (error) {
            const { name } = error as LookoutMetricsServiceException;
            return name === "ConflictException" ? "C" : name === "ValidationException" ? "V" : name;
        }
    };

    const rows = table
        .trim()
        .split("\n")
        .map((line) => /^\s*(.*?)\s{2,}(.*)$/.exec(line)!)
        .map(([, row, cells]) => [row!, ...cells!.split(/\s+/)] as const);
    for (const [row, ...wanted] of rows)
        it(`allows "${row}" where the reference does`, async () => {
            assert.equal(wanted.length, statuses.length, wanted.join());
            const { run, basis } = record;
            const found: string[] = [];
            // Deleting takes away what the next call needs: it comes to an end in one state of each kind.
            for (const status of statuses) {
                if (row === "Delete" && wanted[found.length] === "ok") found.push("ok");
                else found.push(await outcome(row, { status, run, basis }));
            }
            assert.deepEqual(found, wanted);
        });

    it("deletes a detector in each state in which that is legal", async () => {
        for (const [i, status] of statuses.entries()) {
            if (rows.find(([row]) => row === "Delete")![i + 1] !== "ok") continue;
            const { detectors } = world.server.services;
            await detectors.create({ ...record, name: "doomed", status });
            await world.api.send(command("DeleteAnomalyDetector", { AnomalyDetectorArn: detectorArn("doomed") }));
            assert.equal(await detectors.read("doomed"), undefined, status);
        }
    });

    it("starts a failed activation again, and a failed back-test never", async () => {
        const failed = (type: "ACTIVATION_FAILURE" | "BACK_TEST_ACTIVATION_FAILURE") =>
            outcome("Activate", { status: "FAILED", failure: { type, reason: "no rows" } });
        assert.equal(await failed("ACTIVATION_FAILURE"), "ok");
        assert.equal(await failed("BACK_TEST_ACTIVATION_FAILURE"), "C");
    });

    it("starts a failed back-test again, in a run of its own, and no other failure", async () => {
        const failed = (type: "ACTIVATION_FAILURE" | "BACK_TEST_ACTIVATION_FAILURE") =>
            outcome("BackTest", { status: "FAILED", run: record.run, failure: { type, reason: "no rows" } });
        assert.equal(await failed("ACTIVATION_FAILURE"), "V");
        assert.equal(await failed("BACK_TEST_ACTIVATION_FAILURE"), "ok");
        const again = (await world.server.services.detectors.read("shop"))!;
        assert.deepEqual([again.status, again.failure], ["BACK_TEST_ACTIVATING", undefined]);
        assert.notEqual(again.run, record.run);
    });

    it("takes an update that changes nothing in any state that can be described anew", async () => {
        await outcome("read", { status: "ACTIVE" });
        const AnomalyDetectorConfig = { AnomalyDetectorFrequency: "PT1H" };
        await world.api.send(command("UpdateAnomalyDetector", { AnomalyDetectorArn: arn, AnomalyDetectorConfig }));
    });
});
