import type { Undispatched } from "../../detection/api/tick";
import type { Failure } from "./jobQueue";

/** Work that failed, however often, while time passed. */
export interface FailedWork {
    readonly job: string;
    /** Absent when it could not even be listed which detectors there are. */
    readonly detector?: string;
    readonly times: number;
    /** Why it failed the last time. */
    readonly message: string;
}

/** Collects what fails: a job that fails at each of a thousand instants is one entry. */
export interface WorkFailures {
    readonly jobs: (failures: readonly Failure[]) => void;
    readonly undispatched: (failures: readonly Undispatched[]) => void;
    /** One entry a job and detector, in the order in which they failed first. */
    readonly all: () => readonly FailedWork[];
}

export function openWorkFailures(): WorkFailures {
    const found = new Map<string, FailedWork>();
    const add = (job: string, detector: string | undefined, error: unknown): void => {
        const key = JSON.stringify([job, detector]);
        const times = (found.get(key)?.times ?? 0) + 1;
        const message = error instanceof Error ? error.message : String(error);
        found.set(key, { job, ...(detector === undefined ? {} : { detector }), times, message });
    };
    return {
        jobs: (failures) => failures.forEach(({ job, error }) => add(job.job, job.detector, error)),
        undispatched: (failures) => failures.forEach(({ job, detector, error }) => add(job, detector, error)),
        all: () => [...found.values()],
    };
}
