import assert from "node:assert/strict";
import { resultGroup } from "../../../local/demo/result";
import { group } from "../../support/foundGroups";

describe("local/demo/result", () => {
    it("writes a group with instants as text and numbers in hundredths", () => {
        assert.deepEqual(resultGroup(group({ severity: 92.456, expected: 400.001 })), {
            start: "2026-04-01T03:00:00Z",
            end: "2026-04-01T05:00:00Z",
            measure: "views",
            severity: 92.46,
            dimensions: { platform: "mobile_app", marketplace: "us" },
            expected: 400,
            actual: 1000,
            cause: { expected: 400, actual: 1000, share: 100 },
        });
    });
});
