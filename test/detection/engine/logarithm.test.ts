import assert from "node:assert";
import { above0, larger, smaller } from "../../../detection/engine/choice";
import { exponential, logarithm } from "../../../detection/engine/logarithm";

describe("detection/engine/logarithm", () => {
    it("agrees with Math to thirteen digits", () => {
        for (let x = -80; x < 80; x += 0.01234) {
            const given = Math.exp(x);
            assert.ok(Math.abs(logarithm(given) - x) < 1e-13 * Math.max(1, Math.abs(x)), `logarithm of ${given}`);
            if (x >= 0) assert.ok(Math.abs(exponential(x) / given - 1) < 1e-13, `e to the power of ${x}`);
        }
    });

    it("leaves to Math what its tables do not reach", () => {
        for (const x of [0, -1, 1e-300, 1e300, Infinity, NaN]) assert.strictEqual(logarithm(x), Math.log(x));
        for (const x of [85, 700, 800, Infinity, NaN]) assert.strictEqual(exponential(x), Math.exp(x));
    });

    it("is exact around 1", () => {
        assert.strictEqual(exponential(0), 1);
        assert.ok(Math.abs(logarithm(1)) < 1e-15);
        assert.ok(Math.abs(logarithm(1 - 1e-12) + 1e-12) < 1e-15);
    });
});

describe("detection/engine/choice", () => {
    it("chooses as Math does", () => {
        for (const [a, b] of [
            [1, 2],
            [2, 1],
            [-3, 3],
            [1e30, -1],
            [0.1, 0.1],
        ] as const) {
            assert.strictEqual(larger(a, b), Math.max(a, b));
            assert.strictEqual(smaller(a, b), Math.min(a, b));
            assert.strictEqual(above0(a), Math.max(0, a));
        }
    });
});
