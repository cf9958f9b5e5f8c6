import assert from "node:assert/strict";
import { growthCounts, growthOf } from "../../../local/demo/growth";

describe("local/demo/growth", () => {
    it("brings up one, half and all detectors", () => {
        assert.deepEqual(growthCounts(25), [1, 13, 25]);
        assert.deepEqual(growthCounts(2), [1, 2]);
        assert.deepEqual(growthCounts(1), [1]);
    });

    it("tells how many resources each added detector brought in each step", () => {
        const { steps } = growthOf([
            { detectors: 1, resources: 60, seconds: 4 },
            { detectors: 13, resources: 84, seconds: 3 },
            { detectors: 25, resources: 108, seconds: 6 },
        ]);
        assert.deepEqual(steps, [{ resourcesPerDetector: 2 }, { resourcesPerDetector: 2 }]);
    });
});
