import assert from "node:assert/strict";
import { measureProgram } from "../../bench/program/measure";

describe("bench/program", () => {
    it("finds two resources for each detector, the same whatever their number, and nothing else that grows", async () => {
        const few = await measureProgram(4, 1);
        const many = await measureProgram(24, 1);
        const own = { "lookout:components:Detector": 1, "aws:lambda/invocation:Invocation": 1 };
        assert.deepEqual([few.perDetector, many.perDetector], [own, own]);
        assert.equal(many.resources - few.resources, 20);
    });
});
