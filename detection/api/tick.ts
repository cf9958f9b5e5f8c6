import type { Outbox } from "../../alerts/outbox";
import { parseBacktestPrefix } from "../../pipeline/objectLayout";
import type { DetectorStore } from "../store/detectors";
import type { DetectorRecord, DetectorStatus } from "../store/records";
import type { Dispatch } from "./dispatch";

/** What a tick looks at, and whom it hands work to. */
export interface TickWorld {
    readonly detectors: DetectorStore;
    readonly outbox: Pick<Outbox, "detectors">;
    /** The bucket whose ledger tells of windows as they are committed. */
    readonly ownBucket: string;
    readonly dispatch: Dispatch;
}

/** When a tick was meant to come, in milliseconds since 1970, and how long after the one before. */
export interface Tick {
    readonly now: number;
    readonly everyMs: number;
}

/** Names of the detectors that were handed on. */
export interface Dispatched {
    readonly dispatched: readonly string[];
    /** Those with alerts to deliver. */
    readonly delivering: readonly string[];
}

const hourMs = 3_600_000;
/** A worker may take so long: a job that began later than that is not taken up again. */
const longestJobMs = hourMs / 4;

/**
 * Has every detector that may have work left looked after: those of foreign data at each tick, since nobody says when such data come;
 * those of the stack's own ledger now and then, since each commit has them score and the tick is the net below; those that a crash left
 * on their way as soon as no worker can be at it any more. Has alerts delivered that still wait.
 */
export async function dispatchTick(world: TickWorld, tick: Tick): Promise<Dispatched> {
    const { detectors, outbox, dispatch } = world;
    const dispatched: string[] = [];
    for await (const record of detectorsOf(detectors)) {
        if (!isDue(record, world.ownBucket, tick)) continue;
        await dispatch({ job: "advance", detector: record.name });
        dispatched.push(record.name);
    }
    const delivering = await outbox.detectors();
    for (const detector of delivering) await dispatch({ job: "deliver", detector });
    return { dispatched, delivering };
}

/** States in which a detector may have work left: windows to score, or a job that a crash cut off. */
const unfinished: readonly DetectorStatus[] = [
    "LEARNING",
    "ACTIVE",
    "ACTIVATING",
    "BACK_TEST_ACTIVATING",
    "BACK_TEST_ACTIVE",
    "DELETING",
];

/** Asks for an advance of every detector that may have work left, whatever time it is; gives their names. */
export async function dispatchDue(detectors: DetectorStore, dispatch: Dispatch): Promise<string[]> {
    const dispatched: string[] = [];
    for await (const { name, status } of detectorsOf(detectors)) {
        if (!unfinished.includes(status)) continue;
        await dispatch({ job: "advance", detector: name });
        dispatched.push(name);
    }
    return dispatched;
}

async function* detectorsOf(detectors: DetectorStore): AsyncGenerator<DetectorRecord> {
    for (const name of await detectors.names()) {
        const record = await detectors.read(name);
        if (record !== undefined) yield record;
    }
}

function isDue(record: DetectorRecord, ownBucket: string, tick: Tick): boolean {
    switch (record.status) {
        case "LEARNING":
        case "ACTIVE":
            return !isFromLedger(record, ownBucket) || isNetTick(record, tick);
        case "ACTIVATING":
        case "BACK_TEST_ACTIVATING":
        case "BACK_TEST_ACTIVE":
        case "DELETING":
            return tick.now - record.changedAt >= longestJobMs;
        default:
            return false;
    }
}

/** The first tick of each hour for intervals below an hour, of each sixth for others. */
function isNetTick({ interval }: DetectorRecord, { now, everyMs }: Tick): boolean {
    const period = interval === "PT5M" || interval === "PT10M" ? hourMs : 6 * hourMs;
    return now % period < everyMs;
}

/** Whether a detector's rows come from this stack's own pipeline. */
function isFromLedger({ metricSet }: DetectorRecord, ownBucket: string): boolean {
    const s3 = metricSet?.source.S3SourceConfig as { HistoricalDataPathList?: readonly string[] } | undefined;
    const [, bucket, key = ""] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(s3?.HistoricalDataPathList?.[0] ?? "") ?? [];
    return bucket === ownBucket && parseBacktestPrefix(key) !== undefined;
}
