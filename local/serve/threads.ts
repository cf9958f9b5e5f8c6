import path from "node:path";
import { Worker } from "node:worker_threads";
import type { Job } from "../../detection/worker/worker";
import type { ObjectStore } from "../../objects/objectStore";
import { received, sendable, type FromThread, type SentError, type ThreadData, type ToThread } from "./messages";

/** Threads that do jobs. Each is started when it is first needed, and keeps the models of the detectors it worked for. */
export interface Threads {
    /** Does a job in a free thread, or in a new one. `now` is in milliseconds since 1970. */
    readonly run: (job: Job, now: number) => Promise<void>;
    /** Ends all threads at once; what they were writing is written whole or not at all. */
    readonly close: () => Promise<void>;
}

export interface ThreadsOptions {
    /** What a thread is started with; asked for when one is started. */
    readonly data: () => ThreadData;
    /** The store, for the threads' writes. */
    readonly store: ObjectStore;
    /** Takes a job that another job gave rise to. */
    readonly dispatch: (job: Job) => Promise<void>;
    /** Has the shards of a large detector learned and merged; answers when that is done. */
    readonly learnShards: (detector: string, shards: number) => Promise<void>;
    readonly log: (line: string) => void;
}

interface Thread {
    readonly worker: Worker;
    /** Detector that it last worked for. */
    detector: string;
    /** Ends the job under way. */
    end?: (error?: Error) => void;
}

export function openThreads(options: ThreadsOptions): Threads {
    const threads = new Set<Thread>();
    const start = (): Thread => {
        const workerData = options.data();
        // Options of this process, such as a test's loader, are not the thread's.
        const worker = new Worker(path.join(__dirname, "thread.js"), { workerData, execArgv: [] });
        const thread: Thread = { worker, detector: "" };
        const leave = (error: Error): void => {
            threads.delete(thread);
            thread.end?.(error);
        };
        worker.on("message", (message: FromThread) => void answer(options, thread, message));
        worker.on("error", leave);
        worker.on("exit", (code) => leave(new Error(`the working thread ended with code ${code}`)));
        threads.add(thread);
        return thread;
    };
    return {
        run: (job, now) => {
            const free = [...threads].filter(({ end }) => end === undefined);
            const thread = free.find(({ detector }) => detector === job.detector) ?? free[0] ?? start();
            thread.detector = job.detector;
            return new Promise((resolve, reject) => {
                thread.end = (error) => {
                    delete thread.end;
                    if (error === undefined) resolve();
                    else reject(error);
                };
                tell(thread, { kind: "run", job, now });
            });
        },
        close: async () => {
            await Promise.all([...threads].map(({ worker }) => worker.terminate()));
        },
    };
}

const tell = ({ worker }: Thread, message: ToThread): void => worker.postMessage(message);

async function answer(options: ThreadsOptions, thread: Thread, message: FromThread): Promise<void> {
    const { store, dispatch, log } = options;
    switch (message.kind) {
        case "done":
            return thread.end?.();
        case "failed":
            return thread.end?.(received(message.error));
        case "dispatch":
            return dispatch(message.job);
        case "learnShards":
            return options.learnShards(message.detector, message.shards);
        case "log":
            return log(message.line);
        case "put":
            return reply(thread, message.id, () => store.put(message.key, message.body, message.condition));
        case "delete":
            return reply(thread, message.id, () => store.delete(message.keys, message.condition));
    }
}

async function reply(thread: Thread, id: number, write: () => Promise<unknown>): Promise<void> {
    const refuse = (error: SentError): void => tell(thread, { kind: "refused", id, error });
    await write().then(
        (value) => tell(thread, { kind: "written", id, value }),
        (error: unknown) => refuse(sendable(error)),
    );
}
