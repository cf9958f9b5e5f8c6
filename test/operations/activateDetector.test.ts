import assert from "node:assert/strict";
import { activateDetector } from "../../operations/activateDetector";
import { metricSetOf } from "../../operations/metricSet";
import { readDocument } from "../../pipeline/documents";
import { definitionKey } from "../../pipeline/objectLayout";
import { type DetectorDefinition, detectorDefinition } from "../../pipeline/records";
import { fakeDetectorService } from "../support/fakeDetectorService";
import { memoryObjectStore } from "../support/memoryObjectStore";
import {
    backfillRun,
    chunks,
    commitAll,
    generation,
    shopDefinition,
    shopRecord,
    shopSpec,
    writeShop,
} from "../support/shop";

const arn = shopDefinition.detectorArn;

/** A detector whose history is committed, and which reads `reads`. */
async function stack(reads = generation, definition: Partial<DetectorDefinition> = { live: null, next: generation }) {
    const store = memoryObjectStore();
    const service = fakeDetectorService();
    await writeShop(store, definition);
    await commitAll(store, backfillRun, chunks);
    await service.create({ name: "lookout-dev-shop", description: "", interval: "PT1H", owner: "urn:ours" });
    const data = { bucket: "metrics", detector: "shop", generation: reads, spec: shopSpec, offsetSeconds: 300 };
    await service.createMetricSet(arn, "lookout-dev-shop", metricSetOf(data));
    service.calls.length = 0;
    const running = new Set<string>();
    const world = { store, bucket: "metrics", service, isRunning: async (execution: string) => running.has(execution) };
    const activate = async () => (await activateDetector(world, backfillRun)).status;
    const detector = service.detectors.get(arn) ?? assert.fail();
    const live = async () =>
        (await readDocument(store, definitionKey("PT1H", "shop"), detectorDefinition))?.value.live ?? null;
    return { store, service, running, world, activate, detector, live };
}

describe("operations/activateDetector", () => {
    it("activates, waits, and switches the ticks only once the detector learns", async () => {
        const { service, activate, live } = await stack();
        assert.equal(await activate(), "ACTIVATING");
        assert.equal(await activate(), "ACTIVATING");
        assert.deepEqual([await live(), service.calls], [null, ["activate"]]);
        service.settle();
        assert.equal(await activate(), "ACTIVE");
        assert.equal(await live(), generation);
        assert.equal(await activate(), "ACTIVE");
    });

    it("asks to be called again in a minute, so that a day of waiting fits into one execution", async () => {
        const { world } = await stack();
        assert.deepEqual(await activateDetector(world, backfillRun), { status: "ACTIVATING", waitSeconds: 60 });
    });

    it("fails with the service's reason when the activation it asked for failed", async () => {
        const { detector, activate } = await stack();
        await activate();
        Object.assign(detector, { status: "FAILED", failureReason: "too few rows" });
        await assert.rejects(activate(), { name: "DataError", message: /"shop": too few rows/ });
    });

    it("activates anew what an earlier execution failed to activate", async () => {
        const { detector, service, activate } = await stack(generation, {
            live: null,
            next: generation,
            activatedBy: "earlier",
        });
        Object.assign(detector, { status: "FAILED", failureReason: "too few rows" });
        assert.equal(await activate(), "ACTIVATING");
        service.settle();
        assert.equal(await activate(), "ACTIVE");
    });

    it("activates nothing while windows of the history are missing", async () => {
        const { store, service, activate } = await stack();
        await store.delete(store.keys(`shop/ledger/${generation}/2026-01/20260105`));
        await assert.rejects(activate(), { name: "DataError", message: /1 windows of its history are missing/ });
        assert.deepEqual(service.calls, []);
    });

    it("ends quietly when another execution is still at the history, or another generation is wanted", async () => {
        const { store, running, service, activate } = await stack();
        await store.delete(store.keys(`shop/ledger/${generation}/2026-01/20260105`));
        await store.put("shop/lease/backfill.json", JSON.stringify({ owner: "another", fence: 7 }));
        running.add("another");
        assert.equal(await activate(), "LEARNING");
        await writeShop(store, { live: null, next: "bbbbbbbbbb" });
        assert.equal(await activate(), "LEARNING");
        assert.deepEqual(service.calls, []);
    });

    it("deletes the old generation's data only when no live run can still write them, and under the live lease", async () => {
        const old = "bbbbbbbbbb";
        const { store, running, service, detector, activate, live } = await stack(old, { live: old, next: generation });
        detector.status = "ACTIVE";
        const oldKeys = [
            `shop/ledger/${old}/generation.json`,
            `shop/backtest/${old}/20260101T000000Z/x/0.csv`,
            `shop/live/20260111/0000/${old}-abc/0.csv`,
            `shop/cache/${old}.json`,
            `shop/parked/${old}/20260111T000000Z.json`,
            `shop/tickets/${old}/abc.json`,
        ];
        for (const key of oldKeys) await store.put(key, "{}");
        const isThere = (): boolean => oldKeys.every((key) => store.keys().includes(key));
        await store.put("shop/lease/live.json", JSON.stringify({ owner: "live run", fence: 3 }));
        running.add("live run");
        for (let step = 0; step < 3; step += 1) {
            assert.equal(await activate(), "ACTIVATING");
            assert.ok(isThere());
            service.settle();
        }
        assert.deepEqual(service.calls, ["deactivate", "updateMetricSet", "putOptions", "activate"]);
        assert.equal(await live(), generation);
        running.clear();
        assert.equal(await activate(), "ACTIVE");
        assert.deepEqual(
            store.keys().filter((key) => key.includes(old)),
            [],
        );
        assert.deepEqual(store.json("shop/lease/live.json"), { owner: null, fence: 4 });
        assert.equal(store.keys(`shop/backtest/${generation}/`).length, chunks.length);
    });

    it("keeps what the detector is to read next, wanted before or while the old generations are deleted", async () => {
        const [old, next] = ["bbbbbbbbbb", "cccccccccc"];
        for (const isLate of [false, true]) {
            const { store, service, detector, activate } = await stack(generation, { live: generation, next: null });
            detector.status = "ACTIVE";
            await store.put(`shop/cache/${old}.json`, "{}");
            const want = async (): Promise<void> => {
                await writeShop(store, { live: generation, next }, { ...shopRecord, generation: next });
                await store.put(`shop/backtest/${next}/20260101T000000Z/x/0.csv`, "");
            };
            if (!isLate) await want();
            let lists = 0;
            store.before = async (operation, prefix) => {
                if (operation !== "list" || prefix !== "shop/" || !isLate || (lists += 1) !== 2) return;
                store.before = undefined;
                await want();
            };
            assert.equal(await activate(), "ACTIVE");
            assert.deepEqual(
                store.keys().filter((key) => key.includes(old)),
                [],
            );
            assert.equal(store.keys().filter((key) => key.includes(next)).length, 2, `late: ${isLate}`);
            assert.deepEqual(service.calls, []);
        }
    });

    it("goes on deleting where a call died", async () => {
        const { store, running, service, detector, activate } = await stack();
        detector.status = "ACTIVE";
        await store.put("shop/cache/bbbbbbbbbb.json", "{}");
        store.before = (operation) => {
            if (operation === "delete") throw new Error("died");
        };
        await assert.rejects(activate(), /died/);
        store.before = undefined;
        running.add(backfillRun.execution);
        assert.equal(await activate(), "ACTIVE");
        assert.deepEqual([store.keys("shop/cache/bbbbbbbbbb"), service.calls], [[], []]);
    });

    it("says what to do when the detector is gone", async () => {
        const { service, activate } = await stack();
        service.detectors.clear();
        service.metricSet = async () => undefined;
        await assert.rejects(activate(), { name: "NotFoundError", message: /run "pulumi up"/ });
    });
});
