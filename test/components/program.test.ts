import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { wideActions } from "../../components/wideActions";
import { type Environment, readEnvironment } from "../../config/environment";
import type { ConfigError } from "../../errors";
import { type RecordedProgram, type RecordedResource, recordProgram } from "../support/recordedProgram";

const orders = {
    source: "warehouse",
    interval: "PT5M",
    offset: "PT2M",
    query: 'select ts as "timestamp", revenue from orders',
    timestamp: { column: "timestamp" },
    measures: [{ name: "revenue", aggregation: "SUM" }],
};
const shop = {
    source: "warehouse",
    interval: "PT1H",
    query: 'select ts as "timestamp", views from visits',
    timestamp: { column: "timestamp" },
    measures: [{ name: "views", aggregation: "SUM" }],
};
const warehouse = { type: "redshift", secret: "redshift-l4mintegration" };

const types = {
    invocation: "aws:lambda/invocation:Invocation",
    eventInvokeConfig: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    schedule: "aws:scheduler/schedule:Schedule",
    function: "aws:lambda/function:Function",
    policy: "aws:iam/rolePolicy:RolePolicy",
    role: "aws:iam/role:Role",
} as const;

const requestOf = (invocation: RecordedResource) =>
    JSON.parse(invocation.inputs.input as string) as Record<string, unknown>;
const variablesOf = (inputs: Record<string, unknown>) =>
    (inputs.environment as { variables?: Record<string, string> } | undefined)?.variables ?? {};

/** `extraction-plan-live-function` comes from `functions/planLive.ts`. */
function handlerOf(functionName: string): string {
    const part = functionName.replace(/-function$/, "").replace(/^(extraction|operations)-/, "");
    const kebab = part.endsWith("-extractor") ? "extract" : part;
    return kebab.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The variables that a handler's first lines want of its environment; the region is Lambda's own doing. */
function variablesReadBy(handler: string): string[] {
    const text = readFileSync(join(__dirname, "..", "..", "functions", `${handler}.ts`), "utf8");
    const wanted = [...text.matchAll(/readEnvironment\(process\.env, \[([^\]]*)\]\)/g)].flatMap(([, list]) =>
        [...list!.matchAll(/"(\w+)"/g)].map(([, key]) => key as keyof Environment),
    );
    assert.ok(wanted.length > 0, `${handler} reads no environment`);
    try {
        readEnvironment({ AWS_REGION: "us-east-1" }, wanted);
        return [];
    } catch (error) {
        return (error as ConfigError).problems.map(({ key }) => key).sort();
    }
}
/** Resources of the second program that the first lacks, by name. */
const added = (before: RecordedProgram, after: RecordedProgram) => {
    const known = new Set(before.resources.map(({ urn }) => urn));
    return after.resources.filter(({ urn }) => !known.has(urn)).map(({ name }) => name);
};

describe("index.ts", () => {
    let dev: RecordedProgram;
    before(async () => {
        dev = await recordProgram();
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

    describe("its permissions", () => {
        it("allow no action by a wildcard", () => {
            const wide = dev
                .statements()
                .flatMap(({ policy, Action }) =>
                    Action.filter((action) => action.includes("*")).map((action) => `${policy}: ${action}`),
                );
            assert.deepEqual(wide, []);
        });

        it("allow an action on everything only where a reason is listed", () => {
            const unlisted = dev
                .statements()
                .filter(({ Resource }) => Resource.includes("*"))
                .flatMap(({ Action }) => Action)
                .filter((action) => wideActions[action] === undefined);
            assert.deepEqual(unlisted, []);
        });

        it("stay below the 10,240 characters that a role's policies may have together", () => {
            const sizes = new Map<unknown, number>();
            for (const { inputs } of dev.all(types.policy)) {
                sizes.set(inputs.role, (sizes.get(inputs.role) ?? 0) + (inputs.policy as string).length);
            }
            assert.ok(Math.max(...sizes.values()) < 10_240, String(Math.max(...sizes.values())));
        });

        it("name each statement of a policy once", () => {
            for (const { name, inputs } of dev.all(types.policy)) {
                const sids = (JSON.parse(inputs.policy as string) as { Statement: { Sid: string }[] }).Statement.map(
                    ({ Sid }) => Sid,
                );
                assert.equal(new Set(sids).size, sids.length, name);
                assert.ok(
                    sids.every((sid) => /^[A-Za-z0-9]+$/.test(sid)),
                    name,
                );
            }
        });

        it("let whoever calls the detection service do so through its URL", () => {
            const callers = dev
                .statements()
                .filter(({ Action }) => Action.includes("lambda:InvokeFunctionUrl"))
                .map(({ policy, Action }) => `${policy}: ${Action.join(" ")}`);
            const both = "lambda:InvokeFunctionUrl lambda:InvokeFunction";
            assert.deepEqual(callers.sort(), [
                `extraction-activate-detector-policy: ${both}`,
                `extraction-commit-window-policy: ${both}`,
                `extraction-reconcile-detector-policy: ${both}`,
            ]);
        });

        it("hold services that act for many accounts to this one", () => {
            const trusted = (name: string) =>
                JSON.stringify(JSON.parse(dev.one(types.role, name).inputs.assumeRolePolicy as string));
            for (const name of ["schedules-role", "extraction-live-role", "extraction-backfill-role"]) {
                assert.match(trusted(name), /"aws:SourceAccount":"123456789012"/, name);
            }
        });

        it("let the database write below the data prefixes and nowhere else", () => {
            const writes = dev
                .statements()
                .filter(
                    ({ policy, Action }) =>
                        policy === "extraction-warehouse-unload-policy" && Action.includes("s3:PutObject"),
                )
                .flatMap(({ Resource }) => Resource);
            assert.deepEqual(writes, [
                "arn:aws:s3:::metrics-bucket-1234567/*/backtest/*",
                "arn:aws:s3:::metrics-bucket-1234567/*/live/*",
            ]);
        });
    });

    describe("its URL", () => {
        it("answers signed requests only", () => {
            assert.equal(
                dev.one("aws:lambda/functionUrl:FunctionUrl", "detection-url").inputs.authorizationType,
                "AWS_IAM",
            );
        });
    });

    describe("its bucket", () => {
        it("refuses the public and plain HTTP", () => {
            const block = dev.one(
                "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
                "metrics-public-access",
            ).inputs;
            assert.ok(
                [
                    block.blockPublicAcls,
                    block.blockPublicPolicy,
                    block.ignorePublicAcls,
                    block.restrictPublicBuckets,
                ].every(Boolean),
            );
            const [statement] = (
                JSON.parse(dev.one("aws:s3/bucketPolicy:BucketPolicy", "metrics-policy").inputs.policy as string) as {
                    Statement: Record<string, unknown>[];
                }
            ).Statement;
            assert.deepEqual(
                [statement!.Effect, statement!.Condition],
                ["Deny", { Bool: { "aws:SecureTransport": "false" } }],
            );
        });

        it("lets extracted rows expire, folder by folder, and nothing else", () => {
            const { rules } = dev.one(
                "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
                "metrics-lifecycle",
            ).inputs as { rules: { filter: { prefix: string }; expiration?: { days: number } }[] };
            const expiring = rules.filter(({ expiration }) => expiration !== undefined);
            assert.deepEqual(
                expiring.map(({ filter, expiration }) => [filter.prefix, expiration!.days]),
                [
                    ["ecommerce/backtest/", 800],
                    ["ecommerce/live/", 800],
                ],
            );
        });

        it("stays with its protection when data are kept", () => {
            const kept = dev.resources.filter(({ retainOnDelete, custom }) => custom && retainOnDelete);
            assert.deepEqual(kept.map(({ name }) => name).sort(), [
                "metrics-bucket",
                "metrics-encryption",
                "metrics-lifecycle",
                "metrics-ownership",
                "metrics-policy",
                "metrics-public-access",
            ]);
            assert.equal(dev.one("aws:s3/bucket:Bucket", "metrics-bucket").inputs.forceDestroy, false);
        });

        it("says what is kept, and how to have it deleted", async () => {
            const told = ({ infos }: RecordedProgram) =>
                infos.filter((info) => /kept when this stack is destroyed/.test(info));
            assert.match(told(dev).join(), /set lookout:keepData to false and run `pulumi up` before `pulumi destroy`/);
            assert.deepEqual(told(await recordProgram({ "lookout:keepData": false })), []);
        });

        it("is emptied and deleted when they are not", async () => {
            const program = await recordProgram({ "lookout:keepData": false });
            assert.deepEqual(
                program.resources.filter(({ retainOnDelete }) => retainOnDelete),
                [],
            );
            assert.equal(program.one("aws:s3/bucket:Bucket", "metrics-bucket").inputs.forceDestroy, true);
        });
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
                "ecommerce-lifecycle",
                "extraction-plan-live-events",
                "extraction-plan-live-function",
                "extraction-plan-live-logs",
                "extraction-plan-live-policy",
                "extraction-plan-live-role",
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

    describe("its alerts", () => {
        const topic = "arn:aws:sns:us-east-1:123456789012:oncall";
        const lambda = "arn:aws:lambda:us-east-1:123456789012:function:page";
        const role = "arn:aws:iam::210987654321:role/alerts";
        const alerts = {
            oncall: { threshold: 70, sns: topic },
            page: { threshold: 90, lambda },
            partner: { threshold: 90, sns: "arn:aws:sns:us-east-1:210987654321:partner", role },
        };
        const allowed = {
            "lookout:detection": {
                allowedRoles: [role],
                consoleUrl: "https://lookout.example.com",
                limits: { alerts: 5 },
            },
        };
        const record = () => recordProgram({ "lookout:detectors": { shop: { ...shop, alerts } }, ...allowed });

        it("let the worker tell the stack's own targets, and assume the roles that are allowed, and no more", async () => {
            const program = await record();
            const worker = program.statements().filter(({ policy }) => policy === "detection-worker-policy");
            const resources = (action: string) =>
                worker.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource);
            assert.deepEqual(resources("sns:Publish"), [topic]);
            assert.deepEqual(resources("sts:AssumeRole"), [role]);
            assert.deepEqual(
                resources("lambda:InvokeFunction").filter((arn) => arn === lambda),
                [lambda],
            );
            assert.deepEqual(program.warnings, []);
        });

        it("tell the functions of the service what is theirs and which roles they may assume", async () => {
            const program = await record();
            for (const name of ["detection-worker-function", "detection-api-function"]) {
                const { variables } = program.one(types.function, name).inputs.environment as {
                    variables: Record<string, string>;
                };
                assert.deepEqual(JSON.parse(variables.LOOKOUT_ACCESS!), { roles: [role], targets: [topic, lambda] });
            }
            const { environment } = program.one(types.function, "detection-tick-function").inputs;
            assert.ok(
                !("LOOKOUT_ACCESS" in (environment as { variables: object }).variables),
                "the tick reaches nothing",
            );
        });

        it("tell the API its limits", async () => {
            const { inputs } = (await record()).one(types.function, "detection-api-function");
            const { variables } = inputs.environment as { variables: Record<string, string> };
            assert.deepEqual(JSON.parse(variables.LOOKOUT_LIMITS!), { alerts: 5 });
        });

        it("bury what cannot be delivered, and the worker's events that failed for good, in one encrypted queue", async () => {
            const program = await record();
            const { inputs } = program.one(types.function, "detection-worker-function");
            const queue = "arn:aws:sqs:us-east-1:123456789012:detection-dead-letters-1234567";
            assert.deepEqual(inputs.deadLetterConfig, { targetArn: queue });
            const { variables } = inputs.environment as { variables: Record<string, string> };
            assert.deepEqual(JSON.parse(variables.LOOKOUT_DELIVERY!), {
                deadLetters: "https://sqs.test/123456789012/detection-dead-letters-1234567",
                consoleUrl: "https://lookout.example.com",
            });
            const [letters] = program.all("aws:sqs/queue:Queue");
            assert.equal(letters!.inputs.sqsManagedSseEnabled, true);
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
