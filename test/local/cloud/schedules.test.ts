import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { EmbeddedCloud } from "../../../local/cloud/cloud";
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

const hour = 3_600_000;
const noting = "exports.handler = async (event) => console.log(JSON.stringify(event));";

function schedule(expression: string, target: object, more: object = {}): Declared {
    return {
        type: "aws:scheduler/schedule:Schedule",
        name: "tick",
        args: {
            scheduleExpression: expression,
            flexibleTimeWindow: { mode: "OFF" },
            target: { roleArn: { ref: "scheduler.arn" }, ...target },
            ...more,
        },
        dependsOn: ["scheduler-policy"],
    };
}

const calling = (expression: string, more: object = {}): Declared[] => [
    ...role("fn-role"),
    lambda("fn", noting),
    ...role("scheduler", ["lambda:InvokeFunction"]),
    schedule(
        expression,
        { arn: { ref: "fn.arn" }, input: '{"interval":"PT1H","scheduledTime":"<aws.scheduler.scheduled-time>"}' },
        more,
    ),
];

/** What the function `fn` has printed, line by line. */
function printed({ folder }: EmbeddedCloud): unknown[] {
    const lines = readFileSync(`${folder}/logs/fn.log`, "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as unknown);
}

describe("local/cloud/schedules", () => {
    it("call their function at each due instant, with the scheduled time filled in", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up(calling("cron(5 * * * ? *)"));
            await cloud.advanceTo(startOfTest + 3 * hour);
            assert.deepEqual(printed(cloud), [
                { interval: "PT1H", scheduledTime: "2026-04-01T00:05:00Z" },
                { interval: "PT1H", scheduledTime: "2026-04-01T01:05:00Z" },
                { interval: "PT1H", scheduledTime: "2026-04-01T02:05:00Z" },
            ]);
        });
    });

    it("start executions too", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up([
                ...machine("live", { StartAt: "Done", States: { Done: { Type: "Succeed" } } }),
                ...role("scheduler", ["states:StartExecution"]),
                schedule("rate(1 hour)", { arn: { ref: "live.arn" }, input: '{"a":1}' }),
            ]);
            await cloud.advanceTo(startOfTest + 2 * hour);
            const found = cloud
                .executions(machineArn("live"))
                .map(({ status, input, startedAt }) => [status, input, startedAt]);
            assert.deepEqual(found, [
                ["SUCCEEDED", '{"a":1}', startOfTest + hour],
                ["SUCCEEDED", '{"a":1}', startOfTest + 2 * hour],
            ]);
        });
    });

    it("do not make the cloud wait for them", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up(calling("cron(5 * * * ? *)"));
            await cloud.runUntilIdle(startOfTest + 9 * hour);
            assert.equal(cloud.clock.now(), startOfTest);
        });
    });

    it("follow a change of their expression, and end with the resource", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up(calling("cron(5 * * * ? *)"));
            await cloud.advanceTo(startOfTest + hour);
            await up(calling("cron(30 * * * ? *)"));
            await cloud.advanceTo(startOfTest + 2 * hour);
            await up(calling("cron(30 * * * ? *)").slice(0, -1));
            await cloud.advanceTo(startOfTest + 4 * hour);
            const times = printed(cloud).map((event) =>
                (event as { scheduledTime: string }).scheduledTime.slice(11, 16),
            );
            assert.deepEqual(times, ["00:05", "01:30"]);
        });
    });

    it("rest while they are disabled", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up(calling("cron(5 * * * ? *)", { state: "DISABLED" }));
            await cloud.advanceTo(startOfTest + 3 * hour);
            assert.throws(() => printed(cloud), /ENOENT/);
        });
    });

    it("go on after the folder was opened again", async () => {
        await onCloud(async (declared) => {
            await declared.up(calling("cron(5 * * * ? *)"));
            await declared.cloud.advanceTo(startOfTest + hour);
            await declared.reopen();
            await declared.cloud.advanceTo(startOfTest + 2 * hour);
            assert.equal(printed(declared.cloud).length, 2);
        });
    });

    it("say so when their role may not reach the target", async () => {
        await onCloud(async ({ cloud, up }) => {
            const [fnRole, fnPolicy, fn, scheduler, , tick] = calling("cron(5 * * * ? *)");
            await up([fnRole!, fnPolicy!, fn!, scheduler!, { ...tick!, dependsOn: [] }]);
            await assert.rejects(
                cloud.advanceTo(startOfTest + hour),
                /schedule default\/tick-.* not allowed lambda:InvokeFunction/,
            );
        });
    });

    it("are refused when their expression is none", async () => {
        await onCloud(async ({ up }) => {
            await assert.rejects(up(calling("hourly")), /"tick" failed: "hourly" is not a schedule/);
        });
    });
});

describe("local/cloud/events", () => {
    const failingMachine = machine("live", { StartAt: "Call", States: { Call: invokeTask("nobody") } });
    const rule = (permitted: boolean): Declared[] => [
        ...role("fn-role"),
        lambda("fn", noting),
        ...failingMachine,
        {
            type: "aws:cloudwatch/eventRule:EventRule",
            name: "failed",
            args: {
                eventPattern: {
                    json: {
                        source: ["aws.states"],
                        detail: { status: ["FAILED", "ABORTED"], stateMachineArn: [machineArn("live")] },
                    },
                },
            },
        },
        ...(permitted
            ? [
                  {
                      type: "aws:lambda/permission:Permission",
                      name: "allow",
                      args: {
                          action: "lambda:InvokeFunction",
                          function: { ref: "fn.name" },
                          principal: "events.amazonaws.com",
                          sourceArn: { ref: "failed.arn" },
                      },
                  },
              ]
            : []),
        {
            type: "aws:cloudwatch/eventTarget:EventTarget",
            name: "target",
            args: { rule: { ref: "failed.name" }, arn: { ref: "fn.arn" } },
        },
    ];
    const live: Declared = {
        ...schedule("at(2026-04-01T00:30:00)", { arn: { ref: "live.arn" }, input: '{"window":1}' }),
    };

    it("tell the rule's target of an execution that ended badly, and not that it started", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up([...rule(true), ...role("scheduler", ["states:StartExecution"]), live]);
            await cloud.advanceTo(startOfTest + hour);
            const [event, ...more] = printed(cloud) as Record<string, unknown>[];
            const [execution] = cloud.executions();
            assert.deepEqual(more, []);
            assert.equal(event?.["detail-type"], "Step Functions Execution Status Change");
            assert.deepEqual(event.resources, [execution?.arn]);
            const { status, error, input, stopDate } = event.detail as Record<string, unknown>;
            assert.deepEqual(
                [status, error, input, stopDate],
                ["FAILED", "Lambda.ResourceNotFoundException", '{"window":1}', startOfTest + hour / 2],
            );
        });
    });

    it("say so when the function does not permit the rule to call it", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up([...rule(false), ...role("scheduler", ["states:StartExecution"]), live]);
            await assert.rejects(
                cloud.advanceTo(startOfTest + hour),
                /events.amazonaws.com may not invoke .*:function:fn/,
            );
        });
    });
});
