import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { readStackFile } from "../../../local/demo/stackFile";
import { stackText } from "../../support/stackText";

describe("local/demo/stackFile", () => {
    let folder = "";
    beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), "lookout-stack-"))));
    afterEach(() => rm(folder, { recursive: true, force: true }));

    const write = (text: string): Promise<void> => writeFile(path.join(folder, "Pulumi.dev.yaml"), text);

    it("plays the sample's detector, and names all others", async () => {
        await write(stackText(["orders", "ecommerce"]));
        const { played, others, written } = readStackFile(folder);
        assert.deepEqual([played, others], ["ecommerce", ["orders"]]);
        assert.equal((written as { source: string }).source, "warehouse");
    });

    it("plays a detector of another name that watches the same", async () => {
        await write(stackText(["shop"]));
        assert.equal(readStackFile(folder).played, "shop");
    });

    it("says what it needs when no detector watches the sample", async () => {
        await write(stackText(["shop"]).replace("interval: PT1H", "interval: PT5M"));
        assert.throws(
            () => readStackFile(folder),
            /NotFoundError: Pulumi\.dev\.yaml has no detector that the demo can play: one with interval PT1H/,
        );
    });

    it("says which file is missing, and where it comes from", () => {
        assert.throws(
            () => readStackFile(folder),
            /NotFoundError: there is no Pulumi\.dev\.yaml in .*git checkout Pulumi\.dev\.yaml/,
        );
    });

    it("names file, line and column of a slip in the YAML", async () => {
        await write("config:\n  lookout:sources: { warehouse: [\n");
        assert.throws(
            () => readStackFile(folder),
            /DataError: .*Pulumi\.dev\.yaml is not valid YAML: .*at line \d+, column \d+/s,
        );
    });

    it("tells every problem of the configuration", async () => {
        await write(stackText(["ecommerce"]).replace("PT1H", "PT7M").replace("type: redshift", "type: oracle"));
        assert.throws(
            () => readStackFile(folder),
            (error: Error) => {
                assert.equal(error.name, "ConfigError");
                return (
                    /"PT7M" is not an interval/.test(error.message) &&
                    /"oracle" is not a source type/.test(error.message)
                );
            },
        );
    });
});
