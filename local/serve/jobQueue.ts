import type { Job } from "../../detection/worker/worker";

/** Jobs of the service's own process: several at once, but of one detector one after another, in the order of asking. */
export interface JobQueue {
    /** Accepts a job; one that waits already is not taken twice. */
    readonly dispatch: (job: Job) => Promise<void>;
    /** Jobs that wait or are under way. */
    readonly size: number;
    /** Resolves when nothing is left to do; gives what failed for good since the last call. */
    readonly idle: () => Promise<readonly Failure[]>;
    /** Takes no more, forgets what waits, and resolves when what is under way has ended. */
    readonly stop: () => Promise<void>;
}

export interface Failure {
    readonly job: Job;
    readonly error: Error;
}

export interface JobQueueOptions {
    readonly run: (job: Job) => Promise<void>;
    /** Jobs at once. */
    readonly width: number;
    /** How often a job is tried. */
    readonly tries: number;
    /** Waits some milliseconds before a try. */
    readonly pause: (ms: number) => Promise<unknown>;
    /** Told of a job that failed for good. */
    readonly failed: (failure: Failure) => void;
}

/** Milliseconds before the second try; each further one waits twice as long. */
const firstPauseMs = 250;

export function openJobQueue(options: JobQueueOptions): JobQueue {
    const waiting: Job[] = [];
    const busy = new Map<string, Promise<void>>();
    const failures: Failure[] = [];
    let isStopped = false;
    const turn = (): void => {
        for (let next = takeFree(); next !== undefined; next = takeFree()) {
            const job = next;
            const ended = runTries(options, job)
                .catch((error: unknown) => {
                    if (isStopped) return;
                    const failure = { job, error: error instanceof Error ? error : new Error(String(error)) };
                    failures.push(failure);
                    options.failed(failure);
                })
                .finally(() => {
                    busy.delete(laneOf(job));
                    turn();
                });
            busy.set(laneOf(job), ended);
        }
    };
    const takeFree = (): Job | undefined => {
        const index = waiting.findIndex((job) => !busy.has(laneOf(job)));
        return busy.size >= options.width || index < 0 ? undefined : waiting.splice(index, 1)[0];
    };
    return {
        dispatch: async (job) => {
            if (isStopped || waiting.some((other) => JSON.stringify(other) === JSON.stringify(job))) return;
            waiting.push(job);
            turn();
        },
        get size() {
            return waiting.length + busy.size;
        },
        idle: async () => {
            while (busy.size > 0) await Promise.race(busy.values());
            return failures.splice(0);
        },
        stop: async () => {
            isStopped = true;
            waiting.length = 0;
            await Promise.all(busy.values());
        },
    };
}

/** Jobs of one lane are done one after another. */
const laneOf = ({ detector }: Job): string => detector;

async function runTries({ run, tries, pause }: JobQueueOptions, job: Job): Promise<void> {
    for (let tried = 1; ; tried += 1) {
        try {
            return await run(job);
        } catch (error) {
            if (tried >= tries) throw error;
            await pause(firstPauseMs * 2 ** (tried - 1));
        }
    }
}
