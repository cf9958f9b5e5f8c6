import { openAlerting } from "../../alerts/alerting";
import { deliverAlerts, UndeliveredError, type DeliveryWorld } from "../../alerts/deliver";
import { openOutbox } from "../../alerts/outbox";
import type { Access } from "../../detection/access";
import { partitionOf, type Place } from "../../detection/api/arns";
import { openAlerts } from "../../detection/store/alerts";
import { openDetectorStore } from "../../detection/store/detectors";
import { createRunCache } from "../../detection/store/runs";
import type { Buckets } from "../../detection/worker/sources";
import type { WorkerServices } from "../../detection/worker/work";
import { runJob, type Job } from "../../detection/worker/worker";
import type { ObjectStore } from "../../objects/objectStore";
import { openBuckets, ownBucket } from "./buckets";
import type { ServePlace } from "./options";
import { openSenders } from "./senders";

/** What a job may do beside its own work. */
export interface Surroundings {
    /** The service's folder. */
    readonly folder: string;
    /** Base URL of the service, for links. */
    readonly endpoint: string;
    /** Hands on a job that this one gave rise to. */
    readonly dispatch: (job: Job) => Promise<void>;
    /** Has the shards of a large detector learned by several threads, and merged. */
    readonly learnShards: NonNullable<WorkerServices["learnShards"]>;
    /** Writes a line for people. */
    readonly log: (line: string) => void;
}

/** Buckets as the service knows them. */
export const bucketsOf = (store: ObjectStore, place: ServePlace): Buckets => ({
    own: ownBucket,
    store,
    open: openBuckets(place),
});

/** On a laptop no role is assumed: what can be reached is what the command line names. */
export const access: Access = { ownBucket, roles: "any", targets: "any" };

/** Where the service says it is. */
export const placeOf = ({ region, accountId }: ServePlace): Place => ({
    partition: partitionOf(region),
    region,
    accountId,
});

/** Does a job at an instant, in milliseconds since 1970. */
export type DoJob = (job: Job, now: number) => Promise<void>;

/** What the service's jobs do, over its store. */
export function openJobs(store: ObjectStore, place: ServePlace, around: Surroundings): DoJob {
    const { dispatch, log } = around;
    const services: WorkerServices = {
        detectors: openDetectorStore(store),
        buckets: bucketsOf(store, place),
        cache: createRunCache(),
        learnShards: around.learnShards,
        alerting: openAlerting(store, (detector) => dispatch({ job: "deliver", detector })),
    };
    const delivery: DeliveryWorld = {
        outbox: openOutbox(store),
        alerts: openAlerts(store),
        senders: openSenders({ folder: around.folder, environment: process.env, log }),
        access,
        place: placeOf(place),
        linkBase: around.endpoint,
    };
    return async (job, now) => {
        if (job.job !== "deliver") return runJob(services, job, now);
        try {
            const { failure } = await deliverAlerts(delivery, job.detector, () => now);
            if (failure !== undefined) log(failure);
        } catch (error) {
            // What could not be told waits in the outbox, and is told again when its time has come.
            if (!(error instanceof UndeliveredError)) throw error;
            log(error.message);
        }
    };
}
