import assert from "node:assert/strict";
import { onsetsOf } from "../../../bench/nab/onset";
import { scoreRows } from "../../../bench/nab/rows";

describe("bench/nab/onset", () => {
    it("lets a row count only above all rows of the span before it", () => {
        const scores = Float64Array.of(0, 3, 3, 2, 4, 1, 1, 1, 2);
        assert.deepEqual([...onsetsOf(scores, 3)], [0, 3, 0, 0, 4, 0, 0, 0, 2]);
    });
});

describe("bench/nab/rows", () => {
    it("judges a row by the rows before it alone, and the first forty not at all", () => {
        const values = Float64Array.from({ length: 300 }, (_, i) => 10 + ((i * 7919) % 13) / 13);
        const times = Array.from(values, (_, i) => i * 300_000 + (i % 5) * 1000);
        const whole = scoreRows(times, values);
        assert.deepEqual(scoreRows(times.slice(0, 200), values.slice(0, 200)), whole.slice(0, 200));
        assert.ok(whole.subarray(0, 40).every((score) => score === 0));
    });
});
