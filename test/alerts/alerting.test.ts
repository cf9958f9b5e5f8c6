import assert from "node:assert/strict";
import { openAlerting } from "../../alerts/alerting";
import { openOutbox } from "../../alerts/outbox";
import type { GroupRecord } from "../../detection/store/groupRecord";
import type { MemoryObjectStore } from "../support/memoryObjectStore";
import { alertOf, group, noticeFor, oddHour, pointOf, shop, storeWith } from "../support/alertWorld";

const findings = (groups = [group]) => ({ detector: shop, groups, pointOf: (_: unknown, c: number) => pointOf(c) });
const nobody = async () => assert.fail("delivery is asked for by the worker");

describe("alerts/alerting", () => {
    it("puts what each matching alert has to tell into the outbox, a group once", async () => {
        const other = alertOf({ name: "shop-all", id: "a2", threshold: 0 });
        const store = await storeWith(alertOf(), other, alertOf({ name: "high", id: "a3", threshold: 99 }));
        const alerting = openAlerting(store, nobody);
        assert.equal(await alerting.note(findings(), oddHour), 2);
        assert.equal(await alerting.note(findings([{ ...group, severity: 95 }]), oddHour + 3_600_000), 0);
        assert.deepEqual(store.keys("_detection/outbox/"), [
            `_detection/outbox/shop/shop-all/a2/${group.id}.json`,
            `_detection/outbox/shop/shop-revenue/a1/${group.id}.json`,
        ]);
    });

    it("tells a group once also when another process notes it, before and after it was delivered", async () => {
        const store = await storeWith(alertOf());
        assert.equal(await openAlerting(store, nobody).note(findings(), oddHour), 1);
        assert.equal(await openAlerting(store, nobody).note(findings(), oddHour), 0);
        const outbox = openOutbox(store);
        await outbox.settle(noticeFor(), { version: 1, outcome: "delivered", at: oddHour, tries: 1 });
        assert.equal(await openAlerting(store, nobody).note(findings(), oddHour), 0);
        assert.deepEqual(store.keys("_detection/outbox/"), []);
    });

    it("has delivered what waits, whoever noted it, and asks nobody where nothing does", async () => {
        const store = await storeWith(alertOf());
        const asked: string[] = [];
        const open = () => openAlerting(store, async (detector) => void asked.push(detector));
        await open().deliver("shop");
        assert.deepEqual(asked, []);
        await open().note(findings(), oddHour);
        assert.equal(await open().note(findings(), oddHour), 0);
        await open().deliver("sho");
        await open().deliver("shop");
        assert.deepEqual(asked, ["shop"]);
    });

    it("tells of a group that reaches the threshold later", async () => {
        const store = await storeWith(alertOf());
        const alerting = openAlerting(store, nobody);
        assert.equal(await alerting.note(findings([{ ...group, severity: 50 }]), oddHour), 0);
        assert.equal(await alerting.note(findings(), oddHour), 1);
    });

    it("reads no alerts when nothing was found, and leaves out those of an earlier detector of the name", async () => {
        const store = await storeWith(alertOf({ detectorCreatedAt: 0 }));
        const { get, list } = store.calls;
        const alerting = openAlerting(store, nobody);
        assert.equal(await alerting.note(findings([]), oddHour), 0);
        assert.deepEqual([store.calls.get, store.calls.list], [get, list]);
        assert.equal(await alerting.note(findings(), oddHour), 0);
    });

    describe("of groups that are withdrawn", () => {
        const withdrawn: GroupRecord = { ...group, amended: { kind: "withdrawn", at: oddHour, tellings: 1 } };
        const keys = (store: MemoryObjectStore) =>
            store.keys("_detection/outbox/").map((key) => key.slice(key.lastIndexOf("/") + 1));

        it("takes back what was told, once, and renews it when it comes again", async () => {
            const store = await storeWith(alertOf());
            await openAlerting(store, nobody).note(findings(), oddHour);
            const outbox = openOutbox(store);
            await outbox.settle(noticeFor(), { version: 1, outcome: "delivered", at: oddHour, tries: 1 });
            assert.equal(await openAlerting(store, nobody).retract(findings([withdrawn]), oddHour), 1);
            assert.equal(await openAlerting(store, nobody).retract(findings([withdrawn]), oddHour), 0);
            assert.deepEqual(keys(store), [`${group.id}.1.json`]);
            const again: GroupRecord = { ...group, amended: { kind: "raised", at: oddHour, tellings: 2 } };
            assert.equal(await openAlerting(store, nobody).note(findings([again]), oddHour), 1);
            assert.deepEqual(keys(store), [`${group.id}.1.json`, `${group.id}.2.json`]);
        });

        it("takes nothing back that nobody was told", async () => {
            const store = await storeWith(alertOf({ threshold: 99 }));
            await openAlerting(store, nobody).note(findings(), oddHour);
            assert.equal(await openAlerting(store, nobody).retract(findings([withdrawn]), oddHour), 0);
        });

        it("says nothing of one whose start moved: the other group is the same anomaly", async () => {
            const store = await storeWith(alertOf());
            await openAlerting(store, nobody).note(findings(), oddHour);
            const other = "60359687-afb8-4c46-af3d-000000000000";
            const moved: GroupRecord = { ...withdrawn, amended: { ...withdrawn.amended!, other } };
            assert.equal(await openAlerting(store, nobody).retract(findings([moved]), oddHour), 0);
            const later: GroupRecord = {
                ...group,
                id: other,
                amended: { kind: "revised", at: oddHour, tellings: 0, other: group.id },
            };
            assert.equal(await openAlerting(store, nobody).note(findings([later]), oddHour), 0);
        });
    });

    it("tells of the same group anew by an alert that was deleted and created again", async () => {
        const store = await storeWith(alertOf());
        const alerting = openAlerting(store, nobody);
        await alerting.note(findings(), oddHour);
        const again = await storeWith(alertOf({ id: "b7" }));
        assert.equal(await openAlerting(again, nobody).note(findings(), oddHour), 1);
        assert.deepEqual(again.keys("_detection/outbox/"), [`_detection/outbox/shop/shop-revenue/b7/${group.id}.json`]);
    });
});

describe("alerts/outbox", () => {
    it("names the detectors with something to deliver, however many notices each has", async () => {
        const store = await storeWith();
        const outbox = openOutbox(store);
        for (const detector of ["shop", "shop-eu", "a"])
            for (const id of ["1", "2", "3"]) {
                const notice = noticeFor(alertOf({ id }));
                await outbox.put({ ...notice, detector });
            }
        assert.deepEqual((await outbox.detectors()).sort(), ["a", "shop", "shop-eu"]);
    });

    it("keeps the first outcome of two", async () => {
        const outbox = openOutbox(await storeWith());
        const notice = noticeFor();
        await outbox.settle(notice, { version: 1, outcome: "delivered", at: oddHour, tries: 1 });
        await outbox.settle(notice, { version: 1, outcome: "undeliverable", at: oddHour, tries: 8, failure: "no" });
        assert.equal((await outbox.outcomeOf(notice))!.outcome, "delivered");
    });
});
