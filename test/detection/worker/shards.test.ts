import assert from "node:assert/strict";
import { openDetectorStore } from "../../../detection/store/detectors";
import type { MetricSetRecord } from "../../../detection/store/records";
import { createRunCache, openRun } from "../../../detection/store/runs";
import { encodePart, mergePart, shardOf } from "../../../detection/worker/rowParts";
import { createRowTable } from "../../../detection/worker/rowTable";
import { runJob, type Job } from "../../../detection/worker/worker";
import { memoryObjectStore } from "../../support/memoryObjectStore";
import { shopLedger } from "../../support/shopLedger";
import { activatedShop } from "../../support/shopDetector";

const hour = 3_600_000;

/** An activated detector over 20 days of a shop's history, learned in shards when it may hold few values only. */
async function shop(options: { mostCells?: number; measures?: MetricSetRecord["measures"]; isRemote?: boolean }) {
    const objects = memoryObjectStore();
    const ledger = shopLedger(objects, { historyDays: 40, liveHours: 30, pairs: 21, shiftChance: 0.02 });
    const detectors = openDetectorStore(objects);
    await ledger.commitHistory();
    const record = activatedShop(ledger);
    await detectors.create({
        ...record,
        metricSet: { ...record.metricSet!, measures: options.measures ?? record.metricSet!.measures },
    });
    const asked: [string, string, number][] = [];
    const services = {
        detectors,
        buckets: { own: "metrics", store: objects, open: () => objects },
        cache: createRunCache(),
        mostCells: options.mostCells,
        learnShards:
            options.isRemote === true
                ? async (detector: string, run: string, shards: number) => void asked.push([detector, run, shards])
                : undefined,
    };
    return {
        objects,
        ledger,
        asked,
        status: async () => (await detectors.read("shop"))!.status,
        work: (job: Omit<Job, "detector">) => runJob(services, { ...job, detector: "shop" }, ledger.live + 100 * hour),
        /** What the run has stored, but the model. */
        stored: () =>
            objects
                .keys("_detection/runs/")
                .filter((key) => !key.includes("/model/"))
                .map((key) => [key, objects.text(key)]),
        model: async () => {
            const run = openRun(objects, "shop", "r-1", createRunCache());
            return run.takeModel((await run.progress())!.record);
        },
    };
}

describe("detection/worker, learning in shards", () => {
    it("stores the same as learning at once, and leaves nothing behind", async () => {
        const [whole, sharded] = [await shop({}), await shop({ mostCells: 20_000 })];
        for (const world of [whole, sharded]) await world.work({ job: "learn" });
        assert.equal(await sharded.status(), "ACTIVE");
        assert.deepEqual(sharded.stored(), whole.stored());
        const [one, other] = [await whole.model(), await sharded.model()];
        assert.deepEqual({ ...other, scopes: undefined }, { ...one, scopes: undefined });
        assert.deepEqual([...other.scopes.keys()].sort(), [...one.scopes.keys()].sort());
        for (const [key, sums] of one.scopes)
            other.scopes
                .get(key)!
                .forEach((sum, i) => assert.ok(Math.abs(sum - sums[i]!) <= 1e-9 * Math.abs(sum), key));
    });

    it("averages rows over the parts that they were written in", async () => {
        const measures: MetricSetRecord["measures"] = [
            { name: "views", aggregation: "AVG" },
            { name: "revenue", aggregation: "SUM" },
        ];
        const [whole, sharded] = [await shop({ measures }), await shop({ measures, mostCells: 3000 })];
        for (const world of [whole, sharded]) await world.work({ job: "learn" });
        assert.deepEqual(sharded.stored(), whole.stored());
    });

    it("has shards learned by others where there are some, in any order, and more than once", async () => {
        const [whole, sharded] = [await shop({}), await shop({ mostCells: 20_000, isRemote: true })];
        await whole.work({ job: "learn" });
        await sharded.work({ job: "learn" });
        await sharded.work({ job: "advance" });
        assert.equal(await sharded.status(), "ACTIVATING");
        assert.deepEqual(sharded.asked, [
            ["shop", "r-1", 32],
            ["shop", "r-1", 32],
        ]);
        for (const shard of [31, ...Array.from({ length: 32 }, (_, k) => k)])
            await sharded.work({ job: "learnShard", shard });
        await sharded.work({ job: "mergeShards" });
        await sharded.work({ job: "mergeShards" });
        assert.equal(await sharded.status(), "ACTIVE");
        assert.deepEqual(sharded.stored(), whole.stored());
    });

    it("does not merge before every shard has learned, and says so", async () => {
        const world = await shop({ mostCells: 20_000, isRemote: true });
        await world.work({ job: "learn" });
        for (let shard = 1; shard < 32; shard++) await world.work({ job: "learnShard", shard });
        await assert.rejects(world.work({ job: "mergeShards" }), /not all shards of the detector "shop" have learned/);
    });

    it("does nothing for a shard of a detector that is no longer activating", async () => {
        const world = await shop({});
        await world.work({ job: "learn" });
        const before = world.stored();
        await world.work({ job: "learnShard", shard: 3 });
        await world.work({ job: "mergeShards" });
        assert.deepEqual(world.stored(), before);
    });
});

describe("detection/worker/rowParts", () => {
    const shape = { measures: [{ name: "m", aggregation: "AVG" as const }], dimensions: ["d"] };

    it("carries sums and their counts from one table to another", () => {
        const [from, into] = [createRowTable(shape), createRowTable(shape)];
        for (const [position, value, number] of [
            [-1, "é", 2],
            [-1, "é", 4],
            [300, "", 7],
        ] as const)
            from.add(position, from.memberOfValues([value]), Float64Array.of(number));
        into.add(-1, into.memberOfValues(["é"]), Float64Array.of(9));
        mergePart(encodePart(from.combinations, from.drain()), into);
        assert.deepEqual([...into.values([["é"]], -1, 1)], [5]);
        assert.deepEqual([...into.values([[""]], 299, 3)], [NaN, 7, NaN]);
        assert.equal(from.cells, 0);
    });

    it("reads a part without rows", () => {
        const table = createRowTable(shape);
        mergePart(encodePart([], []), table);
        assert.deepEqual(table.combinations, []);
    });

    it("puts a combination into the same shard always, and all over them", () => {
        const shards = Array.from({ length: 320 }, (_, k) => shardOf(["a", `b${k}`], 32));
        assert.deepEqual(
            shards,
            Array.from({ length: 320 }, (_, k) => shardOf(["a", `b${k}`], 32)),
        );
        assert.ok(new Set(shards).size >= 30);
    });
});
