import { parentPort, workerData } from "node:worker_threads";
import { openFolderObjectStore } from "../../objects/folderObjectStore";
import type { ObjectStore } from "../../objects/objectStore";
import { filterWarnings } from "../cli/warnings";
import { received, sendable, type FromThread, type ThreadData, type ToThread } from "./messages";
import { openJobs } from "./services";

/* A working thread of `lookout serve`: learns and scores, one job after another, while the main thread answers requests. */

filterWarnings(process);
const port = parentPort!;
const { folder, storeFolder, place, endpoint } = workerData as ThreadData;
const send = (message: FromThread): void => port.postMessage(message);

const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
let writes = 0;

function write(
    message:
        | { kind: "put"; key: string; body: Uint8Array | string; condition?: object }
        | { kind: "delete"; keys: readonly string[]; condition?: object },
) {
    const id = (writes += 1);
    return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        send({ ...message, id } as FromThread);
    });
}

const files = openFolderObjectStore(storeFolder);
const store: ObjectStore = {
    ...files,
    put: (key, body, condition) =>
        write({ kind: "put", key, body, ...(condition === undefined ? {} : { condition }) }) as ReturnType<
            ObjectStore["put"]
        >,
    delete: async (keys, condition) => {
        await write({ kind: "delete", keys, ...(condition === undefined ? {} : { condition }) });
    },
};

const doJob = openJobs(store, place, {
    folder,
    endpoint,
    dispatch: async (job) => send({ kind: "dispatch", job }),
    learnShards: async (detector, _run, shards) => send({ kind: "learnShards", detector, shards }),
    log: (line) => send({ kind: "log", line }),
});

port.on("message", (message: ToThread) => {
    if (message.kind === "run") {
        doJob(message.job, message.now).then(
            () => send({ kind: "done" }),
            (error: unknown) => send({ kind: "failed", error: sendable(error) }),
        );
        return;
    }
    const waiting = pending.get(message.id);
    pending.delete(message.id);
    if (message.kind === "written") waiting?.resolve(message.value);
    else waiting?.reject(received(message.error));
});
