import assert from "node:assert/strict";
import { relatedMeasures, type RelatedMeasure } from "../../../detection/engine/related";

/** A course of 40 intervals: quiet, and from `at` on the given values. */
function course(at: number, ...values: number[]): Float64Array {
    const quiet = Float64Array.from({ length: 40 }, (_, i) => ((i * 7919) % 11) / 110 - 0.05);
    quiet.set(values, at);
    return quiet;
}

const of = (byMeasure: Float64Array[], target: number, start: number, end: number): RelatedMeasure[] =>
    relatedMeasures({ byMeasure, target, start, end });

describe("detection/engine/related", () => {
    const [early, late] = [course(18, 4, 4, 4, 4, 4, 4), course(20, 3, 3, 3, 3, 3, 3)];

    it("calls the measure that began first the cause, and the other the effect", () => {
        const [cause, ...others] = of([early, late], 1, 20, 25);
        assert.deepEqual(others, []);
        assert.deepEqual({ ...cause, share: 0 }, { measure: 0, relation: "cause", lag: 2, share: 0 });
        assert.ok(cause!.share > 0.7 && cause!.share < 1);
        assert.deepEqual(of([early, late], 0, 18, 23), [{ measure: 1, relation: "effect", lag: 2, share: 0 }]);
    });

    it("takes a fall that follows a rise for related as well", () => {
        const fall = course(20, -3, -3, -3, -3, -3, -3);
        assert.equal(of([early, fall], 1, 20, 25)[0]?.relation, "cause");
    });

    it("decides between two that began together by their size, else by their order", () => {
        const [large, small] = [course(20, 5, 5), course(20, 3, 3)];
        assert.equal(of([small, large], 0, 20, 21)[0]?.relation, "cause");
        assert.equal(of([small, large], 1, 20, 21)[0]?.relation, "effect");
        assert.equal(of([small, small.slice()], 1, 20, 21)[0]?.relation, "cause");
        assert.equal(of([small, small.slice()], 0, 20, 21)[0]?.relation, "effect");
    });

    it("leaves more unknown the shorter the deviation is", () => {
        const share = (length: number): number => {
            const values = Array.from({ length }, () => 4);
            return of([course(18, ...values), course(20, ...values)], 1, 20, 19 + length)[0]!.share;
        };
        assert.ok(share(1) <= 0.5 && share(1) > 0.4);
        assert.ok(share(1) < share(3) && share(3) < share(6));
    });

    it("divides the group among several causes, and never gives away more than the whole", () => {
        const first = course(16, 4, 0, 4, 0, 4, 0);
        const second = course(16, 0, 4, 0, 4, 0, 4);
        const sum = course(18, 4, 4, 4, 4, 4, 4);
        const related = of([first, second, sum], 2, 18, 23);
        const shares = related.map(({ share }) => share);
        assert.ok(shares.reduce((total, share) => total + share, 0) <= 1);
        assert.ok(related.every(({ relation }) => relation === "cause"));
    });

    it("says nothing of measures that kept their course, have no values, or moved long before", () => {
        const gaps = new Float64Array(40).fill(NaN);
        assert.deepEqual(of([course(0), gaps, course(2, 5, 5, 5), late], 3, 20, 25), []);
        assert.deepEqual(of([gaps, early], 0, 20, 25), []);
    });

    it("passes over gaps inside a course", () => {
        const holes = early.slice();
        holes[20] = NaN;
        assert.equal(of([holes, late], 1, 20, 25)[0]?.relation, "cause");
    });
});
