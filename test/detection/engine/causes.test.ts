import assert from "node:assert/strict";
import { causesOf, explain, type Cause } from "../../../detection/engine/causes";
import { scopeIndexOf } from "../../../detection/engine/scopes";

const combinations = ["app", "web"].flatMap((platform) => ["de", "us", "uk"].map((market) => [platform, market]));

/** Causes of deviations, in usual deviations, of series whose expected value is `weight` usual deviations. */
function causes(deviations: readonly number[], weights = deviations.map(() => 10), of = combinations): Cause[] {
    const evidence = {
        sum: Float64Array.from(deviations, (deviation, c) => deviation * weights[c]!),
        square: Float64Array.from(weights, (weight) => weight * weight),
    };
    return causesOf(explain(scopeIndexOf(of), evidence));
}

const where = (isOdd: (values: readonly string[]) => boolean): number[] =>
    combinations.map((values, i) => (isOdd(values) ? 8 : i % 2 === 0 ? 0.7 : -0.7));

describe("detection/engine/causes", () => {
    it("names the cell, the value, or everything: whichever explains alone", () => {
        const causeOf = (isOdd: (values: readonly string[]) => boolean) => causes(where(isOdd))[0]?.values;
        assert.deepEqual(
            causeOf(([p, m]) => p === "web" && m === "us"),
            ["web", "us"],
        );
        assert.deepEqual(
            causeOf(([p]) => p === "app"),
            ["app", null],
        );
        assert.deepEqual(
            causeOf(([, m]) => m === "uk"),
            [null, "uk"],
        );
        assert.deepEqual(
            causeOf(() => true),
            [null, null],
        );
    });

    it("knows that a series of small numbers shows little of what changed", () => {
        const weights = [20, 4, 1, 20, 4, 1];
        const tenthLess = weights.map((weight, c) => (c < 3 ? -0.4 * weight : 0.3));
        assert.deepEqual(causes(tenthLess, weights)[0]?.values, ["app", null]);
    });

    it("names several causes that have nothing to do with each other, with shares that add up to 1", () => {
        const found = causes(combinations.map((_, i) => (i === 0 ? 9 : i === 5 ? -9 : 0)));
        assert.deepEqual(
            found.map(({ values, share }) => [values, share]),
            [
                [["app", "de"], 0.5],
                [["web", "uk"], 0.5],
            ],
        );
    });

    it("names none where nothing deviates, and the whole of a measure without dimensions", () => {
        assert.deepEqual(causes([0.1, 1, -1, 0, 2, 1]), []);
        assert.deepEqual(causes([9], [10], [[]])[0]?.values, []);
    });

    it("names the one combination that there is by its values", () => {
        assert.deepEqual(causes([9], [10], [["app", "de"]])[0]?.values, ["app", "de"]);
    });
});
