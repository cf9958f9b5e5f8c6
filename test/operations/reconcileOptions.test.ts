import assert from "node:assert/strict";
import type { DetectorOptions } from "../../pipeline/detectorOptions";
import { arn, detectorStack, first, newSpec, second } from "../support/detectorStack";

const onlyFalls: DetectorOptions = { measures: { views: { direction: "down" } }, events: [] };
const asRatio: DetectorOptions = {
    measures: { views: { ratio: { numerator: "orders", denominator: "visits" } } },
    events: [],
};

describe("operations/reconcileDetector, options", () => {
    it("tells the service what the user knows, before the first history is learned", async () => {
        const { service, reconcile } = detectorStack();
        await reconcile("create", { options: onlyFalls });
        assert.deepEqual(service.calls, ["create", "createMetricSet", "putOptions"]);
        assert.deepEqual(service.detectors.get(arn)?.options, onlyFalls);
    });

    it("says nothing where nothing is known", async () => {
        const { service, reconcile } = detectorStack();
        await reconcile("create");
        assert.ok(!service.calls.includes("putOptions"));
    });

    it("changes and takes back options while the detector is at work", async () => {
        const { service, reconcile, up, definition } = detectorStack();
        await up();
        await reconcile("update", { options: onlyFalls });
        assert.deepEqual(service.detectors.get(arn)?.options, onlyFalls);
        assert.equal((await definition())?.next, null);
        await reconcile("update");
        assert.deepEqual(service.detectors.get(arn)?.options, { measures: {}, events: [] });
        assert.deepEqual(service.calls, ["putOptions", "putOptions"]);
        await reconcile("update");
        assert.equal(service.calls.length, 2);
    });

    it("learns a changed ratio anew: deactivates, tells, and has the history activated again", async () => {
        const { service, executions, reconcile, up, definition, playBackfill } = detectorStack();
        await up();
        await reconcile("update", { options: asRatio });
        assert.deepEqual(service.calls, ["deactivate", "putOptions"]);
        assert.deepEqual(service.detectors.get(arn)?.options, asRatio);
        assert.equal((await definition())?.next, first);
        await playBackfill(executions.names().at(-1) ?? "");
        assert.equal(service.detectors.get(arn)?.status, "ACTIVE");
        assert.equal((await definition())?.next, null);
    });

    it("waits with options for new measures until the metric set has them", async () => {
        const { service, executions, reconcile, up, playBackfill } = detectorStack();
        await up();
        await reconcile("update", { spec: newSpec, options: onlyFalls });
        assert.deepEqual(service.calls, []);
        await playBackfill(executions.names().find((name) => name.includes(second)) ?? "");
        assert.deepEqual(service.calls, ["deactivate", "updateMetricSet", "putOptions", "activate"]);
        assert.deepEqual(service.detectors.get(arn)?.options, onlyFalls);
    });
});
