import type { ObjectStore } from "../../objects/objectStore";
import type { DetectorStore } from "../store/detectors";
import { openGroups, type GroupStore } from "../store/groups";
import type { DetectorRecord } from "../store/records";
import { openRun, type RunCache, type RunStore } from "../store/runs";
import { detectorNameOf, type Place } from "./arns";
import type { Dispatch } from "./dispatch";
import { notFound } from "./errors";

/** What every operation works with. */
export interface ApiContext {
    readonly place: Place;
    readonly objects: ObjectStore;
    readonly detectors: DetectorStore;
    readonly cache: RunCache;
    readonly dispatch: Dispatch;
    /** Milliseconds since 1970. */
    now(): number;
}

/** The detector that an ARN names. Throws ResourceNotFoundException when there is none, ValidationException for another kind of ARN. */
export async function mustReadDetector(context: ApiContext, arn: string): Promise<DetectorRecord> {
    const name = detectorNameOf(context.place, arn);
    const record = name === undefined ? undefined : await context.detectors.read(name);
    if (record === undefined) throw notFound("AnomalyDetector", arn);
    return record;
}

/** What a detector's run has stored; undefined before its first activation. */
export function runOf(
    context: ApiContext,
    { name, run }: DetectorRecord,
): { readonly store: RunStore; readonly groups: GroupStore } | undefined {
    if (run === undefined) return undefined;
    return {
        store: openRun(context.objects, name, run, context.cache),
        groups: openGroups(context.objects, name, run),
    };
}
