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

interface State {
    readonly options: JobQueueOptions;
    readonly waiting: Waiting[];
    /** What is under way, by lane. */
    readonly busy: Map<string, Promise<void>>;
    /** Detectors whose shards are being learned. */
    readonly learning: Map<string, Promise<void>>;
    readonly failures: Failure[];
    isStopped: boolean;
}

export function openJobQueue(options: JobQueueOptions): JobQueue {
    const state: State = {
        options,
        waiting: [],
        busy: new Map(),
        learning: new Map(),
        failures: [],
        isStopped: false,
    };
    const { waiting, busy } = state;
    return {
        dispatch: async (job) => accept(state, job),
        learnShards: (detector, shards) => learnOnce(state, detector, shards),
        get size() {
            return waiting.length + busy.size;
        },
        idle: async () => {
            while (busy.size > 0) await Promise.race(busy.values());
            return state.failures.splice(0);
        },
        stop: async () => {
            state.isStopped = true;
            for (const { ended } of waiting.splice(0)) ended?.(false);
            await Promise.all(busy.values());
        },
    };
}

function accept(state: State, job: Job): void {
    if (state.isStopped || state.waiting.some((other) => JSON.stringify(other.job) === JSON.stringify(job))) return;
    state.waiting.push({ job });
    turn(state);
}

/** Begins what can begin. */
function turn(state: State): void {
    for (let next = takeFree(state); next !== undefined; next = takeFree(state)) begin(state, next);
}

/** The first job that waits and whose lane is free, unless as many are under way as may be. */
function takeFree({ options, waiting, busy }: State): Waiting | undefined {
    const index = waiting.findIndex(({ job }) => !busy.has(laneOf(job)));
    return busy.size >= options.width || index < 0 ? undefined : waiting.splice(index, 1)[0];
}

function begin(state: State, { job, ended }: Waiting): void {
    const work = runTries(state.options, job)
        .then(
            () => ended?.(true),
            (error: unknown) => {
                fail(state, job, error);
                ended?.(false);
            },
        )
        .finally(() => {
            state.busy.delete(laneOf(job));
            turn(state);
        });
    state.busy.set(laneOf(job), work);
}

function fail({ options, failures, isStopped }: State, job: Job, error: unknown): void {
    if (isStopped) return;
    const failure = { job, error: error instanceof Error ? error : new Error(String(error)) };
    failures.push(failure);
    options.failed(failure);
}

/** Asked for again while it goes on, as a tick does, learning is not begun again. */
function learnOnce(state: State, detector: string, shards: number): Promise<void> {
    const { learning } = state;
    const going = learning.get(detector) ?? learnAll(state, detector, shards).finally(() => learning.delete(detector));
    learning.set(detector, going);
    return going;
}

async function learnAll(state: State, detector: string, shards: number): Promise<void> {
    const numbers = Array.from({ length: shards }, (_, shard) => shard);
    const ends = numbers.map(
        (shard) =>
            new Promise<boolean>((ended) => state.waiting.push({ job: { job: "learnShard", detector, shard }, ended })),
    );
    turn(state);
    const isWhole = (await Promise.all(ends)).every(Boolean);
    if (isWhole) accept(state, { job: "mergeShards", detector });
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
