import assert from "node:assert/strict";
import { ConfigError } from "../../errors";
import { deployHalves } from "../../sources/deploy";
import { openAttacher, openExtractor, runHalves } from "../../sources/run";

describe("sources/run", () => {
    it("has a run half for each deploy half, and no other", () => {
        assert.deepEqual(Object.keys(runHalves), Object.keys(deployHalves));
    });

    it("opens the extractor and the attacher of a source as the program hands it over", () => {
        const given = {
            name: "warehouse",
            config: { type: "redshift", secret: "s" },
            unloadRoleArn: "arn:aws:iam::1:role/u",
        };
        assert.equal(typeof openExtractor(given, "eu-west-1").start, "function");
        assert.equal(typeof openAttacher(given, "eu-west-1").attach, "function");
    });

    it("names the types that there are when it does not know one", () => {
        assert.throws(
            () => openExtractor({ name: "warehouse", config: { type: "oracle" } }, "eu-west-1"),
            (error) =>
                error instanceof ConfigError &&
                error.message ===
                    'lookout:sources.warehouse.type: "oracle" is not a type of source; expected one of redshift.',
        );
    });

    it("names every key at fault", () => {
        assert.throws(
            () =>
                openExtractor(
                    { name: "warehouse", config: { type: "redshift", cluster: "C", sourceTimeZone: "x" } },
                    "eu-west-1",
                ),
            (error) =>
                error instanceof ConfigError &&
                ["cluster", "sourceTimeZone"].every((key) =>
                    error.message.includes(`lookout:sources.warehouse.${key}: `),
                ),
        );
    });
});
