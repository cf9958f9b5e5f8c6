import assert from "node:assert/strict";
import { detectorNames, detectorOverride } from "../../../local/demo/sample";

const written = { source: "warehouse", interval: "PT1H" };

describe("local/demo/sample", () => {
    it("numbers the names so that they sort", () => {
        assert.deepEqual(detectorNames("shop", 1), ["shop"]);
        assert.deepEqual(detectorNames("shop", 2), ["shop-01", "shop-02"]);
        assert.equal(detectorNames("shop", 120)[0], "shop-001");
    });

    it("puts the played detector under the first of the names", () => {
        assert.deepEqual(detectorOverride({ played: "shop", written }, { total: 25, count: 2 }), {
            "lookout:detectors": { "shop-01": written, "shop-02": written },
        });
    });

    it("leaves the stack as it is for one detector", () => {
        assert.deepEqual(detectorOverride({ played: "shop", written }, { total: 1, count: 1 }), {});
    });
});
