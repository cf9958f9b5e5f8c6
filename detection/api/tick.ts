import type { Outbox } from "../../alerts/outbox";
import { settleConcurrently } from "../../pipeline/concurrently";
import type { DetectorStore } from "../store/detectors";
import type { DetectorRecord, DetectorStatus } from "../store/records";
import { ownGeneration } from "../worker/s3Path";
import type { Job } from "../worker/worker";
import type { Dispatch } from "./dispatch";

/** Detectors that may have work left, and whom it is handed to. */
export interface DueWorld {
    readonly detectors: Pick<DetectorStore, "names" | "read">;
    readonly outbox: Pick<Outbox, "detectors">;
    readonly dispatch: Dispatch;
}

/** What a tick looks at. */
export interface TickWorld extends DueWorld {
    /** The bucket whose ledger tells of windows as they are committed. */
    readonly ownBucket: string;
}

/** When a tick was meant to come, in milliseconds since 1970, and how long after the one before. */
export interface Tick {
    readonly now: number;
    readonly everyMs: number;
}

/** Names of the detectors that were handed on, in the order of the store. */
export interface Dispatched {
    readonly dispatched: readonly string[];
    /** Those with alerts to deliver. */
    readonly delivering: readonly string[];
}

/** What could not be handed on: a record that cannot be read, a call that was refused. */
export interface Undispatched {
    readonly job: Job["job"];
    /** Absent when it could not even be listed which detectors there are. */
    readonly detector?: string;
    readonly error: unknown;
}

const hourMs = 3_600_000;
/** A worker may take so long: a job that began later than that is not taken up again. */
const longestJobMs = hourMs / 4;
/** Detectors that are read and handed on at the same time. */
const concurrency = 8;

/**
 * Has every detector that may have work left looked after: those of foreign data at each tick, since nobody says when such data come;
 * those of the stack's own ledger now and then, since each commit has them score and the tick is the net below; those that a crash left
 * on their way as soon as no worker can be at it any more. Has alerts delivered that still wait. One's failure does not stop the others:
 * throws one error that names all of them when the rest is done, and can be repeated then.
 */
export async function dispatchTick(world: TickWorld, tick: Tick): Promise<Dispatched> {
    const { failed, ...done } = await dispatchAll(world, (record) => isDue(record, world.ownBucket, tick));
    if (failed.length > 0)
        throw new AggregateError(
            failed.map(({ error }) => error),
            `${failed.length} of ${failed.length + done.dispatched.length + done.delivering.length} jobs could not be handed on: ${failed.map(tellUndispatched).join("; ")}`,
        );
    return done;
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

/** Asks for an advance of every detector that may have work left, whatever time it is, and for the delivery of alerts that wait. */
export const dispatchDue = (world: DueWorld): Promise<Dispatched & { readonly failed: readonly Undispatched[] }> =>
    dispatchAll(world, ({ status }) => unfinished.includes(status));

/** One line for people: the job, the detector, and what stood against it. */
export function tellUndispatched({ job, detector, error }: Undispatched): string {
    return `${job} ${detector ?? "any detector"}: ${error instanceof Error ? error.message : String(error)}`;
}

async function dispatchAll({ detectors, outbox, dispatch }: DueWorld, isWanted: (record: DetectorRecord) => boolean) {
    const advance = async (name: string): Promise<boolean> => {
        const record = await detectors.read(name);
        if (record === undefined || !isWanted(record)) return false;
        await dispatch({ job: "advance", detector: name });
        return true;
    };
    const deliver = async (name: string): Promise<boolean> => {
        await dispatch({ job: "deliver", detector: name });
        return true;
    };
    const advanced = await dispatchEach("advance", () => detectors.names(), advance);
    const delivered = await dispatchEach("deliver", () => outbox.detectors(), deliver);
    return {
        dispatched: advanced.done,
        delivering: delivered.done,
        failed: [...advanced.failed, ...delivered.failed],
    };
}

/** Handles each detector on its own; `handle` tells whether anything was handed on. */
async function dispatchEach(
    job: Job["job"],
    list: () => Promise<readonly string[]>,
    handle: (name: string) => Promise<boolean>,
): Promise<{ readonly done: readonly string[]; readonly failed: readonly Undispatched[] }> {
    const [listed] = await Promise.allSettled([list()]);
    if (listed.status === "rejected") return { done: [], failed: [{ job, error: listed.reason }] };
    const names = listed.value;
    const outcomes = await settleConcurrently(names, concurrency, handle);
    return {
        done: names.filter((_, i) => {
            const outcome = outcomes[i]!;
            return outcome.status === "fulfilled" && outcome.value;
        }),
        failed: outcomes.flatMap((outcome, i) =>
            outcome.status === "rejected" ? [{ job, detector: names[i]!, error: outcome.reason as unknown }] : [],
        ),
    };
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
    return ownGeneration(s3?.HistoricalDataPathList, ownBucket) !== undefined;
}
