import assert from "node:assert/strict";
import {
    ActivateAnomalyDetectorCommand,
    CreateAlertCommand,
    CreateAnomalyDetectorCommand,
    CreateMetricSetCommand,
    DeactivateAnomalyDetectorCommand,
    DeleteAnomalyDetectorCommand,
    GetFeedbackCommand,
    ListAlertsCommand,
} from "@aws-sdk/client-lookoutmetrics";
import type { ObjectStore } from "../../../objects/objectStore";
import { alertArn, detectorArn, metricSet, openWorld, snsAction, type World } from "./conformance/world";

const AnomalyDetectorArn = detectorArn("shop");

describe("detection/api, a detector that is deleted and created again while the clock stands still", () => {
    let world: World;
    let saved: ReadonlyMap<string, Buffer>;
    /** Ids as the service would draw them, one after another. */
    let drawn: number;

    beforeEach(async function () {
        this.timeout(60_000);
        drawn = 0;
        world = await openWorld({ newId: () => `${(drawn += 1)}-drawn` });
        await create();
        saved = await copyOf(world.objects, "_detection/alert");
    });

    afterEach(() => world.close());

    /** Deletes the detector, and creates and activates another of its name with the same metric set. */
    async function create(): Promise<void> {
        const { api, server } = world;
        await api.send(new DeleteAnomalyDetectorCommand({ AnomalyDetectorArn }));
        const AnomalyDetectorConfig = { AnomalyDetectorFrequency: "PT1H" as const };
        await api.send(new CreateAnomalyDetectorCommand({ AnomalyDetectorName: "shop", AnomalyDetectorConfig }));
        await api.send(new CreateMetricSetCommand({ ...metricSet, AnomalyDetectorArn }));
        await api.send(new ActivateAnomalyDetectorCommand({ AnomalyDetectorArn }));
        await server.queue.idle();
        await api.send(new CreateAlertCommand({ AlertName: "anew", AnomalyDetectorArn, Action: snsAction }));
    }

    const recordOf = async () => (await world.server.services.detectors.read("shop"))!;

    it("gives the new detector's run another id", async () => {
        const before = await recordOf();
        await create();
        const after = await recordOf();
        assert.equal(after.createdAt, before.createdAt);
        assert.notEqual(after.run, before.run);
        assert.notEqual(after.id, before.id);
    });

    it("gives a run that learns anew another id, and keeps it for one that goes on", async () => {
        const { run } = await recordOf();
        await world.api.send(new DeactivateAnomalyDetectorCommand({ AnomalyDetectorArn }));
        await world.api.send(new ActivateAnomalyDetectorCommand({ AnomalyDetectorArn }));
        assert.equal((await recordOf()).run, run);
    });

    it("takes no alert that the deleted detector left behind for one of its own", async () => {
        await world.api.send(new DeleteAnomalyDetectorCommand({ AnomalyDetectorArn }));
        const AnomalyDetectorConfig = { AnomalyDetectorFrequency: "PT1H" as const };
        await world.api.send(new CreateAnomalyDetectorCommand({ AnomalyDetectorName: "shop", AnomalyDetectorConfig }));
        for (const [key, body] of saved) await world.objects.put(key, body);
        const { AlertSummaryList } = await world.api.send(new ListAlertsCommand({ AnomalyDetectorArn }));
        assert.deepEqual(AlertSummaryList, []);
        const again = { AlertName: "anew", AnomalyDetectorArn, Action: snsAction };
        assert.equal((await world.api.send(new CreateAlertCommand(again))).AlertArn, alertArn("anew"));
    });

    it("shows no feedback that was given on the deleted detector", async () => {
        const other = await openWorld();
        try {
            const left = await copyOf(other.objects, "_detection/feedback/shop/");
            assert.ok(left.size > 0);
            for (const [key, body] of left) await world.objects.put(key, body);
            const [given = ""] = [...left.values()].map(String);
            const { detectorCreatedAt } = JSON.parse(given) as { detectorCreatedAt: string };
            const createdAt = Date.parse(detectorCreatedAt);
            await world.server.services.detectors.change("shop", (record) => ({ ...record, createdAt }));
            const [group = ""] = [...left.keys()].map((key) => /([\w-]+)\.json$/.exec(key)![1]!);
            const query = { AnomalyDetectorArn, AnomalyGroupTimeSeriesFeedback: { AnomalyGroupId: group } };
            await assert.rejects(world.api.send(new GetFeedbackCommand(query)), { name: "ResourceNotFoundException" });
        } finally {
            await other.close();
        }
    });
});

async function copyOf(objects: ObjectStore, prefix: string): Promise<ReadonlyMap<string, Buffer>> {
    const copies = new Map<string, Buffer>();
    for await (const { key } of objects.list(prefix)) copies.set(key, (await objects.get(key))!.body);
    return copies;
}
