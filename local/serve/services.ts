import { openDetectorStore } from "../../detection/store/detectors";
import { createRunCache } from "../../detection/store/runs";
import type { WorkerServices } from "../../detection/worker/advance";
import type { Job } from "../../detection/worker/worker";
import type { ObjectStore } from "../../objects/objectStore";
import { openBuckets, ownBucket } from "./buckets";
import type { ServePlace } from "./options";

/** What a job may do beside its own work. */
export interface Surroundings {
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** Hands on a job that this one gave rise to. */
    readonly dispatch: (job: Job) => Promise<void>;
    /** Writes a line for people. */
    readonly log: (line: string) => void;
}

/** What the worker works with on a laptop. */
export function openWorkerServices(store: ObjectStore, place: ServePlace, _around: Surroundings): WorkerServices {
    return {
        detectors: openDetectorStore(store),
        buckets: { own: ownBucket, store, open: openBuckets(place) },
        cache: createRunCache(),
    };
}
