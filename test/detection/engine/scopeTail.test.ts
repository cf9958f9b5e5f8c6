import assert from "node:assert/strict";
import { gaussianScore, learnedTail, scopeScore } from "../../../detection/engine/scopeTail";
import { createChance } from "../../../bench/generator/chance";

/** A scope that usually deviates by a Gaussian of this size. */
function usual(seed: number, size = 3): { tail: Float64Array; next: () => number } {
    const chance = createChance(seed);
    const next = (): number => size * chance.normal();
    return { tail: learnedTail(Array.from({ length: 400 }, next)), next };
}

describe("detection/engine/scopeTail", () => {
    it("knows a Gaussian's tail on both sides", () => {
        for (const [deviations, chance] of [
            [1.96, 0.05],
            [-3.2905, 0.001],
            [4.8916, 1e-6],
        ] as const)
            assert.ok(Math.abs(gaussianScore(deviations) + Math.log10(chance)) < 0.03, `${deviations}`);
        assert.ok(gaussianScore(0) < 0.01);
    });

    it("seldom takes noise of whatever size for odd", () => {
        for (const size of [0.5, 3, 40]) {
            const { tail, next } = usual(1, size);
            let odd = 0;
            for (let i = 0; i < 20_000; i++) if (scopeScore(tail, next()) >= 3) odd++;
            assert.ok(odd <= 20, `${odd} of 20,000 at ${size}`);
        }
    });

    it("is surer the larger a deviation is, and of a small one when it lasts", () => {
        const scoreOf = (deviations: readonly number[]): number => {
            const { tail } = usual(2);
            return deviations.map((deviation) => scopeScore(tail, deviation)).at(-1)!;
        };
        assert.ok(scoreOf([24]) > scoreOf([15]) && scoreOf([15]) > scoreOf([6]));
        assert.ok(scoreOf([24]) >= 3);
        assert.ok(scoreOf([7]) < 3 && scoreOf([7, 7, 7, 7, 7, 7]) >= 3);
    });

    it("is as sure of the second alert as of the first, and grows used to what lasts", () => {
        const { tail, next } = usual(3);
        const first = scopeScore(tail, 20);
        for (let i = 0; i < 10; i++) scopeScore(tail, 20);
        for (let i = 0; i < 24; i++) scopeScore(tail, next());
        assert.ok(Math.abs(scopeScore(tail, 20) - first) < 0.2 * first);
        for (let i = 0; i < 1500; i++) scopeScore(tail, 20);
        assert.ok(scopeScore(tail, 20) < 3);
    });

    it("is quiet as soon as an alert is over, on whichever side the scope comes back", () => {
        for (const after of [-4, -1, 0, 1, 2.5]) {
            const { tail } = usual(4);
            for (const deviation of [20, 40, 20]) assert.ok(scopeScore(tail, deviation) >= 3);
            assert.ok(scopeScore(tail, after) < 3, `${after}`);
        }
    });

    it("judges nothing before it has seen forty intervals", () => {
        const tail = learnedTail(Array.from({ length: 20 }, () => 1));
        assert.equal(scopeScore(tail, 50), 0);
    });
});
