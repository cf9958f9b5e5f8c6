import { z } from "zod";
import { instant, windowRecord } from "../records";
import { findingRecord } from "./findings";

const columnRecord = z.object({
    name: z.string(),
    /** The database's own name. */
    type: z.string(),
    kind: z.enum(["instant", "timestamp", "date", "number", "text", "boolean", "other"]),
});

/** What a check of one detector came to; plain JSON, since the deployed extractor answers with it. */
export const checkReport = z.object({
    detector: z.string(),
    /** Logical name of the source. */
    source: z.string(),
    /**
     * `failed` with an error, `warning` with nothing worse, `unreachable` where the database could not be asked, `not built` where its type
     * is known and not built.
     */
    verdict: z.enum(["ok", "warning", "failed", "unreachable", "not built"]),
    findings: z.array(findingRecord),
    /** What the query gives; empty where it could not be described. */
    columns: z.array(columnRecord),
    /** What was counted in one window; absent where nothing could be. */
    window: windowRecord
        .extend({
            rows: z.int(),
            /** Distinct combinations of dimension values. */
            combinations: z.int(),
            /** Combinations times measures. */
            metrics: z.int(),
            nulls: z.record(z.string(), z.int()),
            /** Up to five rows as they would be extracted: timestamp in UTC, dimensions, measures. */
            sample: z.array(z.array(z.string().nullable())),
        })
        .optional(),
    /** What a backfill that begins now would extract. */
    backfill: z.object({
        windows: z.int(),
        /** First instant, and the end of the last window; the same where there is nothing to extract. */
        from: instant,
        to: instant,
    }),
});
export type CheckReport = z.output<typeof checkReport>;
