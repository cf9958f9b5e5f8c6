import assert from "node:assert/strict";
import { SFNClient } from "@aws-sdk/client-sfn";
import { collect } from "../../pipeline/collect";
import { executionArn, openExecutions } from "../../pipeline/executions";
import { type AwsStandIn, openAwsStandIn, StandInError } from "../support/awsStandIn";
import { liveMachine } from "../support/shop";

const arn = executionArn(liveMachine, "a");
const refuse = (code: string) => () => {
    throw new StandInError(code, code);
};

describe("pipeline/executions", () => {
    let aws: AwsStandIn;
    let client: SFNClient;
    beforeEach(async () => {
        aws = await openAwsStandIn();
        client = new SFNClient(aws.client);
    });
    afterEach(async () => {
        client.destroy();
        await aws.close();
    });

    it("computes the ARN of an execution from its machine and name", () => {
        assert.equal(arn, "arn:aws:states:us-east-1:123456789012:execution:live:a");
    });

    it("starts an execution, and tells a name that is taken from other failures", async () => {
        aws.answers.StartExecution = () => ({ executionArn: arn, startDate: 0 });
        assert.equal(await openExecutions(client).start(liveMachine, "a", { b: 1 }), "started");
        assert.deepEqual(aws.calls[0]?.input, { stateMachineArn: liveMachine, name: "a", input: '{"b":1}' });
        aws.answers.StartExecution = refuse("ExecutionAlreadyExists");
        assert.equal(await openExecutions(client).start(liveMachine, "a", {}), "taken");
        aws.answers.StartExecution = refuse("StateMachineDoesNotExist");
        await assert.rejects(openExecutions(client).start(liveMachine, "a", {}), { name: "StateMachineDoesNotExist" });
    });

    it("knows whether an execution runs, also when there is none", async () => {
        const { isRunning } = openExecutions(client);
        const base = { executionArn: arn, stateMachineArn: liveMachine, startDate: 0 };
        for (const [status, expected] of [
            ["RUNNING", true],
            ["SUCCEEDED", false],
            ["ABORTED", false],
        ] as const) {
            aws.answers.DescribeExecution = () => ({ ...base, status });
            assert.equal(await isRunning(arn), expected);
        }
        aws.answers.DescribeExecution = refuse("ExecutionDoesNotExist");
        assert.equal(await isRunning(arn), false);
        aws.answers.DescribeExecution = refuse("AccessDeniedException");
        await assert.rejects(isRunning(arn), { name: "AccessDeniedException" });
    });

    it("reads an execution's input, and passes over one that is not JSON", async () => {
        const executions = openExecutions(client);
        aws.answers.DescribeExecution = () => ({ executionArn: arn, status: "RUNNING", input: '{"detector":"shop"}' });
        assert.deepEqual(await executions.input(arn), { detector: "shop" });
        aws.answers.DescribeExecution = () => ({ executionArn: arn, status: "RUNNING", input: "{" });
        assert.equal(await executions.input(arn), undefined);
    });

    it("lists all pages of what is running, and nothing of a machine that is gone", async () => {
        aws.answers.ListExecutions = ({ nextToken }) =>
            nextToken === undefined
                ? { executions: [{ executionArn: arn, name: "a" }], nextToken: "more" }
                : { executions: [{ executionArn: `${arn}b`, name: "ab" }] };
        const running = await collect(openExecutions(client).running(liveMachine));
        assert.deepEqual(
            running.map(({ name }) => name),
            ["a", "ab"],
        );
        assert.equal(aws.calls[0]?.input.statusFilter, "RUNNING");
        aws.answers.ListExecutions = refuse("StateMachineDoesNotExist");
        assert.deepEqual(await collect(openExecutions(client).running(liveMachine)), []);
    });

    it("stops an execution, and is silent about one that is gone", async () => {
        aws.answers.StopExecution = () => ({ stopDate: 0 });
        await openExecutions(client).stop(arn, "Why", "because");
        assert.deepEqual(aws.calls[0]?.input, { executionArn: arn, error: "Why", cause: "because" });
        aws.answers.StopExecution = refuse("ExecutionDoesNotExist");
        await openExecutions(client).stop(arn, "Why", "because");
    });
});
