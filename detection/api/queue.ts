import type { Job } from "../worker/worker";
import type { Dispatch } from "./dispatch";

/** Jobs done in this process, one after another. */
export interface Queue {
    readonly dispatch: Dispatch;
    /** Resolves when no job is left; throws the first error of a job since the last call. */
    idle(): Promise<void>;
}

/** A queue in this process. A job that is waiting already is not queued twice. */
export function openQueue(run: (job: Job) => Promise<void>): Queue {
    const waiting: Job[] = [];
    let failure: Error | undefined;
    let turning: Promise<void> | undefined;
    const turn = async (): Promise<void> => {
        for (let job = waiting.shift(); job !== undefined; job = waiting.shift())
            await run(job).catch((error: unknown) => {
                failure ??= error instanceof Error ? error : new Error(String(error));
            });
        turning = undefined;
    };
    return {
        dispatch: async (job) => {
            const isWaiting = waiting.some((other) => other.job === job.job && other.detector === job.detector);
            if (!isWaiting) waiting.push(job);
            turning ??= turn();
        },
        idle: async () => {
            while (turning !== undefined) await turning;
            const error = failure;
            failure = undefined;
            if (error !== undefined) throw error;
        },
    };
}
