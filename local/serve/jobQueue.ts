import type { Job } from "../../detection/worker/worker";

/**
 * Jobs of the service's own process: several at once, but of one detector one after another, in the order of asking. Only the shards of a
 * large detector are learned beside each other.
 */
export interface JobQueue {
    /** Accepts a job; one that waits already is not taken twice. */
    readonly dispatch: (job: Job) => Promise<void>;
    /** Has the shards of a detector learned, and merged when all are; resolves when the merging has been asked for, or a shard failed. */
    readonly learnShards: (detector: string, shards: number) => Promise<void>;
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

interface Waiting {
    readonly job: Job;
    /** Told when the job has ended, and whether it was done. */
    readonly ended?: (isDone: boolean) => void;
}

/** Milliseconds before the second try; each further one waits twice as long. */
const firstPauseMs = 250;

export function openJobQueue(options: JobQueueOptions): JobQueue {
    const waiting: Waiting[] = [];
    const busy = new Map<string, Promise<void>>();
    const failures: Failure[] = [];
    let isStopped = false;
    const fail = (job: Job, error: unknown): void => {
        if (isStopped) return;
        const failure = { job, error: error instanceof Error ? error : new Error(String(error)) };
        failures.push(failure);
        options.failed(failure);
    };
    const turn = (): void => {
        for (let next = takeFree(); next !== undefined; next = takeFree()) {
            const { job, ended } = next;
            const work = runTries(options, job)
                .then(
                    () => ended?.(true),
                    (error: unknown) => {
                        fail(job, error);
                        ended?.(false);
                    },
                )
                .finally(() => {
                    busy.delete(laneOf(job));
                    turn();
                });
            busy.set(laneOf(job), work);
        }
    };
    const takeFree = (): Waiting | undefined => {
        const index = waiting.findIndex(({ job }) => !busy.has(laneOf(job)));
        return busy.size >= options.width || index < 0 ? undefined : waiting.splice(index, 1)[0];
    };
    const dispatch = async (job: Job): Promise<void> => {
        if (isStopped || waiting.some((other) => JSON.stringify(other.job) === JSON.stringify(job))) return;
        waiting.push({ job });
        turn();
    };
    const learnAll = async (detector: string, shards: number): Promise<void> => {
        const numbers = Array.from({ length: shards }, (_, shard) => shard);
        const ends = numbers.map(
            (shard) =>
                new Promise<boolean>((ended) => waiting.push({ job: { job: "learnShard", detector, shard }, ended })),
        );
        turn();
        const isWhole = (await Promise.all(ends)).every(Boolean);
        if (isWhole) await dispatch({ job: "mergeShards", detector });
    };
    const learning = new Map<string, Promise<void>>();
    return {
        dispatch,
        learnShards: (detector, shards) => {
            // Asked for again while it goes on, as a tick does, it is not begun again.
            const going = learning.get(detector) ?? learnAll(detector, shards).finally(() => learning.delete(detector));
            learning.set(detector, going);
            return going;
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
            for (const { ended } of waiting.splice(0)) ended?.(false);
            await Promise.all(busy.values());
        },
    };
}

/** Jobs of one lane are done one after another. */
const laneOf = ({ job, detector, shard }: Job): string => (job === "learnShard" ? `${detector}/${shard}` : detector);

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
