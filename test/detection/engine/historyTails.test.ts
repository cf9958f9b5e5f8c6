import assert from "node:assert/strict";
import { learn, score } from "../../../detection/engine/engine";
import { drawInTails, noteSizes, startMaxima, type BlockMaxima } from "../../../detection/engine/historyTails";
import type { Sizes } from "../../../detection/engine/lot";
import { at, numbersOfSeries } from "../../../detection/engine/numbers";
import { shapeOf } from "../../../detection/engine/shape";
import { createState } from "../../../detection/engine/state";
import { gaussian } from "../../support/engineRuns";
import { seededChance } from "../../support/businessSeries";

const hours = 900;

/** A value all of whose sizes are the same. */
function sizesOf(size: number): Sizes {
    const all = Float64Array.of(size);
    return { jump: all, drift: all, spread: all, quiet: all, held: all };
}

/** Blocks of a history whose sizes fall off exponentially, with mean 1. */
function exponential(seed: number, change: (size: number, i: number) => number = (size) => size): BlockMaxima {
    const chance = seededChance(seed);
    const maxima = startMaxima(0, hours);
    for (let i = 0; i < hours; i++) {
        const size = change(-Math.log(1 - chance()), i);
        noteSizes(maxima, i, sizesOf(size), 0);
    }
    return maxima;
}

/** The jump's tail, said to lie at a percentile with a mean excess, after the blocks had their say. */
function tailAfter(maxima: BlockMaxima, quantile: number, excess: number): { quantile: number; excess: number } {
    const numbers = new Float32Array(numbersOfSeries);
    numbers.set([quantile, excess, 1, 0.3], at.jumpTail);
    drawInTails(numbers, 0, maxima);
    return { quantile: numbers[at.jumpTail]!, excess: numbers[at.jumpTail + 1]! };
}

describe("detection/engine/historyTails", () => {
    it("leaves a tail that is about where it belongs as it was learned", () => {
        for (const seed of [1, 2, 3, 4, 5]) {
            assert.deepEqual(tailAfter(exponential(seed), 4.5, 1), { quantile: 4.5, excess: 1 });
            assert.deepEqual(tailAfter(exponential(seed), 3, 0.5), { quantile: 3, excess: 0.5 });
        }
    });

    it("draws in one that events have widened, to where it belongs in spite of them", () => {
        const events = (size: number, i: number): number => (i % 300 < 8 ? 40 + size : size);
        for (const seed of [1, 2, 3, 4, 5]) {
            const { quantile, excess } = tailAfter(exponential(seed, events), 35, 15);
            // Of an exponential's 99th percentile, 4.6, and mean excess, 1.
            assert.ok(quantile > 3 && quantile < 7, `seed ${seed}: ${quantile}`);
            assert.ok(excess > 0.3 && excess < 3, `seed ${seed}: ${excess}`);
        }
    });

    it("keeps the tail of a history that is too short, or has too many gaps", () => {
        const short = startMaxima(0, 60);
        for (let i = 0; i < 60; i++) noteSizes(short, i, sizesOf(1 + (i % 7)), 0);
        assert.deepEqual(tailAfter(short, 50, 20), { quantile: 50, excess: 20 });
        const gappy = startMaxima(0, hours);
        for (let i = 0; i < hours / 2; i++) noteSizes(gappy, i, sizesOf(1 + (i % 7)), 0);
        assert.deepEqual(tailAfter(gappy, 50, 20), { quantile: 50, excess: 20 });
        assert.deepEqual(tailAfter(startMaxima(0, hours), 50, 20), { quantile: 50, excess: 20 });
    });

    it("says nothing of a series that never moved", () => {
        const still = startMaxima(0, hours);
        for (let i = 0; i < hours; i++) noteSizes(still, i, sizesOf(0), 0);
        assert.deepEqual(tailAfter(still, 0, 0), { quantile: 0, excess: 0 });
    });

    it("finds an event of the size of those in the history that was learned from", () => {
        const severityAt = (events: boolean): number => {
            const chance = seededChance(3);
            const values = Float64Array.from({ length: hours }, (_, i) => {
                const odd = events && i > 400 && i % 200 < 6;
                return 1000 + 20 * gaussian(chance) + (odd ? 400 : 0);
            });
            const state = createState(shapeOf(3600, 1), 1);
            learn(state, { first: 0, length: hours, values });
            return score(state, hours, Float64Array.of(1400)).severity[0]!;
        };
        assert.ok(severityAt(true) >= 50, `${severityAt(true)}`);
        assert.ok(severityAt(false) >= severityAt(true));
    });
});
