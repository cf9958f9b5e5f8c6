import assert from "node:assert/strict";
import { z } from "zod";
import { readBackfill } from "../../../local/demo/backfill";
import { readLedger } from "../../../local/demo/ledgerTotals";
import { definitionKey, generationKey, manifestKey } from "../../../pipeline/objectLayout";
import { detectorDefinition, generationRecord, manifest, type WindowKind } from "../../../pipeline/records";
import { hourOfApril } from "../../support/foundGroups";
import { memoryObjectStore, type MemoryObjectStore } from "../../support/memoryObjectStore";

const generation = "0123456789";
const history = { start: hourOfApril(-90 * 24), end: hourOfApril(0) };

async function define(
    store: MemoryObjectStore,
    detector: string,
    live: string | null,
    next: string | null,
): Promise<void> {
    const definition = z.encode(detectorDefinition, {
        version: 1,
        name: detector,
        owner: "urn:pulumi:dev::lookout::pulumi:pulumi:Stack::lookout-dev",
        detectorArn: "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:lookout-dev-ecommerce",
        interval: "PT1H",
        timeZone: "UTC",
        offsetSeconds: 300,
        latenessSeconds: 0,
        source: "warehouse",
        extractor: "extract-warehouse",
        maxConcurrentStatements: 2,
        live,
        next,
    });
    await store.put(definitionKey("PT1H", detector), JSON.stringify(definition));
}

async function begin(store: MemoryObjectStore, detector: string): Promise<void> {
    const record = z.encode(generationRecord, {
        version: 1,
        generation,
        spec: {
            source: "warehouse",
            query: "select 1",
            interval: "PT1H",
            timeZone: "UTC",
            sourceTimeZone: "UTC",
            timestamp: { column: "timestamp", format: "yyyy-MM-dd HH:mm:ss" },
            dimensions: [],
            measures: [{ name: "views", aggregation: "SUM" }],
            history: { last: "P90D" },
            chunk: "P30D",
        },
        history,
    });
    await store.put(generationKey(detector, generation), JSON.stringify(record));
}

async function commit(
    store: MemoryObjectStore,
    detector: string,
    kind: WindowKind,
    [from, to]: [number, number],
): Promise<void> {
    const window = { start: hourOfApril(from), end: hourOfApril(to) };
    const text = z.encode(manifest, {
        version: 1,
        generation,
        kind,
        window,
        queryHash: "0123456789abcdef",
        rows: 1,
        bytes: 10,
        objects: [],
        attempt: "a1",
        fence: 1,
        ticket: {},
    });
    await store.put(manifestKey(detector, generation, window.start), JSON.stringify(text));
}

describe("local/demo/backfill", () => {
    let store: MemoryObjectStore;
    beforeEach(async () => {
        store = memoryObjectStore();
        await define(store, "ecommerce", null, generation);
    });

    it("is not done before a backfill has begun", async () => {
        assert.deepEqual(await readBackfill(store, ["ecommerce"]), { committed: 0, planned: 0, done: false });
    });

    it("counts the committed windows of those that the history and its chunks make", async () => {
        await begin(store, "ecommerce");
        await commit(store, "ecommerce", "backfill", [-90 * 24, -60 * 24]);
        assert.deepEqual(await readBackfill(store, ["ecommerce"]), { committed: 1, planned: 3, done: false });
        await commit(store, "ecommerce", "backfill", [-60 * 24, -30 * 24]);
        await commit(store, "ecommerce", "backfill", [-30 * 24, 0]);
        await commit(store, "ecommerce", "live", [0, 1]);
        assert.deepEqual(await readBackfill(store, ["ecommerce"]), { committed: 3, planned: 3, done: true });
    });

    it("is done when every detector's is", async () => {
        await begin(store, "ecommerce");
        for (const from of [-90, -60, -30]) {
            await commit(store, "ecommerce", "backfill", [from * 24, (from + 30) * 24]);
        }
        await define(store, "other", null, generation);
        assert.equal((await readBackfill(store, ["ecommerce", "other"])).done, false);
    });

    it("names a detector that has no definition", async () => {
        await assert.rejects(readBackfill(store, ["missing"]), { name: "NotFoundError", message: /missing/ });
    });
});

describe("local/demo/ledgerTotals: readLedger", () => {
    it("reads the manifests of the live generation, oldest first", async () => {
        const store = memoryObjectStore();
        await define(store, "ecommerce", generation, null);
        await begin(store, "ecommerce");
        await commit(store, "ecommerce", "live", [1, 2]);
        await commit(store, "ecommerce", "live", [0, 1]);
        const ledger = await readLedger(store, "ecommerce");
        assert.deepEqual(
            ledger!.manifests.map(({ window }) => window.start),
            [hourOfApril(0), hourOfApril(1)],
        );
        assert.equal(ledger!.record.generation, generation);
    });
});
