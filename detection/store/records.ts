import { z } from "zod";
import { groupRecord } from "./groupRecord";
import { instant } from "./instant";
import { optionsRecord } from "./optionsRecord";
import { qualityRecord } from "./quality";

/* The service's JSON documents: read with `z.decode`, written with `z.encode`. */

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

/** What of a metric set says how a run's series are to be read. */
export const runShape = metricSetRecord.pick({ measures: true, dimensions: true, interval: true, timeZone: true });
export type RunShape = z.output<typeof runShape>;

export const runShapeOf = ({ measures, dimensions, interval, timeZone }: MetricSetRecord): RunShape => ({
    measures,
    dimensions,
    interval,
    timeZone,
});

export const detectorRecord = z.object({
    version: z.literal(1),
    name: z.string(),
    /** Of this creation: another detector of the name has another one. Absent in what earlier versions wrote. */
    id: z.string().optional(),
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
    /** Digest of the history that the run learned from, where that is the pipeline's own; absent for other data. */
    history: z.string().optional(),
    /** What users know of the measures; absent for nothing. */
    options: optionsRecord.optional(),
});
export type DetectorRecord = z.output<typeof detectorRecord>;

/** What a scored window was read from. */
export const windowRead = z.object({
    /** Start of its first interval. */
    start: instant,
    /** Opaque: differs when there is other data now. */
    tag: z.string(),
    /** Rows that were used, in all of the window's objects. */
    rows: z.int(),
    /** The attempt whose rows they are: while it is the same, so are they. Absent where nothing was read, and for foreign data. */
    attempt: z.string().optional(),
});
export type WindowRead = z.output<typeof windowRead>;

/** A state of the past from which scoring can begin again: its model, and the groups that were open then. */
export const checkpointRecord = z.object({
    /** Start of the first interval that it has not seen. */
    at: instant,
    /** Intervals with data up to then, and combinations. */
    points: z.int(),
    combinations: z.int(),
    /** Start of the oldest group that was open then: a file beside the model has them. Absent where none was. */
    openSince: instant.optional(),
    /** The amendment under whose name its files lie; absent for none. */
    amendment: z.string().optional(),
});
export type CheckpointRecord = z.output<typeof checkpointRecord>;

/** Intervals that were scored again, from `from` on: their scores lie under this name, and all that was written later. */
export const amendmentRecord = z.object({ from: instant, id: z.string() });
export type AmendmentRecord = z.output<typeof amendmentRecord>;

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
    /** What the metric set was when the run learned: it may be another one now. Absent in what earlier versions wrote. */
    learnedWith: runShape.optional(),
    /** True for a back-test: what is scored ends where the history does, and nobody is told. */
    isBacktest: z.boolean().optional(),
    /** The latest scored windows by what was read for them, so that what comes after is seen to be late. */
    read: z.array(windowRead).optional(),
    /** Where scoring can begin again, oldest first. */
    checkpoints: z.array(checkpointRecord).optional(),
    /** What was scored again, in the order of `from`; the last one names what is written now. */
    amendments: z.array(amendmentRecord).optional(),
});
export type ProgressRecord = z.output<typeof progressRecord>;

type Amended = Pick<ProgressRecord, "amendments">;

/** Under what name a run's present files lie: the last amendment's. */
export const presentAmendment = ({ amendments }: Amended): string | undefined => amendments?.at(-1)?.id;

/** Under what name the scores of a closed stretch lie, by its start. */
export const amendmentAt = ({ amendments = [] }: Amended, start: number): string | undefined =>
    amendments.findLast(({ from }) => from <= start)?.id;

/** The metric set as a run's series are to be read with it. */
export const metricSetOfRun = (metricSet: MetricSetRecord, { learnedWith }: ProgressRecord): MetricSetRecord => ({
    ...metricSet,
    ...learnedWith,
});

/** Dimension values of each combination, in the engine's order. */
export const combinationsRecord = z.array(z.array(z.string()));
export type Combinations = z.output<typeof combinationsRecord>;
