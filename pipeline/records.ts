import { z } from "zod";
import { wantedAlerts } from "./detectorAlerts";
import { detectorOptions } from "./detectorOptions";

/*
 * The records that the pipeline keeps as JSON objects beside the data. In code an instant is a number of milliseconds since
 * 1970; on disk and in events it is text such as `2026-01-01T00:00:00Z`. `z.decode(schema, json)` reads, `z.encode(schema, value)` writes.
 */

/** An instant: `2026-01-01T00:00:00Z` in JSON, milliseconds since 1970 in code. Whole seconds. */
export const instant = z.codec(z.iso.datetime(), z.int(), {
    decode: (text) => Date.parse(text),
    encode: (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z"),
});

/** Half-open span `[start, end)`, aligned to the detector's interval. */
export const windowRecord = z.object({ start: instant, end: instant });

/** The intervals that a detector may have. */
export const intervalName = z.enum(["PT5M", "PT10M", "PT1H", "P1D"]);
export type Interval = z.output<typeof intervalName>;

export const measureRecord = z.object({ name: z.string(), aggregation: z.enum(["SUM", "AVG"]) });

/** Everything that decides which rows a window holds. Two detectors with equal specs extract equal rows. */
export const extractionSpec = z.object({
    /** Logical name of the source. */
    source: z.string(),
    /** The user's SQL, `{{start}}` and `{{end}}` unrendered. */
    query: z.string(),
    interval: intervalName,
    /** IANA zone in which days begin; `UTC` for intervals below a day. */
    timeZone: z.string(),
    /** IANA zone of a timestamp column that names none. */
    sourceTimeZone: z.string(),
    /** The column's name, and how it is written where it is text (Java pattern or `UNIX`). */
    timestamp: z.object({ column: z.string(), format: z.string() }),
    dimensions: z.array(z.string()),
    measures: z.array(measureRecord),
    /** First day of history (`2026-01-01`, in `timeZone`) or its length (`P90D`) back from the first backfill. */
    history: z.union([z.object({ from: z.iso.date() }), z.object({ last: z.string() })]),
    /** Length of a backfill window, whole days (`P30D`). */
    chunk: z.string(),
});
export type ExtractionSpec = z.output<typeof extractionSpec>;

/** `<detector>/ledger/<generation>/generation.json`: what a generation extracts; written once, history fixed by its first backfill. */
export const generationRecord = z.object({
    version: z.literal(1),
    generation: z.string(),
    spec: extractionSpec,
    /** The stretch that the backfill covers; absent until the first backfill has started. Live windows begin at its end. */
    history: windowRecord.optional(),
});
export type GenerationRecord = z.output<typeof generationRecord>;

/** `_detectors/<interval>/<detector>.json`: what the ticks need to know of a detector. Changed by conditional writes only. */
export const detectorDefinition = z.object({
    version: z.literal(1),
    /** Logical name. */
    name: z.string(),
    /** URN of the stack that owns the detector. */
    owner: z.string(),
    /** ARN under which the detection service knows it. */
    detectorArn: z.string(),
    interval: intervalName,
    timeZone: z.string(),
    /** Seconds to wait after a window's end before it is extracted. */
    offsetSeconds: z.int(),
    /** Seconds back from now in which windows are extracted again for late rows; 0 for never. */
    latenessSeconds: z.int(),
    source: z.string(),
    /** Name of the source's extractor function. */
    extractor: z.string(),
    /** Windows extracted at the same time. */
    maxConcurrentStatements: z.int().positive(),
    /** The generation that the detector reads; null until the first backfill is done. */
    live: z.string().nullable(),
    /** The generation that a backfill is filling; null when there is none. The switch makes it the live one. */
    next: z.string().nullable(),
    /** ARN of the execution that last had the detector activated: tells its failure from one that it came to repair. */
    activatedBy: z.string().optional(),
    /** Digest of the history that the detector was last activated over: another one has to be learned anew. */
    learned: z.string().optional(),
    /** What the user knows, for the activation to tell the detection service; absent for nothing. */
    options: detectorOptions.optional(),
    /** Whom the detector tells of anomalies; absent where it tells nobody. */
    alerts: wantedAlerts.optional(),
});
export type DetectorDefinition = z.output<typeof detectorDefinition>;

/** Backfill windows span many intervals, a live window is one. */
export const windowKind = z.enum(["backfill", "live"]);
export type WindowKind = z.output<typeof windowKind>;

/** One object of a committed window. */
export const manifestObject = z.object({ key: z.string(), bytes: z.int(), etag: z.string() });

/** `<detector>/ledger/<generation>/<yyyy-MM>/<start>.json`: written last, it makes a window count and names the one attempt that does. */
export const manifest = z.object({
    /** 1 for the first commit of the window, one more for each extraction that replaced it. */
    version: z.int().positive(),
    generation: z.string(),
    kind: windowKind,
    window: windowRecord,
    /** SHA-256 of the rendered query, first 16 hexadecimal digits. */
    queryHash: z.string(),
    rows: z.int(),
    bytes: z.int(),
    /** First and last timestamp of the rows; absent when there are none. */
    minTimestamp: instant.optional(),
    maxTimestamp: instant.optional(),
    objects: z.array(manifestObject),
    attempt: z.string(),
    /** Fencing number of the run that committed it. */
    fence: z.int(),
    /** Runs that failed on the window before the first one committed it; absent for none. */
    failures: z.int().optional(),
    /** When this version was written; absent in what earlier versions wrote. */
    committedAt: instant.optional(),
    ticket: z.record(z.string(), z.unknown()),
});
export type Manifest = z.output<typeof manifest>;

/** `<detector>/ledger/<generation>/<yyyy-MM>/index.json`: the manifests of a closed month in one object, oldest first. */
export const monthIndex = z.object({
    version: z.literal(1),
    windows: z.array(
        z.object({
            /** Tag of the object that the manifest was: who read that knows this one. */
            tag: z.string(),
            manifest,
        }),
    ),
});
export type MonthIndex = z.output<typeof monthIndex>;

/** `<detector>/cache/<generation>/compaction.json`: where compaction goes on. Without it, it looks at every month again. */
export const compactionState = z.object({
    version: z.literal(1),
    /** Months that end before it have nothing left to be compacted. */
    from: instant,
    /** Grows with each window that was committed in a month that is compacted, so that whoever moves `from` on notices. */
    reopened: z.int().nonnegative(),
});
export type CompactionState = z.output<typeof compactionState>;

/** `<detector>/parked/<generation>/<start>.json`: a window that failed and waits for the next run to try it again. */
export const parkedWindow = z.object({
    window: windowRecord,
    kind: windowKind,
    /** Runs that failed on it so far. */
    failures: z.int().positive(),
    error: z.string(),
    message: z.string(),
});
export type ParkedWindow = z.output<typeof parkedWindow>;

/** `<detector>/cache/<generation>.json`: what was once derived from the ledger. Always true, seldom complete: later keys are listed. */
export const ledgerCache = z.object({
    /** End of the contiguous committed stretch. */
    watermark: instant,
    /** Everything that begins before it is committed, save the gaps. */
    frontier: instant,
    /** Windows before the frontier that were not committed, oldest first. */
    gaps: z.array(windowRecord),
});
export type LedgerCache = z.output<typeof ledgerCache>;

/** `<detector>/lease/<kind>.json`: who may run now. Its owner is an execution: once that has ended the lease is free. */
export const lease = z.object({
    /** ARN of the state machine execution that holds it; null when it was given back. */
    owner: z.string().nullable(),
    /** Grows by one with every owner. */
    fence: z.int().nonnegative(),
});
export type Lease = z.output<typeof lease>;
