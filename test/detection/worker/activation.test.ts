import assert from "node:assert/strict";
import { openDetectorStore } from "../../../detection/store/detectors";
import { createRunCache, openRun } from "../../../detection/store/runs";
import { ActivationError } from "../../../detection/worker/dataErrors";
import { runJob, type Job } from "../../../detection/worker/worker";
import type { WorkerServices } from "../../../detection/worker/work";
import { DataError } from "../../../errors";
import { memoryObjectStore } from "../../support/memoryObjectStore";
import { activatedShop } from "../../support/shopDetector";
import { shopLedger } from "../../support/shopLedger";

const minute = 60_000;

/** A detector whose activation meets with a fault, as long as there is one, when its rows are read. */
async function shop(status: "ACTIVATING" | "BACK_TEST_ACTIVATING" = "ACTIVATING") {
    const objects = memoryObjectStore();
    const ledger = shopLedger(objects, { historyDays: 14, liveHours: 3, pairs: 2 });
    await ledger.commitHistory();
    const detectors = openDetectorStore(objects);
    await detectors.create({ ...activatedShop(ledger), status });
    const world = {
        objects,
        ledger,
        detectors,
        fault: undefined as Error | undefined,
        record: async () => (await detectors.read("shop"))!,
        progress: async () => (await openRun(objects, "shop", "r-1", createRunCache()).progress())?.record,
        work: (after: number, more: Partial<WorkerServices> = {}, job: Job["job"] = "advance") =>
            runJob(
                {
                    detectors,
                    buckets: { own: "metrics", store: objects, open: () => objects },
                    cache: createRunCache(),
                    ...more,
                },
                { job, detector: "shop", shard: 0 },
                ledger.live + 100 * 60 * minute + after,
            ),
    };
    objects.before = (operation) => {
        if (operation === "stream" && world.fault !== undefined) throw world.fault;
    };
    return world;
}

describe("detection/worker, activations that fail", () => {
    it("fails at once for a bucket that refuses to be read, and says what to do", async () => {
        const world = await shop();
        world.fault = new DataError('the bucket "theirs" cannot be read: AccessDenied. Allow it');
        await world.work(0);
        const { status, failure } = await world.record();
        assert.equal(status, "FAILED");
        assert.deepEqual(failure, { type: "ACTIVATION_FAILURE", reason: world.fault.message });
    });

    for (const status of ["ACTIVATING", "BACK_TEST_ACTIVATING"] as const)
        it(`is tried five times while it is ${status}, then fails with the last reason`, async () => {
            const world = await shop(status);
            world.fault = new Error("connect ECONNREFUSED");
            for (let n = 0; n < 4; n++) await assert.rejects(world.work(n * minute), /ECONNREFUSED/);
            assert.equal((await world.record()).status, status);
            await world.work(4 * minute);
            const { status: end, failure } = await world.record();
            assert.equal(end, "FAILED");
            assert.match(failure!.reason, /^Tried 5 times.*: connect ECONNREFUSED$/);
        });

    it("takes tries within a minute for one", async () => {
        const world = await shop();
        world.fault = new Error("connect ECONNREFUSED");
        for (let n = 0; n < 20; n++) await assert.rejects(world.work(n * 1000), /ECONNREFUSED/);
        assert.equal((await world.record()).status, "ACTIVATING");
    });

    it("fails at once, with the reason, when a role does not let itself be assumed", async () => {
        const world = await shop();
        world.fault = new DataError("the role does not let itself be assumed");
        await world.work(0);
        const { status, failure } = await world.record();
        assert.equal(status, "FAILED");
        assert.match(failure!.reason, /does not let itself be assumed/);
    });

    it("counts attempts whose process died, too", async () => {
        const world = await shop();
        const died = new Promise<void>(() => undefined);
        let reached = (): void => undefined;
        world.objects.before = (operation) => {
            if (operation !== "stream") return undefined;
            reached();
            return died;
        };
        for (let n = 0; n < 5; n++) {
            const reading = new Promise<void>((resolve) => (reached = resolve));
            void world.work(n * minute);
            await reading;
        }
        await world.work(5 * minute);
        const { status, failure } = await world.record();
        assert.equal(status, "FAILED");
        assert.match(failure!.reason, /^Tried 5 times.*the worker died of it/);
    });

    it("fails when the machine that learns shards goes on failing, and names it", async () => {
        const world = await shop();
        const learnShards = async () => Promise.reject(new ActivationError("see the state machine lookout-dev-learn"));
        await world.work(0, { mostCells: 1000, learnShards });
        const { status, failure } = await world.record();
        assert.equal(status, "FAILED");
        assert.equal(failure!.reason, "see the state machine lookout-dev-learn");
    });

    it("waits for shards that others learn, however often it is asked, and counts their failures", async () => {
        const world = await shop();
        const others = { mostCells: 1000, learnShards: async () => undefined };
        for (let n = 0; n < 20; n++) await world.work(n * minute, others);
        assert.equal((await world.record()).status, "ACTIVATING");
        world.objects.before = (operation, key) => {
            if (operation === "get" && key.includes("/rows/")) throw new Error("out of order");
        };
        for (let n = 20; n < 30 && (await world.record()).status === "ACTIVATING"; n++)
            await world.work(n * minute, others, "learnShard").catch(() => undefined);
        assert.match((await world.record()).failure!.reason, /^Tried 5 times.*: out of order$/);
    });

    it("leaves nothing of a run whose detector is deleted while it learns", async () => {
        const world = await shop();
        let isDeleted = false;
        world.objects.before = async (operation) => {
            if (operation !== "stream" || isDeleted) return;
            isDeleted = true;
            await world.detectors.change("shop", (record) => ({ ...record, status: "DELETING" }));
            await world.detectors.remove("shop");
        };
        await world.work(0);
        assert.ok(isDeleted);
        assert.deepEqual(world.objects.keys("_detection/"), []);
    });

    it("takes away what is left of a detector that is gone", async () => {
        const world = await shop();
        await world.work(0);
        assert.ok((await world.progress()) !== undefined);
        await world.objects.delete(["_detection/detectors/shop.json"]);
        await world.work(minute);
        assert.deepEqual(world.objects.keys("_detection/"), []);
    });
});
