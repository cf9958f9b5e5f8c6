import assert from "node:assert/strict";
import { judge, learnHistory, type Detector } from "../../../detection/engine/detector";
import { learn } from "../../../detection/engine/engine";
import { noOptions } from "../../../detection/engine/options";
import { historyOf, mergeStates, splitSeries } from "../../../detection/engine/shards";
import { shapeOf } from "../../../detection/engine/shape";
import { saveSnapshot } from "../../../detection/engine/snapshot";
import { appendCombinations, createState, type EngineState } from "../../../detection/engine/state";
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

    it("puts combinations where they belong when shards were not consecutive", () => {
        const shape = shapeOf(3600, 2);
        const length = 100;
        const { values } = shopSeries({ seed: 4, series: 6, length });
        const rows = (combinations: readonly number[]): Float64Array =>
            Float64Array.from(combinations.flatMap((c) => [...values.subarray(c * 2 * length, (c + 1) * 2 * length)]));
        const learnedOf = (combinations: readonly number[]) => {
            const state = createState(shape, combinations.length);
            learn(state, { first, length, values: rows(combinations) });
            return state;
        };
        const merged = mergeStates([learnedOf([2, 0]), learnedOf([1])], [[2, 0], [1]]);
        assert.deepEqual(saveSnapshot(merged), saveSnapshot(learnedOf([0, 1, 2])));
    });

    it("combines what shards saw of a scope: the whole is judged as if it had been learned at once", () => {
        const [combinations, length] = [12, 30 * 24];
        const { values } = shopSeries({ seed: 9, series: combinations, length: length + 48, shiftChance: 0 });
        const names = Array.from({ length: combinations }, (_, c) => [`p${c % 3}`, `m${Math.floor(c / 3)}`]);
        const past = new Float64Array(combinations * length);
        for (let s = 0; s < combinations; s++)
            past.set(values.subarray(s * (length + 48), s * (length + 48) + length), s * length);
        const detectorOf = (engine: EngineState, own: string[][]): Detector => ({
            engine,
            combinations: own,
            options: noOptions,
            open: [],
            feedback: [],
        });
        const shape = shapeOf(3600, 1);
        const history = { first, length, values: past };
        const whole = detectorOf(createState(shape, combinations), names);
        learnHistory(whole, history);
        const parts = splitSeries(combinations, 3).map((shard) => {
            const engine = createState(shape, shard.to - shard.from);
            learnHistory(detectorOf(engine, names.slice(shard.from, shard.to)), historyOf(history, shard, 1));
            return engine;
        });
        const merged = detectorOf(mergeStates(parts), names);
        for (let i = length; i < length + 48; i++) {
            // On the second day everything falls by a little: what a scope shows before its series do.
            const fall = i < length + 24 ? 1 : 0.93;
            const column = Float64Array.from({ length: combinations }, (_, s) => values[s * (length + 48) + i]! * fall);
            const [one, other] = [judge(whole, first + i, column).scores, judge(merged, first + i, column).scores];
            one.severity.forEach((severity, s) => assert.ok(Math.abs(severity - other.severity[s]!) < 1e-6));
        }
    });

    it("refuses shards that are of different detectors, and none at all", () => {
        const hourly = createState(shapeOf(3600, 1), 1);
        assert.throws(() => mergeStates([]), /no shard/);
        assert.throws(() => mergeStates([hourly, createState(shapeOf(300, 1), 1)]), /3600 s .* 300 s/);
        assert.throws(() => mergeStates([hourly, createState(shapeOf(3600, 2), 1)]), /do not go together/);
    });
});
