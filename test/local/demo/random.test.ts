import assert from "node:assert/strict";
import { openRandom } from "../../../local/demo/random";

describe("local/demo/random", () => {
    it("gives the same numbers for the same seed and others for another", () => {
        const draw = (seed: number): number[] => {
            const random = openRandom(seed);
            return Array.from({ length: 5 }, () => random.uniform(0, 1));
        };
        assert.deepEqual(draw(1), draw(1));
        assert.notDeepEqual(draw(1), draw(2));
    });

    it("spreads whole numbers over the range, both ends included", () => {
        const random = openRandom(3);
        const counts = new Map<number, number>();
        for (let draw = 0; draw < 3000; draw += 1) {
            const number = random.integer(1, 3);
            counts.set(number, (counts.get(number) ?? 0) + 1);
        }
        assert.deepEqual([...counts.keys()].sort(), [1, 2, 3]);
        assert.ok([...counts.values()].every((count) => count > 900 && count < 1100));
    });

    it("refuses to pick from nothing", () => {
        assert.throws(() => openRandom(1).pick([]), /nothing to pick from/);
    });
});
