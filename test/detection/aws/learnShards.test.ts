import assert from "node:assert/strict";
import { learnByMachine } from "../../../detection/aws/learnShards";
import { fakeExecutions } from "../../support/fakeExecutions";

const machine = "arn:aws:states:us-east-1:123456789012:stateMachine:lookout-dev-learn";
const detectorArn = "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:shop";
const learning = { detector: "shop", detectorArn, run: "abc-1", shards: 3 };

describe("detection/aws/learnShards", () => {
    it("starts one execution however often it is asked, with the shards' numbers", async () => {
        const executions = fakeExecutions();
        await learnByMachine(executions, machine, learning);
        await learnByMachine(executions, machine, learning);
        assert.deepEqual(executions.names(), ["shop-abc-1-1"]);
        assert.deepEqual([...executions.all.values()][0]!.input, { detectorArn, run: "abc-1", shards: [0, 1, 2] });
    });

    it("starts the next one when an execution has ended and the learning has not", async () => {
        const executions = fakeExecutions();
        await learnByMachine(executions, machine, learning);
        executions.end([...executions.all.keys()][0]!);
        await learnByMachine(executions, machine, learning);
        await learnByMachine(executions, machine, learning);
        assert.deepEqual(executions.names(), ["shop-abc-1-1", "shop-abc-1-2"]);
    });

    it("gives up after twenty, and says where to look", async () => {
        const executions = { start: async () => "taken" as const, isRunning: async () => false };
        await assert.rejects(learnByMachine(executions, machine, learning), {
            name: "ActivationError",
            message: /failed 20 times.*the state machine lookout-dev-learn$/,
        });
    });
});
