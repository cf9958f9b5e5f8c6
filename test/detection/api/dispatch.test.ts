import assert from "node:assert/strict";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import { lambdaDispatch } from "../../../detection/api/dispatch";
import { openQueue } from "../../../detection/api/queue";
import { dispatchDue } from "../../../detection/api/tick";
import { openDetectorStore } from "../../../detection/store/detectors";
import type { DetectorStatus } from "../../../detection/store/records";
import type { Job } from "../../../detection/worker/worker";
import { memoryObjectStore } from "../../support/memoryObjectStore";

describe("detection/api/dispatch", () => {
    it("does jobs one after another and the same waiting one once", async () => {
        const done: string[] = [];
        let running = 0;
        const queue = openQueue(async ({ job, detector }) => {
            assert.equal(++running, 1);
            await new Promise(setImmediate);
            running--;
            done.push(`${job} ${detector}`);
        });
        await queue.dispatch({ job: "learn", detector: "a" });
        await queue.dispatch({ job: "advance", detector: "a" });
        await queue.dispatch({ job: "advance", detector: "a" });
        await queue.dispatch({ job: "advance", detector: "b" });
        await queue.idle();
        assert.deepEqual(done, ["learn a", "advance a", "advance b"]);
    });

    it("goes on after a job that failed, and tells whoever waits", async () => {
        const done: string[] = [];
        const queue = openQueue(async ({ detector }) => {
            if (detector === "bad") throw new Error("no such bucket");
            done.push(detector);
        });
        await queue.dispatch({ job: "learn", detector: "bad" });
        await queue.dispatch({ job: "learn", detector: "good" });
        await assert.rejects(queue.idle(), /no such bucket/);
        assert.deepEqual(done, ["good"]);
        await queue.idle();
    });

    it("invokes the worker function without waiting for the work", async () => {
        const sent: unknown[] = [];
        const client = { send: async ({ input }: { input: unknown }) => sent.push(input) };
        const dispatch = lambdaDispatch(client as unknown as LambdaClient, {
            functionName: "worker",
            arnOf: (detector) => `arn:${detector}`,
        });
        await dispatch({ job: "advance", detector: "shop" });
        const [input] = sent as [{ FunctionName: string; InvocationType: string; Payload: Buffer }];
        assert.equal(input.FunctionName, "worker");
        assert.equal(input.InvocationType, "Event");
        assert.deepEqual(JSON.parse(input.Payload.toString()), { job: "advance", detectorArn: "arn:shop" });
    });
});

describe("detection/api/tick", () => {
    it("looks after every detector that may have work left, and no other", async () => {
        const detectors = openDetectorStore(memoryObjectStore());
        const statuses: DetectorStatus[] = [
            "ACTIVE",
            "LEARNING",
            "ACTIVATING",
            "BACK_TEST_ACTIVATING",
            "BACK_TEST_ACTIVE",
            "BACK_TEST_COMPLETE",
            "DELETING",
            "INACTIVE",
            "FAILED",
            "DEACTIVATED",
        ];
        for (const status of statuses)
            await detectors.create({
                version: 1,
                name: status.toLowerCase(),
                interval: "PT1H",
                createdAt: 0,
                changedAt: 0,
                tags: {},
                status,
            });
        const jobs: Job[] = [];
        const outbox = { detectors: async () => [] };
        const { dispatched } = await dispatchDue({ detectors, outbox, dispatch: async (job) => void jobs.push(job) });
        assert.deepEqual(dispatched, [
            "activating",
            "active",
            "back_test_activating",
            "back_test_active",
            "deleting",
            "learning",
        ]);
        assert.ok(jobs.every(({ job }) => job === "advance"));
    });
});
