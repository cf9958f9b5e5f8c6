import assert from "node:assert/strict";
import { score } from "../../../detection/engine/engine";
import { followHeld, scoreHeld } from "../../../detection/engine/held";
import { at, numbersOfSeries } from "../../../detection/engine/numbers";
import { shapeOf } from "../../../detection/engine/shape";
import { createState } from "../../../detection/engine/state";
import { gaussian } from "../../support/engineRuns";
import { seededChance } from "../../support/businessSeries";

/** What has held after each of some deviations in consecutive intervals. */
function heldAfter(deviations: readonly number[], persistence = 0): number[] {
    const numbers = new Float32Array(numbersOfSeries);
    return deviations.map((deviation, i) =>
        followHeld(numbers, 0, { deviation, last: i === 0 ? NaN : deviations[i - 1]!, persistence }),
    );
}

describe("detection/engine/held", () => {
    it("hears the least of three deviations on one side", () => {
        assert.deepEqual(heldAfter([0, 0, 0, 5, 4, 6]), [0, 0, 0, 0, 0, 4]);
        assert.deepEqual(heldAfter([0, 0, 0, -5, -4, -6]), [0, 0, 0, 0, 0, 4]);
    });

    it("hears nothing in a spike, in two intervals, or in deviations of both sides", () => {
        assert.deepEqual(heldAfter([0, 0, 0, 9, 0, 0]), [0, 0, 0, 0, 0, 0]);
        assert.deepEqual(heldAfter([0, 0, 0, 9, 9, 0]), [0, 0, 0, 0, 0, 0]);
        assert.deepEqual(heldAfter([0, 0, 0, 9, -9, 9]), [0, 0, 0, 0, 0, 0]);
    });

    it("counts deviations from what the one before lets expect, so that a lasting level is heard when it comes", () => {
        const persistence = 0.9;
        const level = heldAfter([0, 0, 0, 10, 10, 10, 10, 10], persistence);
        assert.equal(level[5], 10);
        assert.ok(level[7]! <= 10 * (1 - persistence) + 1e-9, `${level[7]}`);
    });

    it("hears no return to what is expected as something that came", () => {
        assert.deepEqual(heldAfter([20, 20, 20, 20, 0, 0, 0].slice(3), 0.9).slice(1), [0, 0, 0]);
        const down = heldAfter([20, 20, 20, 20, 1, 1, 1], 0.9);
        assert.deepEqual(down.slice(4), [0, 0, 0]);
    });

    it("begins anew after a gap", () => {
        const numbers = new Float32Array(numbersOfSeries);
        const held = [
            [5, 0],
            [5, 5],
            [5, NaN],
            [5, 5],
            [5, 5],
        ].map(([deviation, last]) => followHeld(numbers, 0, { deviation: deviation!, last: last!, persistence: 0 }));
        assert.deepEqual(held, [0, 0, 0, 0, 5]);
    });

    it("is as sure as jumps are where a snapshot of before knows nothing of what holds", () => {
        const by = { grain: 0, seen: 500, rate: 0.007 };
        const numbers = new Float32Array(numbersOfSeries);
        numbers.set([10, 2, 3, 0.3], at.jumpTail);
        assert.equal(scoreHeld(numbers, 0, 9, by), 0);
        const bare = new Float32Array(numbersOfSeries);
        bare.set([10, 2, 3, 0.3], at.jumpTail);
        const score = scoreHeld(bare, 0, 12, by);
        assert.ok(score > 2 && score < 3, `${score}`);
    });

    it("makes three intervals that are off more severe than the first of them", () => {
        const seeds = Array.from({ length: 10 }, (_, k) => k + 1);
        const severity = (at: number): number[] =>
            seeds.map((seed) => {
                const chance = seededChance(seed);
                const state = createState(shapeOf(3600, 1), 1);
                let last = 0;
                for (let i = 0; i <= 990 + at; i++) {
                    const value = 100 + 5 * gaussian(chance) + (i >= 990 ? 14 : 0);
                    last = score(state, i, Float64Array.of(value)).severity[0]!;
                }
                return last;
            });
        const [first, third] = [severity(0), severity(2)];
        const mean = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
        assert.ok(mean(third) > mean(first) + 10, `${mean(third)} against ${mean(first)}`);
    });
});
