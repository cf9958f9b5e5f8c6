import assert from "node:assert/strict";
import { causeOf, formatCause } from "../../../local/demo/foundGroup";
import { contributions } from "../../support/foundGroups";

describe("local/demo/foundGroup", () => {
    it("names the value that carries most of its dimension", () => {
        const shares = contributions({ platform: { mobile_app: 70, pc_web: 30 }, marketplace: { us: 69.9, uk: 30.1 } });
        assert.deepEqual(causeOf(shares), { platform: "mobile_app" });
    });

    it("writes a cause as its values, and as everything when there is none", () => {
        assert.equal(formatCause({ platform: "mobile_app", marketplace: "us" }), "mobile_app, us");
        assert.equal(formatCause({}), "everything");
    });
});
