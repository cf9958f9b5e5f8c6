import assert from "node:assert/strict";
import { score } from "../../../detection/engine/engine";
import { followHeld, scoreHeld } from "../../../detection/engine/held";
import { createLot, type Lot } from "../../../detection/engine/lot";
import { at, numbersOfSeries } from "../../../detection/engine/numbers";
import { shapeOf } from "../../../detection/engine/shape";
import { createState } from "../../../detection/engine/state";
import { gaussian } from "../../support/engineRuns";
import { seededChance } from "../../support/businessSeries";

/** A lot of one series, which is judged. */
function lotOfOne(): Lot {
    const lot = createLot();
    lot.length = 1;
    lot.count = 1;
    return lot;
}

/** What has held after each of some deviations, given with the one right before; NaN for none. */
function heldAfterPairs(pairs: readonly (readonly [number, number])[], persistence = 0): number[] {
    const numbers = new Float32Array(numbersOfSeries);
    const lot = lotOfOne();
    lot.persistence[0] = persistence;
    return pairs.map(([deviation, last]) => {
        lot.deviation[0] = deviation;
        lot.last[0] = last;
        followHeld(numbers, lot);
        return lot.sizes.held[0]!;
    });
}

/** What has held after each of some deviations in consecutive intervals. */
const heldAfter = (deviations: readonly number[], persistence = 0): number[] =>
    heldAfterPairs(
        deviations.map((deviation, i) => [deviation, i === 0 ? NaN : deviations[i - 1]!]),
        persistence,
    );

/** What `scoreHeld` says of a number that has held, after 500 values. */
function scoreOfHeld(numbers: Float32Array, held: number): number {
    const lot = lotOfOne();
    lot.sizes.held[0] = held;
    lot.streamed[0] = 500;
    lot.rate[0] = 0.007;
    scoreHeld(numbers, lot);
    return lot.scores.held[0]!;
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
        const held = heldAfterPairs([
            [5, 0],
            [5, 5],
            [5, NaN],
            [5, 5],
            [5, 5],
        ]);
        assert.deepEqual(held, [0, 0, 0, 0, 5]);
    });

    it("is as sure as jumps are where a snapshot of before knows nothing of what holds", () => {
        const numbers = new Float32Array(numbersOfSeries);
        numbers.set([10, 2, 3, 0.3], at.jumpTail);
        assert.equal(scoreOfHeld(numbers, 9), 0);
        const bare = new Float32Array(numbersOfSeries);
        bare.set([10, 2, 3, 0.3], at.jumpTail);
        const score = scoreOfHeld(bare, 12);
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
