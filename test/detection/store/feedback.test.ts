import assert from "node:assert/strict";
import { valuesBy } from "../../../detection/store/feedback";

describe("detection/store/feedback, valuesBy", () => {
    const entry = { values: ["ios", "eu"] };
    const given = { dimensions: ["platform", "market"] };

    it("gives values in the order that the dimensions have now", () => {
        assert.deepEqual(valuesBy(["market", "platform"], given, entry), ["eu", "ios"]);
        assert.deepEqual(valuesBy(["platform", "market"], given, entry), ["ios", "eu"]);
    });

    it("gives none of a metric of other dimensions", () => {
        assert.equal(valuesBy(["platform"], given, entry), undefined);
        assert.equal(valuesBy(["platform", "country"], given, entry), undefined);
    });

    it("takes a record of an earlier version, which named no dimensions, as it stands", () => {
        assert.deepEqual(valuesBy(["market", "platform"], {}, entry), ["ios", "eu"]);
    });
});
