import assert from "node:assert/strict";
import { ConfigError } from "../../errors";
import { deployHalves } from "../../sources/deploy";
import { databaseOf, openAttacher, openExtractor, runHalves } from "../../sources/run";

describe("sources/run", () => {
    it("has a run half for each deploy half, and no other", () => {
        assert.deepEqual(Object.keys(runHalves), Object.keys(deployHalves));
    });

    it("opens the extractor and the attacher of a source as the program hands it over", async () => {
        const given = {
            name: "warehouse",
            config: { type: "redshift", secret: "s" },
            unloadRoleArn: "arn:aws:iam::1:role/u",
        };
        assert.equal(typeof (await openExtractor(given, "eu-west-1")).start, "function");
        assert.equal(typeof (await openAttacher(given, "eu-west-1")).attach, "function");
    });

    it("names the types that there are when it does not know one", async () => {
        await assert.rejects(
            () => openExtractor({ name: "warehouse", config: { type: "oracle" } }, "eu-west-1"),
            (error) =>
                error instanceof ConfigError &&
                error.message ===
                    `lookout:sources.warehouse.type: "oracle" is not a type of source; expected one of ${Object.keys(runHalves).join(", ")}.`,
        );
    });

    it("names every key at fault", async () => {
        await assert.rejects(
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

    it("tells another database from another setting of the same one", () => {
        const of = (config: object): string => databaseOf({ name: "w", config: { type: "redshift", ...config } });
        const orders = { cluster: "orders", database: "dev" };
        assert.equal(of(orders), of({ ...orders, maxConcurrentStatements: 4 }));
        assert.notEqual(of(orders), of({ ...orders, cluster: "returns" }));
    });
});
