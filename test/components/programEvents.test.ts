import assert from "node:assert/strict";
import { type RecordedProgram, recordProgram } from "../support/recordedProgram";
import { warehouse, shop, recordedDev, requestOf, types } from "./programParts";

describe("index.ts, what happens when", () => {
    let dev: RecordedProgram;
    before(async () => {
        dev = await recordedDev();
    });

    describe("its schedules", () => {
        it("tick for the interval in use and for the detection service, by UTC, at exact times", () => {
            const ticks = dev
                .all(types.schedule)
                .map(({ inputs }) => [
                    inputs.scheduleExpression,
                    inputs.scheduleExpressionTimezone,
                    (inputs.flexibleTimeWindow as { mode: string }).mode,
                    (inputs.target as { input: string }).input,
                ]);
            assert.deepEqual(ticks.sort(), [
                [
                    "cron(10 * * * ? *)",
                    "UTC",
                    "OFF",
                    '{"scheduledTime":"<aws.scheduler.scheduled-time>","everySeconds":3600}',
                ],
                [
                    "cron(5 * * * ? *)",
                    "UTC",
                    "OFF",
                    '{"interval":"PT1H","scheduledTime":"<aws.scheduler.scheduled-time>"}',
                ],
            ]);
        });

        it("come after the detectors and go before them", () => {
            for (const schedule of dev.all(types.schedule)) {
                assert.ok(dev.dependenciesOf(schedule).has("ecommerce-lifecycle"), schedule.name);
            }
        });

        it("come after what tells of a tick that fails", () => {
            const needed = (name: string) => dev.dependenciesOf(dev.one(types.schedule, name));
            assert.ok(needed("schedules-PT1H").has("extraction-plan-live-events"));
            assert.ok(needed("schedules-detection").has("detection-tick-events"));
        });
    });

    describe("a detector's life cycle", () => {
        it("is called on create, update and delete, and replaced old before new", () => {
            const lifecycle = dev.one(types.invocation, "ecommerce-lifecycle");
            assert.equal(lifecycle.inputs.lifecycleScope, "CRUD");
            assert.equal(lifecycle.deleteBeforeReplace, true);
            assert.equal(lifecycle.inputs.functionName, "lookout-dev-reconcile-detector");
            assert.deepEqual([lifecycle.inputs.qualifier, lifecycle.inputs.triggers], [undefined, undefined]);
        });

        it("says what is wanted, by references and query text", () => {
            const { spec, ...request } = requestOf(dev.one(types.invocation, "ecommerce-lifecycle"));
            assert.deepEqual(request, {
                name: "ecommerce",
                detectorName: "lookout-dev-ecommerce",
                owner: "urn:pulumi:dev::lookout::pulumi:pulumi:Stack::lookout-dev",
                description: "Views and revenue by platform and marketplace",
                offsetSeconds: 300,
                latenessSeconds: 0,
                extractor: "lookout-dev-extract-warehouse",
                maxConcurrentStatements: 2,
                alerts: {
                    oncall: {
                        threshold: 70,
                        sns: "arn:aws:sns:us-east-1:123456789012:oncall",
                        format: "LONG_TEXT",
                        measures: ["revenue"],
                        dimensions: { marketplace: ["us", "de"] },
                    },
                },
                options: { measures: {}, events: [] },
                keepData: true,
            });
            assert.equal((spec as { interval: string }).interval, "PT1H");
        });

        it("takes the detector's name from the configuration where it is given", async () => {
            const program = await recordProgram({
                "lookout:detectors": { ecommerce: { ...shop, detectorName: "my-shop" } },
            });
            assert.equal(requestOf(program.one(types.invocation, "ecommerce-lifecycle")).detectorName, "my-shop");
            assert.match(JSON.stringify(program.outputs.detectorArns), /AnomalyDetector:my-shop/);
        });

        it("exists only while everything that it needs does", () => {
            const needed = dev.dependenciesOf(dev.one(types.invocation, "ecommerce-lifecycle"));
            const others = dev.resources
                .filter(({ custom, type }) => custom && type !== types.schedule)
                .map(({ name }) => name)
                // What watches is no part of the work.
                .filter((name) => !needed.has(name) && !name.startsWith("monitoring-"));
            assert.deepEqual(others.sort(), [
                "detection-dead-letters-policy",
                "ecommerce-lifecycle",
                "extraction-plan-live-events",
                "extraction-plan-live-function",
                "extraction-plan-live-logs",
                "extraction-plan-live-policy",
                "extraction-plan-live-role",
                "operations-dead-letters-policy",
                "operations-email",
                "operations-failed-executions",
                "operations-notify-permission",
                "operations-notify-target",
                "schedules-policy",
                "schedules-role",
            ]);
        });

        it("holds nothing that a database's password could be in", () => {
            const { config } = requestOf(dev.one(types.invocation, "extraction-warehouse-attach")) as {
                config: Record<string, unknown>;
            };
            assert.equal(config.secret, "redshift-l4mintegration");
            assert.doesNotMatch(JSON.stringify(config), /password/i);
        });
    });

    describe("a source's attachment", () => {
        it("waits for the policies of the function and of the role that it attaches", () => {
            const needed = dev.dependenciesOf(dev.one(types.invocation, "extraction-warehouse-attach"));
            const policies = [...needed].filter((name) =>
                /attach-policy|unload-policy|attach-source-policy/.test(name),
            );
            assert.equal(policies.length, 3);
        });

        it("keeps the old database's permission until the role was taken away from it", async () => {
            const program = await recordProgram({
                "lookout:sources": { warehouse: { ...warehouse, cluster: "other" } },
            });
            const policies = [dev, program].map((one) =>
                one.names(types.policy).filter((name) => name.includes("attach-policy")),
            );
            assert.deepEqual(
                policies.map(({ length }) => length),
                [1, 1],
            );
            assert.notEqual(policies[0]![0], policies[1]![0]);
        });
    });

    describe("operations", () => {
        it("hear of every execution of both machines that ended badly", () => {
            const rule = dev.one("aws:cloudwatch/eventRule:EventRule", "operations-failed-executions");
            const { detail } = JSON.parse(rule.inputs.eventPattern as string) as { detail: Record<string, string[]> };
            assert.deepEqual(detail.status, ["FAILED", "TIMED_OUT", "ABORTED"]);
            assert.deepEqual(detail.stateMachineArn, [dev.outputs.liveMachineArn, dev.outputs.backfillMachineArn]);
        });

        it("hear what became of every call that nobody waits for, after two more tries", () => {
            const notifier = dev.one(types.function, "operations-notify-function");
            const destination = {
                destination: `arn:aws:lambda:us-east-1:123456789012:function:${notifier.name}-1234567`,
            };
            const settings = dev.all(types.eventInvokeConfig);
            assert.deepEqual(settings.map(({ inputs }) => inputs.functionName).sort(), [
                "detection-tick-function-1234567",
                "extraction-plan-live-function-1234567",
                "lookout-dev-detect",
            ]);
            for (const { name, inputs } of settings) {
                assert.deepEqual(inputs.destinationConfig, { onFailure: destination, onSuccess: destination }, name);
                assert.deepEqual([inputs.maximumRetryAttempts, inputs.maximumEventAgeInSeconds], [2, 3600], name);
            }
        });

        it("are there before anything reports to them, by rights that it has by then", () => {
            for (const settings of dev.all(types.eventInvokeConfig)) {
                const needed = dev.dependenciesOf(settings);
                assert.ok(needed.has("operations-notify-function"), settings.name);
                assert.ok(needed.has(settings.name.replace(/events$/, "policy")), settings.name);
            }
        });

        it("tell the configured address", () => {
            const { inputs } = dev.one("aws:sns/topicSubscription:TopicSubscription", "operations-email");
            assert.deepEqual([inputs.protocol, inputs.endpoint], ["email", "ops@example.com"]);
            assert.deepEqual(dev.warnings, []);
        });

        it("warn at preview when there is none", async () => {
            const program = await recordProgram({ "lookout:operations": {} });
            assert.equal(program.warnings.length, 1);
            assert.match(program.warnings[0]!, /Nobody is told when a run fails.*lookout:operations\.email/);
        });
    });
});
