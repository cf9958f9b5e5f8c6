import type { ExtractionSpec } from "../../pipeline/records";

/** A spec of the sample's shape; a test states only what it is about. */
export function specOf(changes: Partial<ExtractionSpec> = {}): ExtractionSpec {
    return {
        source: "warehouse",
        query: "select ts, platform, views from events",
        interval: "PT1H",
        timeZone: "UTC",
        sourceTimeZone: "UTC",
        timestamp: { column: "ts", format: "yyyy-MM-dd HH:mm:ss" },
        dimensions: ["platform"],
        measures: [{ name: "views", aggregation: "SUM" }],
        history: { last: "P90D" },
        chunk: "P30D",
        ...changes,
    };
}
