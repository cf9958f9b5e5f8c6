import path from "node:path";
import { openDetectorStore } from "../../detection/store/detectors";
import { createRunCache } from "../../detection/store/runs";
import { runJob } from "../../detection/worker/worker";
import { openFolderObjectStore } from "../../objects/folderObjectStore";
import type { ObjectStore } from "../../objects/objectStore";
import { splitStore } from "./splitStore";

/*
 * A worker in a process of its own, over a folder with the pipeline's `data` and the service's own objects in a world: `node killedWorker.cjs FOLDER WORLD NOW OPERATION MOMENT` does what there is to do for the
 * detector "shop" and kills itself at its so many-th operation on the service's own objects: before it, in the midst of it, or after it.
 */

const [folder = "", world = "", now = "", operation = "", moment = ""] = process.argv.slice(2);
let operations = 0;

async function struck<T>(key: string, act: () => Promise<T>): Promise<T> {
    if (++operations !== Number(operation)) return act();
    if (moment === "after") await act();
    else if (moment === "amidst") void act();
    process.kill(process.pid, "SIGKILL");
    return new Promise(() => undefined);
}

function mortal(objects: ObjectStore): ObjectStore {
    return {
        get: (key) => struck(key, () => objects.get(key)),
        stream: (key) => objects.stream(key),
        put: (key, body, condition) => struck(key, () => objects.put(key, body, condition)),
        list: (prefix, after) => objects.list(prefix, after),
        delete: (keys) => struck(keys[0] ?? "", () => objects.delete(keys)),
    };
}

const data = openFolderObjectStore(path.join(folder, "data"));
const store = splitStore(mortal(openFolderObjectStore(path.join(folder, world))), data);
const services = {
    detectors: openDetectorStore(store),
    buckets: { own: "metrics", store, open: () => store },
    cache: createRunCache(),
};
void runJob(services, { job: "advance", detector: "shop" }, Number(now));
