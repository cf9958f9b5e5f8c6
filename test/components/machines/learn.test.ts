import assert from "node:assert/strict";
import { learnDefinition } from "../../../components/machines/learn";
import { checkMachine } from "../../../local/cloud/machineRun";
import { callEndOf, callRecord } from "../../../operations/callEnds";
import { transientErrors } from "../../../pipeline/errorNames";
import { NamedError, playMachine, statesOf, type Answer } from "../../support/playMachine";

const detectorArn = "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:shop";
const worker = { arn: "arn:aws:lambda:us-east-1:123456789012:function:lookout-dev-detect", timeoutSeconds: 900 };
const notify = { arn: "arn:aws:lambda:us-east-1:123456789012:function:notify", timeoutSeconds: 30 };
const definition = learnDefinition({ partition: "aws", worker, notify });
const input = { detectorArn, run: "r-1", shards: [0, 1, 2] };

const play = (tasks: Record<string, Answer>) => playMachine({ definition: inline(definition), input, tasks });

/** The interpreter plays a distributed Map as an inline one. */
function inline(machine: typeof definition): typeof definition {
    const text = JSON.stringify(machine, (key, value: unknown) => (key === "Label" ? undefined : value));
    return JSON.parse(text.replace('{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}', '{"Mode":"INLINE"}')) as never;
}

describe("components/machines/learn", () => {
    it("learns every shard by the worker, merges them once all are learned, and succeeds", async () => {
        const done = () => ({});
        const { status, calls } = await play({ LearnShard: done, MergeShards: done });
        assert.equal(status, "SUCCEEDED");
        assert.deepEqual(
            calls.map(({ payload }) => payload),
            [
                ...[0, 1, 2].map((shard) => ({ detectorArn, job: "learnShard", shard })),
                { detectorArn, job: "mergeShards" },
            ],
        );
    });

    it("tells, as of a call that nobody waited for, when a shard is not learned, and merges nothing", async () => {
        let told: Record<string, unknown> | undefined;
        const { status, error, calls } = await play({
            LearnShard: () => {
                throw new NamedError("RangeError", '{"errorType":"RangeError","errorMessage":"too large"}');
            },
            NotifyError: (payload) => {
                told = payload;
            },
        });
        assert.deepEqual([status, error], ["FAILED", "LearningFailed"]);
        assert.ok(!calls.some(({ state }) => state === "MergeShards"));
        const end = callEndOf(callRecord.parse(told));
        assert.deepEqual(end?.job, { kind: "scoring", detectorName: "shop" });
        assert.deepEqual(end?.failure, { error: "RangeError", message: "too large" });
    });

    it("tries a shard again that failed in passing", async () => {
        let tries = 0;
        const { status } = await play({
            LearnShard: () => {
                if (++tries === 1) throw new NamedError("Lambda.TooManyRequestsException", "busy");
                return {};
            },
            MergeShards: () => ({}),
        });
        assert.equal(status, "SUCCEEDED");
        assert.equal(tries, 4);
    });

    it("is a definition that the interpreter accepts, its Map distributed with a limit", async () => {
        await assert.doesNotReject(checkMachine(JSON.stringify(definition)));
        const map = definition.States.LearnShards!;
        assert.ok(map.Type === "Map" && map.ItemProcessor.ProcessorConfig.Mode === "DISTRIBUTED");
        assert.ok(map.MaxConcurrency! > 0 && map.MaxConcurrency! <= 1000);
    });

    it("limits the time of every task and of the whole, and retries what Lambda itself refused", () => {
        assert.ok(definition.TimeoutSeconds! > 0);
        for (const [name, state] of statesOf(definition)) {
            if (state.Type !== "Task") continue;
            assert.ok(state.TimeoutSeconds < definition.TimeoutSeconds!, name);
            const retried = state.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals) ?? [];
            assert.ok(
                transientErrors.every((error) => retried.includes(error)),
                name,
            );
        }
    });

    it("names every service in the partition that it is deployed to", () => {
        const text = JSON.stringify(learnDefinition({ partition: "aws-cn", worker, notify }));
        assert.deepEqual([...new Set(text.match(/arn:[^:]+:states/g))], ["arn:aws-cn:states"]);
    });
});
