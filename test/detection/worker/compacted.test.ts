import assert from "node:assert/strict";
import { openDetectorStore } from "../../../detection/store/detectors";
import { createRunCache } from "../../../detection/store/runs";
import { runJob } from "../../../detection/worker/worker";
import { writeDocument } from "../../../pipeline/documents";
import { cacheKey, compactionKey, definitionKey, ledgerPrefix } from "../../../pipeline/objectLayout";
import { detectorDefinition, ledgerCache } from "../../../pipeline/records";
import { compactAll } from "../../support/longLedger";
import { memoryObjectStore } from "../../support/memoryObjectStore";
import { shopDefinition } from "../../support/shop";
import { activatedShop } from "../../support/shopDetector";
import { shopLedger } from "../../support/shopLedger";
import { withSpike } from "../../support/spike";

const hour = 3_600_000;
const historyDays = 40;
const far = Date.parse("2026-07-01T00:00:00Z");

/** A detector over a shop's ledger; `compacts` has the closed months compacted before each job, as if it were months later. */
async function shop(compacts: boolean) {
    const objects = memoryObjectStore();
    const ledger = shopLedger(objects, { historyDays, liveHours: 60, pairs: 2, shiftChance: 0 });
    const detectors = openDetectorStore(objects);
    await ledger.commitHistory();
    await detectors.create(activatedShop(ledger));
    const definition = { ...shopDefinition, live: ledger.generation };
    await writeDocument(objects, definitionKey("PT1H", "shop"), detectorDefinition, definition);
    const cache = { watermark: far, frontier: far, gaps: [] };
    await writeDocument(objects, cacheKey("shop", ledger.generation), ledgerCache, cache);
    const buckets = { own: "metrics", store: objects, open: () => objects };
    const work = async () => {
        // What the shop's hours were written by does not tell compaction that there are more of a month.
        await objects.delete([compactionKey("shop", ledger.generation)]);
        if (compacts) await compactAll(objects, far);
        const services = { detectors, buckets, cache: createRunCache() };
        await runJob(services, { job: "advance", detector: "shop" }, ledger.live + 99 * hour);
    };
    const csv = (h: number): string => ledger.csv(historyDays * 24 + h, historyDays * 24 + h + 1);
    return { objects, ledger, work, csv };
}

/** Learns, scores hours that come in two goes, one of them spoilt, and gets that one's right rows at last. */
async function play(compacts: boolean) {
    const { objects, ledger, work, csv } = await shop(compacts);
    await work();
    for (let h = 0; h < 20; h++) await ledger.commitHour(h, h === 15 ? withSpike(csv(h), at(h)) : undefined);
    await work();
    await ledger.parkHour(20, "no");
    for (let h = 21; h < 30; h++) await ledger.commitHour(h);
    await work();
    await ledger.commitHour(15);
    await ledger.commitHour(20);
    await work();
    await work();
    const own = objects.keys("_detection/").map((key) => [key, objects.text(key)]);
    return { own, manifests: objects.keys(ledgerPrefix("shop", ledger.generation)).length };
}

const at = (h: number): string =>
    new Date(Date.parse("2026-04-01T00:00:00Z") + h * hour).toISOString().slice(0, 13).replace("T", " ");

describe("detection/worker, a ledger of compacted months", () => {
    it("comes to the very same as over manifests by themselves", async () => {
        const [byThemselves, compacted] = [await play(false), await play(true)];
        assert.deepEqual(compacted.own, byThemselves.own);
        assert.ok(compacted.manifests < 5 && byThemselves.manifests > 30, `${compacted.manifests} objects`);
    });
});
