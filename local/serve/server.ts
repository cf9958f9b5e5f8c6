import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { openOutbox } from "../../alerts/outbox";
import { createDetectionApi } from "../../detection/api/app";
import { tellUndispatched } from "../../detection/api/tick";
import { openDetectorStore } from "../../detection/store/detectors";
import { createRunCache } from "../../detection/store/runs";
import type { ObjectStore } from "../../objects/objectStore";
import { openFolderObjectStore } from "../../objects/folderObjectStore";
import { lockFolder } from "../folderLock";
import { bindLoopback } from "./bind";
import { controlApp } from "./control";
import { openJobQueue, type JobQueue } from "./jobQueue";
import { foreignOrigin } from "./origin";
import type { ServeOptions, ServePlace } from "./options";
import { openSavedClock, refuseRealClock } from "./savedClock";
import { access, bucketsOf, placeOf } from "./services";
import { openThreads, type Threads } from "./threads";
import { keepRealTime, keepSimulatedTime, type Timekeeper } from "./timekeeper";

/** A detection service that listens. */
export interface Serving {
    /** Base URL. */
    readonly endpoint: string;
    /** Jobs that wait or are under way. */
    readonly jobs: () => number;
    /**
     * Takes no more requests, lets the job under way end, for some seconds, and gives the folder back. Whatever is left is taken up by
     * the next service on the folder.
     */
    readonly close: () => Promise<void>;
}

/** Most threads that work at once. */
const mostThreads = 4;
/** How long a stop waits for the job under way, in milliseconds; one that is cut off leaves a consistent store. */
const stopMs = 5000;
const tries = 3;

/**
 * Starts the service on loopback: the API in this thread, the work in others, all that it knows under the folder. `log` is given lines
 * for people. Throws FolderInUseError for a folder that another service has, UsageError for a port that is taken.
 */
export async function startServer(options: ServeOptions, log: (line: string) => void): Promise<Serving> {
    const lock = await lockFolder(options.folder, "lookout serve");
    try {
        return await listen(options, log, lock.release);
    } catch (error) {
        await lock.release();
        throw error;
    }
}

async function listen(
    { folder, place, port, simulated }: ServeOptions,
    log: (line: string) => void,
    release: () => Promise<void>,
): Promise<Serving> {
    if (simulated === undefined) refuseRealClock(folder);
    const clock = simulated === undefined ? undefined : openSavedClock(folder, simulated.now, log);
    const storeFolder = path.join(folder, "store");
    const store = openFolderObjectStore(storeFolder);
    const now = (): number => (clock === undefined ? Date.now() : clock.now());
    const server = createServer((incoming, outgoing) => void listener(incoming, outgoing));
    const endpoint = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const threads = openThreads({
        data: () => ({ folder, storeFolder, place, endpoint: endpoint() }),
        store,
        log,
        dispatch: (job) => queue.dispatch(job),
        learnShards: (detector, shards) => queue.learnShards(detector, shards),
    });
    const queue = openQueue(threads, now, log);
    const work = { detectors: openDetectorStore(store), outbox: openOutbox(store), queue };
    const keeper =
        clock === undefined
            ? keepRealTime(work, (failure) => log(`looking for due work failed: ${tellUndispatched(failure)}`))
            : keepSimulatedTime(work, clock);
    const api = openApi({ store, place, queue, now, log });
    const control = controlApp(keeper, () => queue.size);
    const listener = getRequestListener((request) => answer(request, api, control), { overrideGlobalObjects: false });
    await bindLoopback(server, port);
    keeper.start();
    return {
        endpoint: endpoint(),
        jobs: () => queue.size,
        close: async () => {
            await stop(server, keeper, queue, threads);
            await release();
        },
    };
}

function openQueue(threads: Threads, now: () => number, log: (line: string) => void): JobQueue {
    return openJobQueue({
        run: (job) => threads.run(job, now()),
        width: Math.min(mostThreads, availableParallelism()),
        tries,
        pause: sleep,
        failed: ({ job, error }) =>
            log(`the job ${job.job} of the detector "${job.detector}" failed: ${error.message}`),
    });
}

interface ApiParts {
    readonly store: ObjectStore;
    readonly place: ServePlace;
    readonly queue: JobQueue;
    readonly now: () => number;
    readonly log: (line: string) => void;
}

function openApi({ store, place, queue, now, log }: ApiParts): Hono {
    const context = {
        place: placeOf(place),
        objects: store,
        buckets: bucketsOf(store, place),
        access,
        detectors: openDetectorStore(store),
        cache: createRunCache(),
        dispatch: queue.dispatch,
        now,
    };
    return createDetectionApi(context, (error) =>
        log(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
}

function answer(request: Request, api: Hono, control: Hono): Response | Promise<Response> {
    const { headers } = request;
    if (foreignOrigin(headers.get("origin") ?? undefined, headers.get("host") ?? undefined)) return forbidden();
    return new URL(request.url).pathname.startsWith("/-/") ? control.fetch(request) : api.fetch(request);
}

async function stop(server: Server, keeper: Timekeeper, queue: JobQueue, threads: Threads): Promise<void> {
    keeper.stop();
    server.close();
    server.closeIdleConnections();
    await Promise.race([queue.stop(), sleep(stopMs, undefined, { ref: false })]);
    await threads.close();
    server.closeAllConnections();
}

function forbidden(): Response {
    const headers = { "content-type": "application/json", "x-amzn-errortype": "AccessDeniedException" };
    return new Response(JSON.stringify({ Message: "Web pages of others are not served." }), { status: 403, headers });
}
