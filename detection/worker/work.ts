import type { Alerting } from "../../alerts/alerting";
import type { DetectorStore } from "../store/detectors";
import { openLearning, type LearningStore } from "../store/learning";
import type { DetectorRecord, MetricSetRecord } from "../store/records";
import { openRun, type RunCache, type RunStore } from "../store/runs";
import { openCalendar, type Calendar } from "./calendar";
import { sourceOf, type Buckets } from "./sources";
import { openWindowReader, type WindowReader } from "./windowReader";

/** What the worker works with. */
export interface WorkerServices {
    readonly detectors: DetectorStore;
    readonly buckets: Buckets;
    readonly cache: RunCache;
    /** What is done about alerts; nothing unless given. */
    readonly alerting?: Alerting;
    /**
     * Has the shards of a large detector learned by others, and merged after: jobs `learnShard` and `mergeShards`. Asked for again when a tick
     * finds the detector still activating. This process does them in turn unless given.
     */
    readonly learnShards?: (detector: string, run: string, shards: number) => Promise<void>;
    /**
     * Values of a history that are learned in one go; a larger one is learned in shards.
     * @default 16,777,216
     */
    readonly mostCells?: number;
    /**
     * Times that a run is tried before its detector fails, whatever for; those within a minute are one.
     * @default 5
     */
    readonly mostAttempts?: number;
    /** Hears how far a long piece of work is. */
    readonly watch?: (step: WorkStep) => void;
    /** Hears what scoring came to, once it is written. */
    readonly scored?: (windows: ScoredWindows) => void;
}

/** Some windows of a detector, scored and written. */
export interface ScoredWindows {
    readonly detector: string;
    readonly intervalSeconds: number;
    readonly windows: number;
    /** End of the last one, and of the last that was due, in milliseconds since 1970. */
    readonly through: number;
    readonly due: number;
    /** Severities of the anomaly groups that were not there before. */
    readonly found: readonly number[];
}

/** How far a piece of work is. */
export interface WorkStep {
    readonly detector: string;
    readonly stage: "read" | "learn" | "score";
    /** Objects read, series learned, intervals scored. */
    readonly done: number;
    /** Undefined while it is not known. */
    readonly total?: number;
}

/** A run of a detector that has a metric set, opened for work. */
export interface Work {
    readonly detector: string;
    /** The detector as it was when the work was opened. */
    readonly record: DetectorRecord;
    /** Milliseconds since 1970. */
    readonly now: number;
    readonly run: string;
    readonly metricSet: MetricSetRecord;
    readonly calendar: Calendar;
    readonly store: RunStore;
    readonly learning: LearningStore;
    readonly reader: WindowReader;
    readonly services: WorkerServices;
}

/** False when the detector has been deleted meanwhile, or works on another run: what this work came to is nobody's. */
export async function isCurrent({ record, services }: Work): Promise<boolean> {
    const now = await services.detectors.read(record.name);
    return now?.createdAt === record.createdAt && now.run === record.run && now.status !== "DELETING";
}

/** Opens what a record names; undefined when it has nothing to work on. Throws DataError for a source that is not read. */
export function openWork(record: DetectorRecord, services: WorkerServices, now: number): Work | undefined {
    const { name, run, metricSet } = record;
    if (run === undefined || metricSet === undefined) return undefined;
    const { buckets } = services;
    const calendar = openCalendar(metricSet.interval, metricSet.timeZone);
    const source = sourceOf(metricSet, buckets, name);
    const options = { source, metricSet, calendar, objects: buckets.store, bucketName: buckets.own, now };
    return {
        detector: name,
        record,
        now,
        run,
        metricSet,
        calendar,
        store: openRun(buckets.store, name, run, services.cache),
        learning: openLearning(buckets.store, name, run),
        reader: openWindowReader(options),
        services,
    };
}
