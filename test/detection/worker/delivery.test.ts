import assert from "node:assert/strict";
import { openDetectorStore } from "../../../detection/store/detectors";
import { createRunCache } from "../../../detection/store/runs";
import { runJob } from "../../../detection/worker/worker";
import { memoryObjectStore } from "../../support/memoryObjectStore";
import { activatedShop } from "../../support/shopDetector";
import { shopLedger } from "../../support/shopLedger";

describe("detection/worker, what alerts have to tell", () => {
    it("is delivered after each round, also where its notes were made before: by a worker that died", async () => {
        const objects = memoryObjectStore();
        const ledger = shopLedger(objects, { historyDays: 13, liveHours: 4, pairs: 3 });
        const detectors = openDetectorStore(objects);
        await ledger.commitHistory();
        await detectors.create(activatedShop(ledger));
        const asked: string[] = [];
        const services = {
            detectors,
            buckets: { own: "metrics", store: objects, open: () => objects },
            cache: createRunCache(),
            // Nothing is new to the outbox.
            alerting: {
                note: async () => 0,
                retract: async () => 0,
                deliver: async (detector: string) => void asked.push(detector),
            },
        };
        const work = (job: "learn" | "advance") =>
            runJob(services, { job, detector: "shop" }, ledger.live + 100 * 3_600_000);
        await work("learn");
        assert.deepEqual(asked, []);
        await ledger.commitHour(0);
        await work("advance");
        assert.deepEqual(asked, ["shop"]);
        await work("advance");
        assert.deepEqual(asked, ["shop"], "no round, nothing asked for");
    });
});
