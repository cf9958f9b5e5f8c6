import { DataError } from "../../errors";
import type { DetectorRecord, DetectorStatus } from "../store/records";
import { advance, openWork, type WorkerServices } from "./advance";
import { learnRun, UnusableRowsError } from "./learn";
import { pointsNeeded } from "./pointsNeeded";

/** A piece of work for one detector. */
export interface Job {
    /** `learn` after an activation, `advance` when windows have been committed. */
    readonly job: "learn" | "advance";
    /** Name of the detector. */
    readonly detector: string;
}

/** Longest reason that the API shows. */
const reasonLength = 256;

/**
 * Does a job; does nothing when the detector is gone or in no state for it. Jobs may come twice, at once, and after a crash. `now` is in
 * milliseconds since 1970. A job that fails for a passing reason throws, to be tried again.
 */
export async function runJob(services: WorkerServices, { detector, job }: Job, now: number): Promise<void> {
    const record = await services.detectors.read(detector);
    if (record === undefined) return;
    if (record.status === "DELETING") await services.detectors.remove(detector);
    // A lost learn job is made up for by the next tick, which asks for an advance.
    else if (record.status === "ACTIVATING") await learnAndAdvance(services, record, now);
    else if (job === "advance" && isRunning(record.status)) await advanceDetector(services, record, now);
}

const isRunning = (status: DetectorStatus): boolean => status === "LEARNING" || status === "ACTIVE";

async function learnAndAdvance(services: WorkerServices, record: DetectorRecord, now: number): Promise<void> {
    try {
        const work = openWork(record, services, now);
        if (work === undefined) return;
        await learnRun(work, now);
        await advanceDetector(services, record, now);
        await services.detectors.removeOtherRuns(record.name, work.run);
    } catch (error) {
        if (!(error instanceof UnusableRowsError || error instanceof DataError)) throw error;
        await fail(services, record, error.message);
    }
}

async function advanceDetector(services: WorkerServices, record: DetectorRecord, now: number): Promise<void> {
    const work = openWork(record, services, now);
    const progress = work === undefined ? undefined : await advance(work);
    if (progress === undefined) return;
    const status = progress.points >= pointsNeeded(record.interval) ? "ACTIVE" : "LEARNING";
    if (record.status === status) return;
    await changeRunning(services, record, (current) => ({ ...current, status }));
}

async function fail(services: WorkerServices, record: DetectorRecord, reason: string): Promise<void> {
    const failure = { type: "ACTIVATION_FAILURE" as const, reason: reason.slice(0, reasonLength) };
    await changeRunning(services, record, (current) => ({ ...current, status: "FAILED", failure }));
}

/** Changes the detector unless it has meanwhile been stopped, deleted or activated anew. */
async function changeRunning(
    { detectors }: WorkerServices,
    { name, run }: DetectorRecord,
    change: (current: DetectorRecord) => DetectorRecord,
): Promise<void> {
    if ((await detectors.read(name)) === undefined) return;
    await detectors.change(name, (current) => {
        const isOurs = current.run === run && (current.status === "ACTIVATING" || isRunning(current.status));
        return isOurs ? change(current) : current;
    });
}
