import { randomUUID } from "node:crypto";
import type { ObjectStore } from "../../objects/objectStore";
import type { Access } from "../access";
import { isAlertOf, openAlerts, type AlertRecord } from "../store/alerts";
import type { DetectorStore } from "../store/detectors";
import { openGroups, type GroupStore } from "../store/groups";
import type { DetectorRecord } from "../store/records";
import { openRun, type RunCache, type RunStore } from "../store/runs";
import type { Buckets } from "../worker/sources";
import { alertNameOf, detectorNameOf, type Place } from "./arns";
import type { Dispatch } from "./dispatch";
import { notFound } from "./errors";
import { defaultLimits, type Limits } from "./limits";

/** What every operation works with. */
export interface ApiContext {
    readonly place: Place;
    readonly objects: ObjectStore;
    readonly detectors: DetectorStore;
    readonly cache: RunCache;
    readonly dispatch: Dispatch;
    /** Buckets whose objects are read for a sample. @default none: sample data are refused */
    readonly buckets?: Buckets;
    /** What the service may reach beyond its own bucket. */
    readonly access: Access;
    /** How much of what the service takes. @default `defaultLimits` */
    readonly limits?: Partial<Limits>;
    /** Hears of a damaged record that a list leaves out. @default what the web app reports its errors to */
    readonly report?: (error: unknown) => void;
    /** Gives an id that nothing has had before. @default a random UUID */
    readonly newId?: () => string;
    /** Milliseconds since 1970. */
    now(): number;
}

export const limitsOf = ({ limits }: ApiContext): Limits => ({ ...defaultLimits, ...limits });

export const newIdOf = ({ newId = randomUUID }: ApiContext): string => newId();

/** The detector that an ARN names. Throws ResourceNotFoundException when there is none, ValidationException for another kind of ARN. */
export async function mustReadDetector(context: ApiContext, arn: string): Promise<DetectorRecord> {
    const name = detectorNameOf(context.place, arn);
    const record = name === undefined ? undefined : await context.detectors.read(name);
    if (record === undefined) throw notFound("AnomalyDetector", arn);
    return record;
}

/** The detector of an alert; undefined when it is gone, though one of its name may have been created since. */
export async function ownerOf(context: ApiContext, alert: AlertRecord): Promise<DetectorRecord | undefined> {
    const owner = await context.detectors.read(alert.detector);
    return owner !== undefined && isAlertOf(alert, owner) ? owner : undefined;
}

/** The alert that an ARN names, with its detector. Throws ResourceNotFoundException, or ValidationException for another kind of ARN. */
export async function mustReadAlert(
    context: ApiContext,
    arn: string,
): Promise<{ readonly alert: AlertRecord; readonly owner: DetectorRecord }> {
    const name = alertNameOf(context.place, arn);
    const alert = name === undefined ? undefined : await openAlerts(context.objects).read(name);
    const owner = alert && (await ownerOf(context, alert));
    if (alert === undefined || owner === undefined) throw notFound("Alert", arn);
    return { alert, owner };
}

/** What a detector's run has stored; undefined before its first activation. */
export function runOf(
    context: ApiContext,
    { name, run }: DetectorRecord,
): { readonly store: RunStore; readonly groups: GroupStore } | undefined {
    if (run === undefined) return undefined;
    return {
        store: openRun(context.objects, name, run, context.cache),
        groups: openGroups(context.objects, name, run, context.cache.groups),
    };
}
