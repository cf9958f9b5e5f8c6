import assert from "node:assert/strict";
import { openAlerts, type AlertRecord } from "../../../detection/store/alerts";
import { openDetectorStore } from "../../../detection/store/detectors";
import type { DetectorRecord } from "../../../detection/store/records";
import { memoryObjectStore } from "../../support/memoryObjectStore";

const shop: DetectorRecord = {
    version: 1,
    name: "shop",
    interval: "PT1H",
    createdAt: 1,
    changedAt: 1,
    tags: {},
    status: "ACTIVE",
    run: "r-2",
};

const told: AlertRecord = {
    version: 1,
    name: "told",
    id: "a1",
    detector: "shop",
    detectorCreatedAt: 1,
    threshold: 50,
    target: { type: "SNS", topicArn: "arn:aws:sns:us-east-1:123456789012:t", format: "JSON" },
    createdAt: 1,
    changedAt: 1,
    tags: {},
};

async function world(record: Partial<DetectorRecord> = {}) {
    const objects = memoryObjectStore();
    const detectors = openDetectorStore(objects);
    await detectors.create({ ...shop, ...record });
    for (const run of ["r-1", "r-2", "r-3"]) await objects.put(`_detection/runs/shop/${run}/progress.json`, "{}");
    return { objects, detectors, runs: () => objects.keys("_detection/runs/shop/").map((key) => key.split("/")[3]) };
}

describe("detection/store/detectors", () => {
    it("removes the runs that are neither the one named nor the detector's own", async () => {
        const { detectors, runs } = await world();
        await detectors.removeOtherRuns("shop", "r-3");
        assert.deepEqual(runs(), ["r-2", "r-3"]);
        await detectors.removeOtherRuns("shop", "r-2");
        assert.deepEqual(runs(), ["r-2"]);
    });

    it("removes a detector that is DELETING, with all its runs, and nothing the second time", async () => {
        const { objects, detectors } = await world({ status: "DELETING" });
        await detectors.remove("shop");
        assert.deepEqual(objects.keys(""), []);
        await detectors.remove("shop");
    });

    it("leaves a detector alone that was created again before a late deletion", async () => {
        const { detectors, runs } = await world();
        await detectors.remove("shop");
        assert.equal((await detectors.read("shop"))?.status, "ACTIVE");
        assert.deepEqual(runs(), ["r-1", "r-2", "r-3"]);
    });

    it("leaves a detector alone that was created again while the old one's runs were being deleted", async () => {
        const { objects } = await world({ status: "DELETING" });
        const detectors = openDetectorStore(objects);
        objects.before = async (operation) => {
            if (operation !== "delete") return;
            objects.before = undefined;
            await objects.delete(["_detection/detectors/shop.json"]);
            await detectors.create({ ...shop, createdAt: 2 });
        };
        await detectors.remove("shop");
        assert.equal((await detectors.read("shop"))?.createdAt, 2);
    });

    it("leaves a detector alone that was created again just before the old one's record is deleted", async () => {
        const { objects, detectors } = await world({ status: "DELETING" });
        objects.before = async (operation, key) => {
            if (operation !== "delete" || key !== "_detection/detectors/shop.json") return;
            objects.before = undefined;
            await objects.delete([key]);
            await detectors.create({ ...shop, id: "other" });
        };
        await detectors.remove("shop");
        assert.equal((await detectors.read("shop"))?.id, "other");
    });

    it("leaves an alert alone that was created again just before the old one is deleted", async () => {
        const objects = memoryObjectStore();
        const alerts = openAlerts(objects);
        await alerts.create(told, async () => false);
        objects.before = async (operation, key) => {
            if (operation !== "delete" || !key.startsWith("_detection/alerts/told.json")) return;
            objects.before = undefined;
            await alerts.remove(told);
            await alerts.create({ ...told, id: "other" }, async () => false);
        };
        await alerts.remove(told);
        assert.equal((await alerts.read("told"))?.id, "other");
        assert.deepEqual(objects.keys("_detection/alertsOf/"), ["_detection/alertsOf/shop/told/other"]);
    });

    it("deletes an alert that is changed just before", async () => {
        const objects = memoryObjectStore();
        const alerts = openAlerts(objects);
        await alerts.create(told, async () => false);
        objects.before = async (operation) => {
            if (operation !== "delete") return;
            objects.before = undefined;
            await alerts.change("told", (current) => ({ ...current, threshold: 90 }));
        };
        await alerts.remove(told);
        assert.deepEqual(objects.keys(""), []);
    });
});
