import assert from "node:assert/strict";
import { createChance } from "../../../bench/generator/chance";
import { createLot } from "../../../detection/engine/lot";
import { numbersOfSeries } from "../../../detection/engine/numbers";
import { followTails, learnTail, meanPaceAt, quantilePaceAt, tailScore } from "../../../detection/engine/tail";

const tail = 32;

describe("detection/engine/tail", () => {
    it("scores and teaches sizes of a lot as each by itself", () => {
        for (const zeros of [0, 60]) {
            const chance = createChance(7 + zeros);
            const [together, alone] = [new Float32Array(numbersOfSeries), new Float32Array(numbersOfSeries)];
            const lot = createLot();
            lot.judged[0] = 0;
            lot.count = 1;
            for (let seen = 1; seen <= 2000; seen++) {
                const size = seen <= zeros || seen % 7 === 0 ? 0 : -Math.log(1 - chance.between(0, 1));
                const rate = Math.max(0.007, 1 / (seen + 1));
                lot.streamed[0] = seen;
                lot.rate[0] = rate;
                lot.quantilePace[0] = quantilePaceAt(seen);
                lot.meanPace[0] = meanPaceAt(seen, rate);
                lot.sizes.jump[0] = size;
                followTails(together, tail, lot, { sizes: lot.sizes.jump, grains: lot.grain, scores: lot.scores.jump });
                assert.equal(lot.scores.jump[0], tailScore(alone, tail, size, seen - 1, 0));
                learnTail(alone, tail, size, seen, rate);
                assert.deepEqual(together, alone, `after ${seen} sizes`);
            }
        }
    });

    it("is widened little by events, however large", () => {
        const scoreAfter = (events: number): number => {
            const chance = createChance(3);
            const numbers = new Float32Array(numbersOfSeries);
            for (let seen = 1; seen <= 5000; seen++) {
                const isEvent = seen > 1000 && seen % 500 < events;
                const size = isEvent ? 100 : -Math.log(1 - chance.between(0, 1));
                learnTail(numbers, tail, size, seen, Math.max(0.007, 1 / (seen + 1)));
            }
            return tailScore(numbers, tail, 100, 5000, 0);
        };
        assert.ok(scoreAfter(1) > 0.9 * scoreAfter(0) && scoreAfter(2) > 0.7 * scoreAfter(0));
    });
});
