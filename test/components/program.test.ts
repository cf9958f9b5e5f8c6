import assert from "node:assert/strict";
import { type RecordedProgram, recordProgram } from "../support/recordedProgram";
import {
    added,
    handlerOf,
    orders,
    recordedDev,
    shop,
    types,
    variablesOf,
    variablesReadBy,
    warehouse,
} from "./programParts";

describe("index.ts", () => {
    let dev: RecordedProgram;
    before(async () => {
        dev = await recordedDev();
    });

    describe("its shape", () => {
        it("exports what others connect to", () => {
            assert.deepEqual(Object.keys(dev.outputs).sort(), [
                "backfillMachineArn",
                "bucket",
                "deadLettersUrl",
                "detectorArns",
                "endpoint",
                "liveMachineArn",
                "operationsTopicArn",
            ]);
            assert.deepEqual(dev.outputs.detectorArns, {
                ecommerce: "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:lookout-dev-ecommerce",
            });
            assert.equal(
                dev.outputs.liveMachineArn,
                "arn:aws:states:us-east-1:123456789012:stateMachine:lookout-dev-live",
            );
        });

        it("adds one invocation and its component for a second detector of an interval in use", async () => {
            const two = await recordProgram({ "lookout:detectors": { shop, again: shop } });
            const one = await recordProgram({ "lookout:detectors": { shop } });
            assert.deepEqual(added(one, two).sort(), ["again", "again-lifecycle"]);
        });

        it("adds a schedule for an interval that was not in use", async () => {
            const two = await recordProgram({ "lookout:detectors": { shop, orders } });
            const one = await recordProgram({ "lookout:detectors": { shop } });
            assert.deepEqual(added(one, two).sort(), ["orders", "orders-lifecycle", "schedules-PT5M"]);
        });

        it("adds an extractor, its unload role and its attachment for a second source", async () => {
            const sources = { warehouse, lake: { ...warehouse, secret: "lake" } };
            const two = await recordProgram({ "lookout:sources": sources });
            const own = added(dev, two).filter((name) => !/-attach-policy-[0-9a-f]{8}$/.test(name));
            assert.deepEqual(own.sort(), [
                "extraction-lake",
                "extraction-lake-attach",
                "extraction-lake-extractor",
                "extraction-lake-extractor-function",
                "extraction-lake-extractor-logs",
                "extraction-lake-extractor-policy",
                "extraction-lake-extractor-role",
                "extraction-lake-unload-policy",
                "extraction-lake-unload-role",
            ]);
        });

        it("attaches nothing where a role to unload with is named", async () => {
            const unloadRoleArn = "arn:aws:iam::123456789012:role/unload";
            const program = await recordProgram({ "lookout:sources": { warehouse: { ...warehouse, unloadRoleArn } } });
            assert.deepEqual(program.names(types.invocation), ["ecommerce-lifecycle"]);
            assert.deepEqual(
                program.names(types.function).filter((name) => name.includes("attach")),
                [],
            );
        });

        it("creates no detection service where another endpoint is configured", async () => {
            const program = await recordProgram({
                "lookout:detection": { endpoint: "https://detection.example.com", retentionDays: 800 },
            });
            assert.deepEqual(
                program.resources.map(({ name }) => name).filter((name) => name.startsWith("detection-")),
                [],
            );
            assert.equal(program.outputs.endpoint, "https://detection.example.com");
            const variables = variablesOf(program.one(types.function, "extraction-commit-window-function").inputs);
            assert.equal(variables.LOOKOUT_ENDPOINT_SIGNING, "lookoutmetrics");
            assert.deepEqual(program.names(types.schedule), ["schedules-PT1H"]);
        });

        it("evaluates with no detector and no source at all", async () => {
            const program = await recordProgram({ "lookout:sources": {}, "lookout:detectors": {} });
            assert.deepEqual(program.outputs.detectorArns, {});
            assert.deepEqual(program.names(types.schedule), ["schedules-detection"]);
        });
    });

    describe("its functions", () => {
        it("run on Node.js 22, on arm64, with a time limit, memory and a log of their own", () => {
            const functions = dev.all(types.function);
            for (const { name, inputs } of functions) {
                assert.deepEqual(
                    [inputs.runtime, inputs.architectures, inputs.handler],
                    ["nodejs22.x", ["arm64"], "index.handler"],
                    name,
                );
                assert.ok(Number(inputs.timeout) > 0 && Number(inputs.timeout) <= 900, name);
                assert.ok(Number(inputs.memorySize) >= 512, name);
            }
            const logs = functions.map(({ inputs }) => (inputs.loggingConfig as { logGroup: string }).logGroup);
            assert.equal(new Set(logs).size, functions.length);
            assert.ok(dev.all("aws:cloudwatch/logGroup:LogGroup").every(({ inputs }) => inputs.retentionInDays === 30));
        });

        it("each have a role of their own", () => {
            const roles = dev.all(types.function).map(({ inputs }) => inputs.role);
            assert.equal(new Set(roles).size, roles.length);
        });

        it("have stable names where others name them", () => {
            assert.deepEqual(
                dev
                    .all(types.function)
                    .flatMap(({ inputs }) => (inputs.name as string | undefined) ?? [])
                    .sort(),
                [
                    "lookout-dev-attach-source",
                    "lookout-dev-detect",
                    "lookout-dev-extract-warehouse",
                    "lookout-dev-reconcile-detector",
                ],
            );
        });

        it("have the variables in their environment that their handlers read, and no others", () => {
            for (const { name, inputs } of dev.all(types.function)) {
                assert.deepEqual(Object.keys(variablesOf(inputs)).sort(), variablesReadBy(handlerOf(name)), name);
            }
        });

        it("tell the extractor its source and the role to unload with, and no password", () => {
            const variables = variablesOf(dev.one(types.function, "extraction-warehouse-extractor-function").inputs);
            const source = JSON.parse(variables.LOOKOUT_SOURCE!) as Record<string, Record<string, unknown>>;
            assert.equal(source.name, "warehouse");
            assert.equal(source.config!.secret, "redshift-l4mintegration");
            assert.match(source.unloadRoleArn as unknown as string, /^arn:aws:iam::123456789012:role\//);
        });
    });

    it("looks for what others write as often as the configuration says", async () => {
        const program = await recordProgram({ "lookout:detection": { tick: "PT15M" } });
        const { scheduleExpression, target } = program.one(types.schedule, "schedules-detection").inputs;
        assert.equal(scheduleExpression, "cron(0/15 * * * ? *)");
        assert.match((target as { input: string }).input, /"everySeconds":900/);
    });

    it("grows by two resources a detector", async () => {
        const detectors = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`shop${index}`, shop]));
        const one = await recordProgram({ "lookout:detectors": { shop } });
        const many = await recordProgram({ "lookout:detectors": detectors });
        assert.equal(many.resources.length - one.resources.length, 48);
    });
});
