import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { clearStateFolder, readDemoState, writeDemoState } from "../../../local/demo/demoState";

describe("local/demo/demoState", () => {
    let folder = "";
    beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), "lookout-state-"))));
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it("reads what was written last", async () => {
        await writeDemoState(folder, { version: 1, detectors: 2, days: 7 });
        await writeDemoState(folder, { version: 1, detectors: 3, days: 7 });
        assert.deepEqual(await readDemoState(folder), { version: 1, detectors: 3, days: 7 });
        assert.deepEqual(await readdir(folder), ["demo.json"]);
    });

    it("is undefined where nothing was written", async () => {
        assert.equal(await readDemoState(path.join(folder, "none")), undefined);
    });

    it("refuses a file that is not a state, and says how to begin anew", async () => {
        await writeFile(path.join(folder, "demo.json"), '{"version": 2');
        await assert.rejects(readDemoState(folder), { name: "DataError", message: /demo\.json .* without --resume/ });
    });

    it("is empty after clearing", async () => {
        await writeDemoState(folder, { version: 1, detectors: 1, days: 7 });
        await clearStateFolder(folder);
        assert.equal(await readDemoState(folder), undefined);
    });
});
