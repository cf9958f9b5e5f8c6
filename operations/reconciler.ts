import type { ObjectStore } from "../objects/objectStore";
import type { DetectorRequest } from "../pipeline/detectorRequest";
import { readDocument } from "../pipeline/documents";
import type { Executions } from "../pipeline/executions";
import { definitionKey } from "../pipeline/objectLayout";
import { type DetectorDefinition, detectorDefinition, intervalName } from "../pipeline/records";
import type { DetectorService } from "./detectorService";

/** Everything that a detector's life cycle deals with. */
export interface ReconcilerWorld {
    readonly store: ObjectStore;
    /** Bucket behind `store`. */
    readonly bucket: string;
    readonly service: DetectorService;
    readonly executions: Executions;
    /** ARNs of the state machines. */
    readonly liveMachine: string;
    readonly backfillMachine: string;
    readonly account: string;
    /** Has an extractor function stop the query of a ticket. */
    readonly cancel: (extractor: string, ticketKey: string) => Promise<void>;
    /** Waits between tries, in milliseconds. */
    readonly pause: (ms: number) => Promise<void>;
}

/** One detector as it is wanted. */
export interface Wanted {
    readonly request: DetectorRequest;
    readonly detectorArn: string;
    readonly generation: string;
    /** What was wanted before, as far as it is known. */
    readonly before: DetectorRequest | undefined;
}

/** A detector's ARN in the place where the machines are: computed, so that nobody has to hand it on. */
export function detectorArnOf({ liveMachine, account }: ReconcilerWorld, detectorName: string): string {
    const [, partition, , region] = liveMachine.split(":");
    return `arn:${partition}:lookoutmetrics:${region}:${account}:AnomalyDetector:${detectorName}`;
}

/** A detector's definition, whatever interval it is filed under. */
export async function findDefinition(store: ObjectStore, detector: string): Promise<DetectorDefinition | undefined> {
    const found = await Promise.all(
        intervalName.options.map((interval) =>
            readDocument(store, definitionKey(interval, detector), detectorDefinition),
        ),
    );
    return found.find((document) => document !== undefined)?.value;
}

/** The keys under which a detector's definition may be filed. */
export const definitionKeys = (detector: string): string[] =>
    intervalName.options.map((interval) => definitionKey(interval, detector));
