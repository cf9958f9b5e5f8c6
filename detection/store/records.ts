import { z } from "zod";

/*
 * The service's JSON documents. An instant is ISO 8601 text in JSON and milliseconds since 1970 in code: read with
 * `z.decode`, written with `z.encode`.
 */

const instant = z.codec(z.iso.datetime(), z.number(), {
    decode: (text) => Date.parse(text),
    encode: (ms) => new Date(ms).toISOString(),
});

/** States of a detector; the API shows them as they are. */
export const detectorStatus = z.enum([
    "INACTIVE",
    "ACTIVATING",
    "LEARNING",
    "ACTIVE",
    "DEACTIVATING",
    "DEACTIVATED",
    "FAILED",
    "BACK_TEST_ACTIVATING",
    "BACK_TEST_ACTIVE",
    "BACK_TEST_COMPLETE",
    "DELETING",
]);
export type DetectorStatus = z.output<typeof detectorStatus>;

export const failureType = z.enum([
    "ACTIVATION_FAILURE",
    "BACK_TEST_ACTIVATION_FAILURE",
    "DELETION_FAILURE",
    "DEACTIVATION_FAILURE",
]);

export const intervalName = z.enum(["PT5M", "PT10M", "PT1H", "P1D"]);

export const metricSetRecord = z.object({
    name: z.string(),
    description: z.string().optional(),
    createdAt: instant,
    changedAt: instant,
    tags: z.record(z.string(), z.string()),
    measures: z.array(
        z.object({ name: z.string(), aggregation: z.enum(["SUM", "AVG"]), namespace: z.string().optional() }),
    ),
    dimensions: z.array(z.string()),
    /** How the timestamp column is called and written (Java pattern or `UNIX`). */
    timestamp: z.object({ column: z.string(), format: z.string().optional() }).optional(),
    interval: intervalName,
    /** Seconds to wait after an interval's end. */
    offsetSeconds: z.int(),
    /** IANA zone. */
    timeZone: z.string(),
    source: z.record(z.string(), z.unknown()),
    /** Rows are kept when, for each dimension listed, their value is among the given ones. */
    filters: z.array(z.object({ dimension: z.string(), values: z.array(z.string()) })).optional(),
});
export type MetricSetRecord = z.output<typeof metricSetRecord>;

export const detectorRecord = z.object({
    version: z.literal(1),
    name: z.string(),
    description: z.string().optional(),
    interval: intervalName,
    kmsKeyArn: z.string().optional(),
    createdAt: instant,
    changedAt: instant,
    tags: z.record(z.string(), z.string()),
    status: detectorStatus,
    /** What failed and why, while the status is FAILED; at most 256 characters. */
    failure: z.object({ type: failureType, reason: z.string() }).optional(),
    metricSet: metricSetRecord.optional(),
    /** Id of the run whose anomalies are shown; absent until the first activation. */
    run: z.string().optional(),
    /** What the run learns from: a hash of measures, dimensions, interval, zone, timestamp, filters and source. */
    basis: z.string().optional(),
});
export type DetectorRecord = z.output<typeof detectorRecord>;

/** Anomalies of one measure in consecutive intervals, as listed, and as a line of a day's file. */
export const groupRecord = z.object({
    /** UUID that begins with the start in minutes since 1970, so that a group is found by its id. */
    id: z.uuid(),
    measure: z.string(),
    /** Starts of the first and of the last anomalous interval. */
    start: instant,
    end: instant,
    /** 0 to 100. */
    severity: z.number(),
    /** The affected series. */
    members: z.array(
        z.object({
            combination: z.int(),
            /** One value for each dimension. */
            values: z.array(z.string()),
            weight: z.number(),
            severity: z.number(),
        }),
    ),
    /** Parts of the measure that explain the deviation, best first; null stands for every value of a dimension. */
    causes: z.array(z.object({ values: z.array(z.string().nullable()), strength: z.number() })),
    /** True while the next interval may extend it. */
    isOpen: z.boolean(),
});
export type GroupRecord = z.output<typeof groupRecord>;

/** What was found in the rows so far. */
export const qualityRecord = z.object({
    rows: z.int(),
    /** Rows thrown away: unreadable, no usable timestamp, or no usable measure. */
    badRows: z.int(),
    /** Rows used although a measure in them was no number. */
    partialRows: z.int(),
    /** The first few findings, each naming object, row, column and value. */
    examples: z.array(z.string()),
});
export type QualityRecord = z.output<typeof qualityRecord>;

/** `progress.json`: written last, it decides what of a run counts. */
export const progressRecord = z.object({
    version: z.literal(1),
    /** Start of the first interval that was learned or scored. */
    since: instant,
    /** Start of the first interval that was scored: the end of what was learned. */
    scoredFrom: instant,
    /** Start of the next interval to score. */
    scoredThrough: instant,
    /** Intervals with data, learned and scored. */
    points: z.int(),
    combinations: z.int(),
    /** Start of the stretch of scores that is still growing. */
    openSince: instant,
    /** Groups that began on this UTC date or later are in `groups`, earlier ones in the files of their days. */
    groupsSince: z.iso.date(),
    groups: z.array(groupRecord),
    quality: qualityRecord,
});
export type ProgressRecord = z.output<typeof progressRecord>;

/** Dimension values of each combination, in the engine's order. */
export const combinationsRecord = z.array(z.array(z.string()));
export type Combinations = z.output<typeof combinationsRecord>;
