import assert from "node:assert/strict";
import { isHeld, readLease, releaseLease, takeLease } from "../../pipeline/lease";
import { memoryObjectStore } from "../support/memoryObjectStore";

const running = async (arn: string): Promise<boolean> => !arn.endsWith("ended");

describe("pipeline/lease", () => {
    it("is free at first, held while its owner runs, and free again once that has ended", async () => {
        const store = memoryObjectStore();
        assert.equal(await isHeld(await readLease(store, "shop", "live"), running), false);
        await takeLease(store, "shop", "live", undefined, () => "runs");
        assert.equal(await isHeld(await readLease(store, "shop", "live"), running), true);
        assert.equal(await isHeld(await readLease(store, "shop", "live"), async () => false), false);
    });

    it("lets one of two takers win, and gives a higher number to each new owner", async () => {
        const store = memoryObjectStore();
        const takers = ["one", "two", "three"];
        const results = await Promise.all(
            takers.map((name) => takeLease(store, "shop", "live", undefined, () => name)),
        );
        assert.deepEqual(
            results.filter((lease) => lease !== undefined).map(({ fence }) => fence),
            [1],
        );
        const state = await readLease(store, "shop", "live");
        assert.equal((await takeLease(store, "shop", "live", state, (fence) => `number ${fence}`))?.owner, "number 2");
    });

    it("is not taken on the strength of an old look", async () => {
        const store = memoryObjectStore();
        const first = await takeLease(store, "shop", "live", undefined, () => "one");
        assert.ok(first);
        const look = await readLease(store, "shop", "live");
        await releaseLease(store, "shop", "live", first);
        assert.equal(await takeLease(store, "shop", "live", look, () => "two"), undefined);
        assert.deepEqual(store.json("shop/lease/live.json"), { owner: null, fence: 1 });
    });

    it("knows its own write when the answer to it was lost", async () => {
        const store = memoryObjectStore();
        let isFirst = true;
        // The SDK sends a write again whose answer it did not get; the second one then finds the key taken.
        store.before = async (operation, key) => {
            if (operation !== "put" || !isFirst) return;
            isFirst = false;
            await store.put(key, `${JSON.stringify({ owner: "me", fence: 1 }, null, 2)}\n`);
        };
        assert.deepEqual(await takeLease(store, "shop", "live", undefined, () => "me"), { owner: "me", fence: 1 });
    });

    it("is given back by its owner alone", async () => {
        const store = memoryObjectStore();
        await takeLease(store, "shop", "live", undefined, () => "owner");
        await releaseLease(store, "shop", "live", { owner: "other", fence: 1 });
        await releaseLease(store, "shop", "live", { owner: "owner", fence: 0 });
        assert.equal((await readLease(store, "shop", "live"))?.value.owner, "owner");
        await releaseLease(store, "shop", "live", { owner: "owner", fence: 1 });
        assert.equal((await readLease(store, "shop", "live"))?.value.owner, null);
        await releaseLease(store, "none", "live", { owner: "owner", fence: 1 });
    });
});
