import assert from "node:assert/strict";
import { createByteCache } from "../../../detection/store/byteCache";
import { openFeedback, type FeedbackRecord } from "../../../detection/store/feedback";
import { memoryObjectStore } from "../../support/memoryObjectStore";

describe("detection/store/byteCache", () => {
    it("forgets the oldest values when there are too many bytes, however few values", () => {
        const cache = createByteCache<string>(100);
        cache.put("a", "first", 40);
        cache.put("b", "second", 40);
        cache.put("c", "third", 60);
        assert.deepEqual(
            ["a", "b", "c"].map((key) => cache.get(key)),
            [undefined, "second", "third"],
        );
        assert.equal(cache.bytes, 100);
    });

    it("counts a value that is put again once, and as the newest", () => {
        const cache = createByteCache<string>(100);
        cache.put("a", "old", 40);
        cache.put("b", "second", 40);
        cache.put("a", "new", 50);
        cache.put("c", "third", 50);
        assert.deepEqual(
            ["a", "b", "c"].map((key) => cache.get(key)),
            ["new", undefined, "third"],
        );
        assert.equal(cache.bytes, 100);
    });

    it("does not keep what is larger than all of it, nor the value that it replaces", () => {
        const cache = createByteCache<string>(100);
        cache.put("a", "small", 10);
        cache.put("a", "huge", 101);
        assert.equal(cache.get("a"), undefined);
        assert.equal(cache.bytes, 0);
    });

    it("gives a value that is taken once", () => {
        const cache = createByteCache<string>(100);
        cache.put("a", "value", 10);
        assert.equal(cache.take("a"), "value");
        assert.equal(cache.take("a"), undefined);
        assert.equal(cache.bytes, 0);
    });
});

describe("detection/store/feedback, what is remembered", () => {
    it("drops versions that there are no more, and keeps those of other detectors", async () => {
        const objects = memoryObjectStore();
        const known = new Map<string, FeedbackRecord>();
        const about = { run: "r-1", detectorCreatedAt: 0, measure: "views", start: 0, end: 0 };
        const groups = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"];
        const say = (detector: string, group: string, at: number) =>
            openFeedback(objects, detector).put(
                { ...about, group },
                { timeSeriesId: "s", values: [], isAnomaly: true, at, weight: 1, severity: 90 },
            );
        const [first, second] = groups as [string, string];
        for (const group of groups) await say("shop", group, 0);
        await say("shop-eu", first, 0);
        for (const detector of ["shop", "shop-eu"]) await openFeedback(objects, detector).all(known);
        assert.equal(known.size, 3);
        await say("shop", first, 3_600_000);
        await objects.delete([`_detection/feedback/shop/${second}.json`]);
        assert.equal((await openFeedback(objects, "shop").all(known)).length, 1);
        const kept = [...known.keys()].map((key) => key.split(" ")[0]);
        assert.deepEqual(kept.sort(), [
            `_detection/feedback/shop-eu/${first}.json`,
            `_detection/feedback/shop/${first}.json`,
        ]);
    });
});
