import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runLookout } from "../../support/lookoutCommand";

describe("lookout up", () => {
    it("refuses an end in the future, and tells no times of a stack that did not come up", async () => {
        const folder = await mkdtemp(path.join(tmpdir(), "lookout-up-"));
        try {
            const until = "2999-01-01T00:00:00Z";
            const { code, out } = await runLookout(folder, "up", "--stack", "dev", "--until", until, "--json");
            const { began, now, error } = JSON.parse(out) as Record<string, unknown>;
            assert.deepEqual([code, began, now], [1, undefined, undefined]);
            assert.match(String(error), /^--until 2999-\S+ is in the future; leave it out to follow the clock$/);
        } finally {
            await rm(folder, { recursive: true });
        }
    });
});
