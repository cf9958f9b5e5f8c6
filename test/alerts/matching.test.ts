import assert from "node:assert/strict";
import { matches } from "../../alerts/matching";
import { alertOf, group, shop } from "../support/alertWorld";

const { dimensions } = shop.metricSet!;
const filter = (dimension: string, ...values: string[]) => ({ dimension, values });

describe("alerts/matching", () => {
    it("tells from the threshold on, the threshold included", () => {
        assert.ok(matches(alertOf({ threshold: 86 }), group, dimensions));
        assert.ok(matches(alertOf({ threshold: 60 }), { ...group, severity: 60 }, dimensions));
        assert.ok(!matches(alertOf({ threshold: 87 }), group, dimensions));
    });

    it("tells of the measures that are listed", () => {
        assert.ok(matches(alertOf({ measures: ["rating", "revenue"] }), group, dimensions));
        assert.ok(!matches(alertOf({ measures: ["rating"] }), group, dimensions));
    });

    it("tells when one series has one of the values of every dimension listed", () => {
        const both = [filter("platform", "app", "pc_web"), filter("marketplace", "it")];
        assert.ok(matches(alertOf({ dimensions: both }), group, dimensions));
        assert.ok(!matches(alertOf({ dimensions: [filter("marketplace", "us")] }), group, dimensions));
    });

    it("does not take one series for one dimension and another for the other", () => {
        const members = [
            { ...group.members[0]!, values: ["pc_web", "fr"] },
            { ...group.members[1]!, values: ["app", "it"] },
        ];
        const mixed = [filter("platform", "pc_web"), filter("marketplace", "it")];
        assert.ok(!matches(alertOf({ dimensions: mixed }), { ...group, members }, dimensions));
    });

    it("tells nothing by a dimension that the metric set has not got", () => {
        assert.ok(!matches(alertOf({ dimensions: [filter("shop", "it")] }), group, dimensions));
    });
});
