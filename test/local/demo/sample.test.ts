import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { detectorNames, detectorOverride } from "../../../local/demo/sample";

describe("local/demo/sample", () => {
    let folder = "";
    beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), "lookout-sample-"))));
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it("numbers the names so that they sort", () => {
        assert.deepEqual(detectorNames(1), ["ecommerce"]);
        assert.deepEqual(detectorNames(2), ["ecommerce-01", "ecommerce-02"]);
        assert.equal(detectorNames(120)[0], "ecommerce-001");
    });

    it("puts the stack's detector under the first of the names", async () => {
        const text = "config:\n  lookout:detectors:\n    ecommerce: { source: warehouse, interval: PT1H }\n";
        await writeFile(path.join(folder, "Pulumi.dev.yaml"), text);
        const detector = { source: "warehouse", interval: "PT1H" };
        assert.deepEqual(await detectorOverride(folder, { total: 25, count: 2 }), {
            "lookout:detectors": { "ecommerce-01": detector, "ecommerce-02": detector },
        });
    });

    it("leaves the stack as it is for one detector", async () => {
        assert.deepEqual(await detectorOverride(folder, { total: 1, count: 1 }), {});
    });

    it("names the key that is missing when there is no detector to copy", async () => {
        await writeFile(path.join(folder, "Pulumi.dev.yaml"), "config: {}\n");
        await assert.rejects(detectorOverride(folder, { total: 2, count: 2 }), {
            name: "NotFoundError",
            message: /lookout:detectors\.ecommerce/,
        });
    });
});
