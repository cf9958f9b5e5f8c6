import assert from "node:assert/strict";
import { NotFoundError } from "../../errors";
import { reconcileDetector } from "../../operations/reconcileDetector";
import { arn, detectorStack, first, newSpec, shopRequest, tickOf } from "../support/detectorStack";
import { liveMachine } from "../support/shop";

describe("operations/deleteDetector", () => {
    it("stops what is running, cancels queries, and deletes the detector and what steers it, keeping data", async () => {
        const world = detectorStack();
        const { service, store, executions, cancelled, reconcile, up } = world;
        await up();
        await tickOf(world, "2026-01-11T01:05");
        await executions.start(liveMachine, "shop-b-20260111T010500Z-1", {});
        await store.put(`shop/tickets/${first}/abc.json`, "{}");
        for (const told of ["shop", "shop.backfill", "shop.empty", "_scoring.lookout-dev-shop"])
            await store.put(`_operations/${told}.json`, "{}");
        await reconcile("update", { spec: newSpec });
        const data = store.keys("shop/backtest/");
        await reconcile("delete");
        const running = [...executions.all.values()].filter(({ status }) => status === "RUNNING");
        assert.deepEqual(
            running.map(({ name }) => name),
            ["shop-b-20260111T010500Z-1"],
        );
        assert.deepEqual(cancelled, [`extract-warehouse shop/tickets/${first}/abc.json`]);
        assert.equal(service.detectors.size, 0);
        assert.deepEqual([store.keys("_"), store.keys("shop/tickets/")], [[], []]);
        assert.ok(data.length > 0);
        assert.deepEqual(store.keys("shop/backtest/"), data);
    });

    it("deletes the detector's folder, and no other, when data are not kept", async () => {
        const { store, reconcile, up } = detectorStack();
        await up();
        await store.put("shop-b/backtest/x.csv", "");
        await reconcile("delete", { keepData: false });
        assert.deepEqual(store.keys(), ["shop-b/backtest/x.csv"]);
    });

    it("succeeds when all is gone already, also the bucket, and when it is repeated", async () => {
        const { store, service, reconcile, up } = detectorStack();
        await reconcile("delete");
        await up();
        store.before = () => {
            throw new NotFoundError("the bucket does not exist");
        };
        await reconcile("delete", { keepData: false });
        assert.equal(service.detectors.size, 0);
        await reconcile("delete", { keepData: false });
    });

    it("does not hang on a database that cannot be reached", async () => {
        const { world, store, service, up } = detectorStack();
        await up();
        await store.put(`shop/tickets/${first}/abc.json`, "{}");
        const unreachable = { ...world, cancel: async () => Promise.reject(new Error("unreachable")) };
        await reconcileDetector(unreachable, { ...shopRequest, tf: { action: "delete" } });
        assert.equal(service.detectors.size, 0);
    });

    it("waits until deletion is legal, and says so when that does not come", async () => {
        const { world, service, reconcile, up } = detectorStack();
        await up();
        const detector = service.detectors.get(arn) ?? assert.fail();
        detector.status = "ACTIVATING";
        const stuck = { ...world, pause: async () => undefined };
        const event = { ...shopRequest, tf: { action: "delete" as const } };
        await assert.rejects(
            reconcileDetector(stuck, event),
            /is ACTIVATING and not gone yet; run the same command again/,
        );
        await reconcile("delete");
        assert.equal(service.detectors.size, 0);
    });

    it("leaves what another stack owns: detector, records and data", async () => {
        const { store, service, executions, reconcile, up } = detectorStack();
        await up();
        const keys = store.keys();
        await reconcile("delete", { owner: "urn:another", keepData: false });
        assert.deepEqual([service.detectors.size, store.keys()], [1, keys]);
        assert.equal(
            [...executions.all.values()].some(({ status }) => status === "ABORTED"),
            false,
        );
    });

    it("lets the detector come back over the data it kept", async () => {
        const { store, service, reconcile, playBackfill, up } = detectorStack();
        await up();
        const data = store.keys("shop/backtest/");
        await reconcile("delete");
        await reconcile("create");
        await playBackfill(`bf-shop-${first}-2`);
        assert.equal(service.detectors.get(arn)?.status, "ACTIVE");
        assert.deepEqual(store.keys("shop/backtest/"), data);
    });
});
