import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import {
    DescribeExecutionCommand,
    ListExecutionsCommand,
    SFNClient,
    StartExecutionCommand,
    StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import type { EmbeddedCloud, Execution } from "../../../local/cloud/cloud";
import {
    invokeTask,
    lambda,
    machine,
    machineArn,
    onCloud,
    role,
    startOfTest,
    type Declared,
} from "../../support/declaredCloud";

const arn = machineArn("subject");

function open({ endpoint }: EmbeddedCloud): SFNClient {
    return new SFNClient({
        endpoint,
        region: "us-east-1",
        credentials: { accessKeyId: "user", secretAccessKey: "user" },
        maxAttempts: 1,
    });
}

/** Runs a test on a cloud with the machine `subject` and what else is declared. */
async function withMachine(
    definition: object,
    test: (client: SFNClient, cloud: EmbeddedCloud) => Promise<void>,
    more: readonly Declared[] = [],
): Promise<void> {
    await onCloud(async ({ cloud, up }) => {
        await up([...more, ...machine("subject", definition)]);
        await test(open(cloud), cloud);
    });
}

/** Runs the machine once to its end, and gives the execution. */
async function runOnce(definition: object, input: object, more: readonly Declared[] = []): Promise<Execution> {
    let ended: Execution | undefined;
    await withMachine(
        definition,
        async (client, cloud) => {
            await client.send(new StartExecutionCommand({ stateMachineArn: arn, input: JSON.stringify(input) }));
            await cloud.runUntilIdle(startOfTest + 86_400_000);
            ended = cloud.executions(arn)[0];
        },
        more,
    );
    assert.ok(ended);
    return ended;
}

const wait = (more: object = { Seconds: 3600 }): object => ({
    StartAt: "Wait",
    States: { Wait: { Type: "Wait", End: true, ...more } },
});
const elapsed = ({ startedAt, stoppedAt = NaN }: Execution): number => (stoppedAt - startedAt) / 1000;
const failing = (name: string, times: number): string => `
    let calls = 0;
    exports.handler = async (event) => {
        calls += 1;
        if (calls <= ${times}) { throw Object.assign(new Error("failure " + calls), { name: "${name}" }); }
        return { ...event, calls, at: new Date().toISOString() };
    };`;
const withFunction = (code: string): Declared[] => [...role("fn-role"), lambda("fn", code)];

describe("local/cloud/executions", () => {
    describe("a state machine", () => {
        it("waits on the simulated clock, however a wait is written", async () => {
            assert.equal(elapsed(await runOnce(wait({ Seconds: 90 }), {})), 90);
            assert.equal(elapsed(await runOnce(wait({ SecondsPath: "$.for" }), { for: 7 })), 7);
            assert.equal(elapsed(await runOnce(wait({ Timestamp: "2026-04-01T00:10:00Z" }), {})), 600);
            assert.equal(
                elapsed(await runOnce(wait({ TimestampPath: "$.until" }), { until: "2026-03-01T00:00:00Z" })),
                0,
            );
        });

        it("gives a wait's input to the next state", async () => {
            const definition = {
                StartAt: "Wait",
                States: { Wait: { Type: "Wait", SecondsPath: "$.for", Next: "Done" }, Done: { Type: "Succeed" } },
            };
            assert.equal((await runOnce(definition, { for: 1, kept: "yes" })).output, '{"for":1,"kept":"yes"}');
        });

        it("calls functions, and selects from what they give", async () => {
            const code = "exports.handler = async ({ rows }) => ({ doubled: rows * 2 });";
            const task = {
                OutputPath: undefined,
                ResultSelector: { "rows.$": "$.Payload.doubled" },
                ResultPath: "$.result",
            };
            const definition = { StartAt: "Call", States: { Call: invokeTask("fn", task) } };
            const { status, output } = await runOnce(definition, { rows: 21 }, withFunction(code));
            assert.deepEqual([status, output], ["SUCCEEDED", '{"rows":21,"result":{"rows":42}}']);
        });

        it("retries by error name, with the delays of the definition on the simulated clock", async () => {
            const retry = [
                { ErrorEquals: ["Other"], MaxAttempts: 9 },
                {
                    ErrorEquals: ["SourceBusyError"],
                    IntervalSeconds: 10,
                    BackoffRate: 3,
                    MaxDelaySeconds: 60,
                    MaxAttempts: 3,
                },
            ];
            const definition = { StartAt: "Call", States: { Call: invokeTask("fn", { Retry: retry }) } };
            const { status, output } = await runOnce(definition, {}, withFunction(failing("SourceBusyError", 3)));
            assert.deepEqual(
                [status, JSON.parse(output!)],
                ["SUCCEEDED", { calls: 4, at: "2026-04-01T00:01:40.000Z" }],
            );
        });

        it("fails with the function's error when the attempts are used up", async () => {
            const retry = [{ ErrorEquals: ["States.ALL"], MaxAttempts: 1 }];
            const definition = { StartAt: "Call", States: { Call: invokeTask("fn", { Retry: retry }) } };
            const { status, error, cause } = await runOnce(definition, {}, withFunction(failing("QueryError", 9)));
            const { errorType, errorMessage } = JSON.parse(cause!) as Record<string, string>;
            assert.deepEqual(
                [status, error, errorType, errorMessage],
                ["FAILED", "QueryError", "QueryError", "failure 2"],
            );
        });

        it("catches by error name, and gives name and cause to the next state", async () => {
            const definition = {
                StartAt: "Call",
                States: {
                    Call: invokeTask("fn", {
                        Catch: [{ ErrorEquals: ["DataError"], ResultPath: "$.error", Next: "Caught" }],
                    }),
                    Caught: { Type: "Pass", End: true },
                },
            };
            const { status, output } = await runOnce(definition, { window: 1 }, withFunction(failing("DataError", 9)));
            const { window, error } = JSON.parse(output!) as {
                window: number;
                error: { Error: string; Cause: string };
            };
            assert.deepEqual([status, window, error.Error], ["SUCCEEDED", 1, "DataError"]);
            assert.equal((JSON.parse(error.Cause) as { errorMessage: string }).errorMessage, "failure 1");
        });

        it("runs the items of a Map together, no more at once than it says, and keeps their order", async () => {
            const definition = {
                StartAt: "Each",
                States: {
                    Each: {
                        Type: "Map",
                        ItemsPath: "$.windows",
                        ItemSelector: { "window.$": "$$.Map.Item.Value", "run.$": "$.run" },
                        MaxConcurrency: 2,
                        ItemProcessor: {
                            ProcessorConfig: { Mode: "INLINE" },
                            StartAt: "Wait",
                            States: {
                                Wait: { Type: "Wait", SecondsPath: "$.window", Next: "Out" },
                                Out: { Type: "Pass", End: true },
                            },
                        },
                        End: true,
                    },
                },
            };
            const ended = await runOnce(definition, { run: "r", windows: [30, 10, 15, 1] });
            assert.deepEqual(
                (JSON.parse(ended.output!) as { window: number; run: string }[]).map(({ window }) => window),
                [30, 10, 15, 1],
            );
            assert.equal(elapsed(ended), 30);
        });

        it("runs the items of a distributed Map too, with its label and its limit", async () => {
            const processor = {
                ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
                StartAt: "Double",
                States: { Double: invokeTask("fn") },
            };
            const map = { Type: "Map", Label: "Shards", MaxConcurrency: 2, ItemProcessor: processor, End: true };
            const { status, output } = await runOnce(
                { StartAt: "Each", States: { Each: { ...map, ItemsPath: "$.shards" } } },
                { shards: [1, 2, 3] },
                withFunction("exports.handler = async (item) => 2 * item;"),
            );
            assert.deepEqual([status, output], ["SUCCEEDED", "[2,4,6]"]);
        });

        it("knows its own execution, and when a state was entered", async () => {
            const definition = {
                StartAt: "Wait",
                States: {
                    Wait: { Type: "Wait", Seconds: 60, Next: "Look" },
                    Look: {
                        Type: "Pass",
                        Parameters: {
                            "id.$": "$$.Execution.Id",
                            "name.$": "$$.Execution.Name",
                            "started.$": "$$.Execution.StartTime",
                            "entered.$": "$$.State.EnteredTime",
                            "state.$": "$$.State.Name",
                            "input.$": "$$.Execution.Input.window",
                            "machine.$": "$$.StateMachine.Id",
                            "text.$": "States.Format('{}!', $$.Execution.Name)",
                        },
                        End: true,
                    },
                },
            };
            const { name, arn: id, output } = await runOnce(definition, { window: 5 });
            assert.deepEqual(JSON.parse(output!), {
                id,
                name,
                started: "2026-04-01T00:00:00.000Z",
                entered: "2026-04-01T00:01:00.000Z",
                state: "Look",
                input: 5,
                machine: arn,
                text: `${name}!`,
            });
        });

        it("starts executions of other machines", async () => {
            const start = {
                Type: "Task",
                Resource: "arn:aws:states:::states:startExecution",
                Parameters: { StateMachineArn: machineArn("other"), Name: "child-1", "Input.$": "$" },
                End: true,
            };
            const other = machine("other", { StartAt: "Done", States: { Done: { Type: "Succeed" } } });
            await withMachine(
                { StartAt: "Start", States: { Start: start } },
                async (client, cloud) => {
                    await client.send(new StartExecutionCommand({ stateMachineArn: arn, input: '{"a":1}' }));
                    await cloud.settle();
                    const [child] = cloud.executions(machineArn("other"));
                    assert.deepEqual([child?.name, child?.input, child?.status], ["child-1", '{"a":1}', "SUCCEEDED"]);
                },
                other,
            );
        });

        it("times out on the simulated clock", async () => {
            const ended = await runOnce({ ...wait(), TimeoutSeconds: 100 }, {});
            assert.deepEqual([ended.status, elapsed(ended)], ["TIMED_OUT", 100]);
        });

        it("fails as its Fail state says", async () => {
            const definition = {
                StartAt: "Fail",
                States: { Fail: { Type: "Fail", Error: "RunFailed", Cause: "a window was parked" } },
            };
            const { status, error, cause } = await runOnce(definition, {});
            assert.deepEqual([status, error, cause], ["FAILED", "RunFailed", "a window was parked"]);
        });

        it("fails beyond the reach of States.ALL when a result is larger than may pass between states", async () => {
            const definition = {
                StartAt: "Call",
                States: {
                    Call: invokeTask("fn", { Catch: [{ ErrorEquals: ["States.ALL"], Next: "Caught" }] }),
                    Caught: { Type: "Succeed" },
                },
            };
            const code = "exports.handler = async () => 'x'.repeat(300000);";
            const { status, error } = await runOnce(definition, {}, withFunction(code));
            assert.deepEqual([status, error], ["FAILED", "States.DataLimitExceeded"]);
        });

        it("may call only what its role allows", async () => {
            await onCloud(async ({ cloud, up }) => {
                const allowed = machine("subject", { StartAt: "Call", States: { Call: invokeTask("fn") } });
                await up([
                    ...withFunction("exports.handler = async () => 1;"),
                    ...allowed.slice(0, 1),
                    { ...allowed[2]!, dependsOn: [] },
                ]);
                await open(cloud).send(new StartExecutionCommand({ stateMachineArn: arn }));
                await cloud.settle();
                const [execution] = cloud.executions(arn);
                assert.equal(execution?.error, "Lambda.AWSLambdaException");
                assert.match(
                    execution.cause!,
                    /not authorized to perform: lambda:InvokeFunction on resource: .*:function:fn/,
                );
            });
        });

        it("names a service failure of Lambda as Lambda's", async () => {
            await withMachine(
                {
                    StartAt: "Call",
                    States: {
                        Call: invokeTask("fn", { Retry: [{ ErrorEquals: ["Lambda.TooManyRequestsException"] }] }),
                    },
                },
                async (client, cloud) => {
                    const error = { name: "TooManyRequestsException", message: "Rate Exceeded.", status: 429 };
                    cloud.faults.inject({ at: "lambda:fn", error });
                    await client.send(new StartExecutionCommand({ stateMachineArn: arn }));
                    await cloud.runUntilIdle(startOfTest + 60_000);
                    assert.deepEqual(
                        [cloud.executions(arn)[0]?.status, cloud.clock.now()],
                        ["SUCCEEDED", startOfTest + 1000],
                    );
                },
                withFunction("exports.handler = async () => 1;"),
            );
        });

        it("is refused at creation when its definition is wrong, or asks for what is not done here", async () => {
            await onCloud(async ({ up }) => {
                const wrong = { StartAt: "Nowhere", States: { Done: { Type: "Succeed" } } };
                await assert.rejects(
                    up(machine("subject", wrong)),
                    /"subject" failed: State machine definition is invalid/,
                );
                const processor = { ...wait(), ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" } };
                const map = { Type: "Map", ItemProcessor: processor, ToleratedFailureCount: 1, End: true };
                await assert.rejects(
                    up(machine("subject", { StartAt: "Each", States: { Each: map } })),
                    /state "Each".*ToleratedFailureCount/,
                );
            });
        });
    });

    describe("an execution's name", () => {
        const start = (client: SFNClient, name: string, input = "{}") =>
            client.send(new StartExecutionCommand({ stateMachineArn: arn, name, input }));

        it("gives the running execution again for the same input, and refuses another input", async () => {
            await withMachine(wait(), async (client) => {
                const first = await start(client, "bf-1");
                assert.equal((await start(client, "bf-1")).executionArn, first.executionArn);
                await assert.rejects(start(client, "bf-1", '{"other":1}'), { name: "ExecutionAlreadyExists" });
            });
        });

        it("cannot be used again for 90 days after the execution has ended", async () => {
            await withMachine({ StartAt: "Done", States: { Done: { Type: "Succeed" } } }, async (client, cloud) => {
                await start(client, "bf-1");
                await cloud.settle();
                await assert.rejects(start(client, "bf-1"), { name: "ExecutionAlreadyExists" });
                await cloud.advanceTo(startOfTest + 90 * 86_400_000);
                await start(client, "bf-1");
            });
        });

        it("is refused when it is too long or holds other characters", async () => {
            await withMachine(wait(), async (client) => {
                await assert.rejects(start(client, "x".repeat(81)), { name: "InvalidName" });
                await assert.rejects(start(client, "2026-04-01T00:00:00Z"), { name: "InvalidName" });
            });
        });
    });

    describe("the API", () => {
        it("describes, lists newest first in pages, and stops executions", async () => {
            await withMachine(wait(), async (client, cloud) => {
                for (const name of ["one", "two", "three"]) {
                    await client.send(new StartExecutionCommand({ stateMachineArn: arn, name, input: '{"a":1}' }));
                }
                await cloud.advanceTo(startOfTest + 5000);
                const executionArn = `${arn.replace(":stateMachine:", ":execution:")}:two`;
                await client.send(new StopExecutionCommand({ executionArn, error: "Stopped", cause: "by hand" }));
                const described = await client.send(new DescribeExecutionCommand({ executionArn }));
                assert.deepEqual(
                    [
                        described.status,
                        described.error,
                        described.cause,
                        described.input,
                        described.stopDate?.getTime(),
                    ],
                    ["ABORTED", "Stopped", "by hand", '{"a":1}', startOfTest + 5000],
                );
                const page = await client.send(new ListExecutionsCommand({ stateMachineArn: arn, maxResults: 2 }));
                assert.deepEqual(
                    page.executions?.map(({ name }) => name),
                    ["three", "two"],
                );
                const rest = await client.send(
                    new ListExecutionsCommand({ stateMachineArn: arn, nextToken: page.nextToken }),
                );
                assert.deepEqual(
                    rest.executions?.map(({ name }) => name),
                    ["one"],
                );
                const running = await client.send(
                    new ListExecutionsCommand({ stateMachineArn: arn, statusFilter: "RUNNING" }),
                );
                assert.deepEqual(
                    running.executions?.map(({ name }) => name),
                    ["three", "one"],
                );
            });
        });

        it("stops an execution for good: no later state runs", async () => {
            const definition = {
                StartAt: "Wait",
                States: { Wait: { Type: "Wait", Seconds: 60, Next: "Call" }, Call: invokeTask("fn") },
            };
            await withMachine(
                definition,
                async (client, cloud) => {
                    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn: arn }));
                    await client.send(new StopExecutionCommand({ executionArn }));
                    await cloud.advanceTo(startOfTest + 120_000);
                    assert.equal(cloud.executions(arn)[0]?.status, "ABORTED");
                    assert.equal(existsSync(`${cloud.folder}/logs/fn.log`), false);
                },
                withFunction("exports.handler = async () => console.log('called');"),
            );
        });

        it("knows no machine and no execution that there is not", async () => {
            await onCloud(async ({ cloud }) => {
                const client = open(cloud);
                await assert.rejects(client.send(new StartExecutionCommand({ stateMachineArn: arn })), {
                    name: "StateMachineDoesNotExist",
                });
                await assert.rejects(client.send(new ListExecutionsCommand({ stateMachineArn: arn })), {
                    name: "StateMachineDoesNotExist",
                });
                const executionArn = `${arn.replace(":stateMachine:", ":execution:")}:x`;
                await assert.rejects(client.send(new DescribeExecutionCommand({ executionArn })), {
                    name: "ExecutionDoesNotExist",
                });
                await assert.rejects(client.send(new StopExecutionCommand({ executionArn })), {
                    name: "ExecutionDoesNotExist",
                });
            });
        });
    });

    it("are ABORTED when they were running in a process that has ended", async () => {
        await onCloud(async (declared) => {
            await declared.up(machine("subject", wait()));
            await open(declared.cloud).send(new StartExecutionCommand({ stateMachineArn: arn, name: "one" }));
            await declared.cloud.advanceTo(startOfTest + 60_000);
            await declared.reopen();
            const [execution] = declared.cloud.executions(arn);
            assert.deepEqual([execution?.status, execution?.stoppedAt], ["ABORTED", startOfTest + 60_000]);
        });
    });

    it("are ended and forgotten when their machine is deleted", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up(machine("subject", wait()));
            await open(cloud).send(new StartExecutionCommand({ stateMachineArn: arn }));
            await cloud.down();
            await cloud.runUntilIdle(startOfTest + 86_400_000);
            assert.deepEqual([cloud.executions(), cloud.clock.now()], [[], startOfTest]);
        });
    });
});
