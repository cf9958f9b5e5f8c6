import type { DetectorRecord, DetectorStatus } from "../store/records";
import { attempt, counted, isFinal } from "./activation";
import { advance } from "./advance";
import { runBacktest } from "./backtest";
import { learnRun } from "./learnRun";
import { pointsNeeded } from "./pointsNeeded";
import { learnShard, mergeShards, shardCount } from "./shards";
import { openWork, type Work, type WorkerServices } from "./work";

/** A piece of work for one detector. */
export interface Job {
    /**
     * `learn` after an activation, `advance` when windows have been committed; a large detector is learned in shards that are merged. What
     * alerts have to tell is delivered beside these, by whoever does the jobs.
     */
    readonly job: "learn" | "advance" | "learnShard" | "mergeShards" | "deliver";
    /** Name of the detector. */
    readonly detector: string;
    /** Which shard is to be learned, from 0 on. */
    readonly shard?: number;
}

/** Longest reason that the API shows. */
const reasonLength = 256;

/**
 * Does a job; does nothing when the detector is gone or in no state for it. Jobs may come twice, at once, and after a crash. `now` is in
 * milliseconds since 1970. A job that fails for a passing reason throws, to be tried again.
 */
export async function runJob(services: WorkerServices, { detector, job, shard }: Job, now: number): Promise<void> {
    const record = await services.detectors.read(detector);
    // What a worker that was overtaken by the deletion wrote goes too.
    if (record === undefined) return services.detectors.remove(detector);
    // A lost learn job is made up for by the next tick, which asks for an advance.
    if (record.status === "DELETING") await services.detectors.remove(detector);
    else if (record.status === "ACTIVATING") {
        if (job === "learnShard") await learnOne(services, record, now, shard ?? 0);
        else if (job === "mergeShards") await mergeAndAdvance(services, record, now);
        else if (job === "learn" || job === "advance") await learnAndAdvance(services, record, now);
    } else if (isTested(record.status)) await learnAndTest(services, record, now);
    else if (job === "advance" && isRunning(record.status))
        await withWork(services, record, now, (work) => advanceDetector(services, work));
}

const isRunning = (status: DetectorStatus): boolean => status === "LEARNING" || status === "ACTIVE";
const isTested = (status: DetectorStatus): boolean =>
    status === "BACK_TEST_ACTIVATING" || status === "BACK_TEST_ACTIVE";

async function learnAndAdvance(services: WorkerServices, record: DetectorRecord, now: number): Promise<void> {
    await failing(services, record, "ACTIVATION_FAILURE", () =>
        withWork(services, record, now, async (work) => {
            await attempt(work, () => learnAll(services, work));
        }),
    );
}

async function learnAll(services: WorkerServices, work: Work): Promise<void> {
    if ((await learnRun(work)) === "learned") return finishLearning(services, work);
    if (services.learnShards !== undefined) return services.learnShards(work.detector, work.run, shardCount);
    for (let shard = 0; shard < shardCount; shard++) {
        services.watch?.({ detector: work.detector, stage: "learn", done: shard, total: shardCount });
        await learnShard(work, shard);
    }
    if (await mergeShards(work)) await finishLearning(services, work);
}

async function learnOne(services: WorkerServices, record: DetectorRecord, now: number, shard: number): Promise<void> {
    await failing(services, record, "ACTIVATION_FAILURE", () =>
        withWork(services, record, now, (work) => counted(work, () => learnShard(work, shard))),
    );
}

async function mergeAndAdvance(services: WorkerServices, record: DetectorRecord, now: number): Promise<void> {
    const merge = async (work: Work): Promise<void> => {
        const isLearned = (await work.store.progress()) !== undefined || (await mergeShards(work));
        if (!isLearned) throw new Error(`not all shards of the detector "${work.detector}" have learned`);
        await finishLearning(services, work);
    };
    await failing(services, record, "ACTIVATION_FAILURE", () =>
        withWork(services, record, now, (work) => counted(work, () => merge(work))),
    );
}

/** What earlier runs and the learning itself left goes before the status does: a crash in between is taken up again. */
async function finishLearning(services: WorkerServices, work: Work): Promise<void> {
    await work.learning.clear();
    await services.detectors.removeOtherRuns(work.detector, work.run);
    await advanceDetector(services, work);
}

async function withWork(
    services: WorkerServices,
    record: DetectorRecord,
    now: number,
    act: (work: Work) => Promise<void>,
): Promise<void> {
    const work = openWork(record, services, now);
    if (work !== undefined) await act(work);
}

/** Status tells how far a back-test is; it ends with the history, and nothing is sent for it. */
async function learnAndTest(services: WorkerServices, record: DetectorRecord, now: number): Promise<void> {
    const become = (status: DetectorStatus): Promise<void> =>
        changeStatus(services, record, (current) => ({ ...current, status }));
    await failing(services, record, "BACK_TEST_ACTIVATION_FAILURE", () =>
        withWork(services, record, now, async (work) => {
            await attempt(work, () => runBacktest(work, () => become("BACK_TEST_ACTIVE")));
            await work.learning.clear();
            await services.detectors.removeOtherRuns(record.name, work.run);
            await become("BACK_TEST_COMPLETE");
        }),
    );
}

async function advanceDetector(services: WorkerServices, work: Work): Promise<void> {
    const progress = await advance(work);
    if (progress === undefined) return;
    const { record } = work;
    const status = progress.points >= pointsNeeded(record.interval) ? "ACTIVE" : "LEARNING";
    if (record.status !== status) await changeStatus(services, record, (current) => ({ ...current, status }));
}

/** Data that cannot be used, and what was tried in vain too often, fail the detector and say why; anything else fails the job. */
async function failing(
    services: WorkerServices,
    record: DetectorRecord,
    type: NonNullable<DetectorRecord["failure"]>["type"],
    work: () => Promise<void>,
): Promise<void> {
    try {
        await work();
    } catch (error) {
        if (!(error instanceof Error) || !isFinal(error)) throw error;
        const failure = { type, reason: error.message.slice(0, reasonLength) };
        await changeStatus(services, record, (current) => ({ ...current, status: "FAILED", failure }));
    }
}

/** Changes the detector unless it has meanwhile been stopped, deleted or started anew. */
async function changeStatus(
    { detectors }: WorkerServices,
    { name, run }: DetectorRecord,
    change: (current: DetectorRecord) => DetectorRecord,
): Promise<void> {
    // What was written after the deletion goes as well.
    if ((await detectors.read(name)) === undefined) return detectors.remove(name);
    await detectors.change(name, (current) => {
        const { status } = current;
        const isOurs = current.run === run && (status === "ACTIVATING" || isRunning(status) || isTested(status));
        return isOurs ? change(current) : current;
    });
}
