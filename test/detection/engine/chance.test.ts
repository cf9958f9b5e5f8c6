import assert from "node:assert/strict";
import { countTail, normalTail } from "../../../detection/engine/chance";

const near = (found: number, expected: number, within: number): void =>
    assert.ok(Math.abs(found - expected) < within, `${found} for ${expected}`);

describe("detection/engine/chance", () => {
    it("knows the normal distribution's tails, near and far", () => {
        near(normalTail(1.959964), -Math.log10(0.05), 1e-4);
        near(normalTail(-2.575829), -Math.log10(0.01), 1e-4);
        near(normalTail(6), 8.7048, 0.005);
        assert.equal(normalTail(0), 0);
    });

    it("doubles the chance of a count on the side where it lies", () => {
        // Poisson of mean 0.3: five and more have a chance of 1.5785e-5.
        near(countTail(5, 0.3, 1), -Math.log10(2 * 1.5785e-5), 1e-3);
        // None at all from a mean of 10: e to the −10.
        near(countTail(0, 10, 1), -Math.log10(2 * Math.exp(-10)), 1e-6);
    });

    it("takes a burst for likelier the more the series is dispersed", () => {
        const chances = [1, 1.5, 3, 8].map((dispersion) => countTail(9, 1, dispersion));
        assert.deepEqual(
            [...chances].sort((a, b) => b - a),
            chances,
        );
        assert.ok(chances.every(Number.isFinite));
    });
});
