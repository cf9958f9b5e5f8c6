import assert from "node:assert/strict";
import { learn } from "../../../detection/engine/engine";
import { historyOf, mergeStates, splitSeries } from "../../../detection/engine/shards";
import { shapeOf } from "../../../detection/engine/shape";
import { saveSnapshot } from "../../../detection/engine/snapshot";
import { appendCombinations, createState } from "../../../detection/engine/state";
import { shopSeries } from "../../support/businessSeries";

const first = 24 * 7 * 2900;

describe("detection/engine/shards", () => {
    it("divides combinations evenly, all of them and none twice", () => {
        for (const [combinations, shards] of [
            [1, 1],
            [10, 3],
            [7, 7],
            [3, 8],
            [50_000, 64],
        ] as const) {
            const ranges = splitSeries(combinations, shards);
            assert.equal(ranges.length, Math.min(combinations, shards));
            assert.equal(ranges[0]!.from, 0);
            assert.equal(ranges.at(-1)!.to, combinations);
            ranges.forEach(({ from, to }, k) => {
                assert.ok(to > from);
                if (k > 0) assert.equal(from, ranges[k - 1]!.to);
                assert.ok(Math.abs(to - from - combinations / ranges.length) < 1);
            });
        }
        assert.deepEqual(splitSeries(0, 4), [{ from: 0, to: 0 }]);
        assert.throws(() => splitSeries(5, 0), /0 shards/);
        assert.throws(() => splitSeries(5, 1.5), RangeError);
    });

    it("learns in shards what it learns at once, to the last bit", () => {
        const [combinations, measures, length] = [11, 2, 35 * 24];
        const { values } = shopSeries({ seed: 7, series: combinations * measures, length });
        values.fill(NaN, 3 * length, 3 * length + 500);
        const history = { first, length, values };
        const whole = createState(shapeOf(3600, measures), combinations);
        learn(whole, history);
        for (const shards of [1, 2, 3, 11]) {
            const parts = splitSeries(combinations, shards).map((shard) => {
                const state = createState(shapeOf(3600, measures), shard.to - shard.from);
                learn(state, historyOf(history, shard, measures));
                return state;
            });
            assert.deepEqual(saveSnapshot(mergeStates(parts)), saveSnapshot(whole));
        }
    });

    it("puts states together that have room to spare", () => {
        const shape = shapeOf(86_400, 1);
        const [a, b, whole] = [createState(shape, 2), createState(shape, 1), createState(shape, 4)];
        appendCombinations(a, 1);
        const { values } = shopSeries({ seed: 3, series: 4, length: 60 });
        learn(a, { first: 0, length: 60, values: values.slice(0, 180) });
        learn(b, { first: 0, length: 60, values: values.slice(180) });
        learn(whole, { first: 0, length: 60, values });
        assert.deepEqual(saveSnapshot(mergeStates([a, b])), saveSnapshot(whole));
    });

    it("refuses shards that are of different detectors, and none at all", () => {
        const hourly = createState(shapeOf(3600, 1), 1);
        assert.throws(() => mergeStates([]), /no shard/);
        assert.throws(() => mergeStates([hourly, createState(shapeOf(300, 1), 1)]), /3600 s .* 300 s/);
        assert.throws(() => mergeStates([hourly, createState(shapeOf(3600, 2), 1)]), /do not go together/);
    });
});
