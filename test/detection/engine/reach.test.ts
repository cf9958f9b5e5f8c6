import assert from "node:assert/strict";
import { createChance } from "../../../bench/generator/chance";
import { at, numbersOfSeries } from "../../../detection/engine/numbers";
import { jumpReach } from "../../../detection/engine/reach";
import { tailScore } from "../../../detection/engine/tail";

describe("detection/engine/reach", () => {
    it("is where the tail of jumps gives the score, or next to nothing farther, however little is known", () => {
        const chance = createChance(1);
        for (let run = 0; run < 5000; run++) {
            const numbers = new Float32Array(numbersOfSeries);
            const seen = Math.floor(40 * Math.exp(chance.between(0, 4.4)));
            const [mean, excess, slope] = [chance.between(0, 1), chance.between(0.02, 5), chance.between(0.02, 1.5)];
            numbers[at.streamed] = seen;
            numbers.set([run % 10 === 0 ? 0 : 1, excess, mean, slope], at.jumpTail);
            const score = 3.6 + chance.between(0, 1.78);
            const over = tailScore(numbers, at.jumpTail, jumpReach(numbers, 0, 0, score), seen, 0) - score;
            assert.ok(over > -1e-9 && over < 0.15, `seen ${seen}, ${excess}, ${slope}: ${over}`);
        }
    });
});
