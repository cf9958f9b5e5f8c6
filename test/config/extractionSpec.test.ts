import assert from "node:assert/strict";
import { extractionSpec } from "../../config/extractionSpec";
import { parseConfig } from "../../config/parse";
import { generationOf } from "../../pipeline/query";
import { extractionSpec as specRecord } from "../../pipeline/records";
import { type RawMap, smallConfig } from "../support/rawConfig";

function specOf(detector: RawMap = {}, source: RawMap = {}): ReturnType<typeof extractionSpec> {
    const raw = smallConfig();
    const { sources, detectors } = parseConfig(
        {
            sources: { warehouse: { ...(raw.sources.warehouse as RawMap), ...source } },
            detectors: { orders: { ...raw.detectors.orders, ...detector } },
        },
        () => "",
    );
    assert.ok(detectors.orders && sources.warehouse);
    return extractionSpec(detectors.orders, sources.warehouse);
}

describe("config/extractionSpec", () => {
    it("carries everything that decides about rows, and passes as a record", () => {
        const spec = specOf({ history: { from: "2026-01-01", chunk: "P7D" } }, { sourceTimeZone: "Europe/Berlin" });
        assert.deepEqual(specRecord.parse(spec), spec);
        assert.deepEqual(spec.history, { from: "2026-01-01" });
        assert.deepEqual([spec.source, spec.chunk, spec.sourceTimeZone], ["warehouse", "P7D", "Europe/Berlin"]);
    });

    it("keeps the generation when only what is said about the rows, or when they come, changes", () => {
        const generation = generationOf(specOf());
        const arn = "arn:aws:sns:us-east-1:123456789012:oncall";
        const changes: RawMap[] = [
            { description: "Orders" },
            { offset: "PT20M" },
            { lateness: "PT2H" },
            { alerts: { oncall: { threshold: 70, sns: arn } } },
            { detectorName: "shop" },
        ];
        for (const change of changes) {
            assert.equal(generationOf(specOf(change)), generation, JSON.stringify(change));
        }
        assert.equal(generationOf(specOf({}, { maxConcurrentStatements: 4, secret: "other" })), generation);
    });

    it("changes the generation with the query", () => {
        assert.notEqual(generationOf(specOf({ query: "select 1" })), generationOf(specOf()));
    });
});
