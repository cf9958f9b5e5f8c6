import assert from "node:assert/strict";
import { physicalName } from "../../components/names";

describe("components/names", () => {
    it("joins the parts and leaves a name that fits as it is", () => {
        assert.equal(physicalName(64, "lookout", "dev", "extract-warehouse"), "lookout-dev-extract-warehouse");
        assert.equal(physicalName(11, "lookout", "dev"), "lookout-dev");
    });

    it("replaces characters that AWS refuses", () => {
        assert.equal(physicalName(64, "lookout", "eu.prod", "shop_1"), "lookout-eu-prod-shop_1");
    });

    it("cuts a name that is too long, and keeps two of them apart", () => {
        const [one, other] = ["a", "b"].map((last) =>
            physicalName(20, "lookout", "dev", `a-long-name-that-ends-in-${last}`),
        );
        assert.equal(one!.length, 20);
        assert.ok(one!.startsWith("lookout-dev"));
        assert.notEqual(one, other);
    });
});
