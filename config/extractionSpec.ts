import type { ExtractionSpec } from "../pipeline/records";
import type { SourceConfig } from "../sources/deploy";
import type { DetectorConfig } from "./schema";

/** What decides which rows a detector's windows hold: the part of its configuration that its generation hangs on. */
export function extractionSpec(detector: DetectorConfig, source: SourceConfig): ExtractionSpec {
    const { interval, query, timestamp, timeZone, dimensions, measures, history, chunk } = detector;
    return {
        source: detector.source,
        query,
        interval,
        timeZone,
        sourceTimeZone: source.sourceTimeZone,
        timestamp,
        dimensions,
        measures,
        history,
        chunk,
    };
}
