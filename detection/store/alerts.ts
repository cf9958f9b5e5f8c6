import { z } from "zod";
import { NotFoundError } from "../../errors";
import type { ObjectStore } from "../../objects/objectStore";
import { deleteDocument, readDocument, unchanged, updateDocument, writeDocument } from "../../pipeline/documents";
import { isOwnedBy } from "./creation";
import { alertKey, alertOfKey, alertsOfPrefix, alertsPrefix } from "./layout";
import { instant } from "./instant";
import type { DetectorRecord } from "./records";

/** Whom an alert tells, and the role that it is told with: none for a target of the stack's own. */
export const alertTarget = z.discriminatedUnion("type", [
    z.object({
        type: z.literal("SNS"),
        topicArn: z.string(),
        roleArn: z.string().optional(),
        format: z.enum(["LONG_TEXT", "SHORT_TEXT", "JSON"]),
    }),
    z.object({ type: z.literal("LAMBDA"), functionArn: z.string(), roleArn: z.string().optional() }),
]);
export type AlertTarget = z.output<typeof alertTarget>;

/** ARN of the topic or function that a target is. */
export const targetArnOf = (target: AlertTarget): string =>
    target.type === "SNS" ? target.topicArn : target.functionArn;

export const alertRecord = z.object({
    version: z.literal(1),
    /** Unique among the alerts of all detectors. */
    name: z.string(),
    /** Of this creation: another alert of the name has another one. */
    id: z.string(),
    detector: z.string(),
    /** Which creation of that detector: an alert of an earlier detector of the name counts no more. */
    detectorId: z.string().optional(),
    detectorCreatedAt: instant,
    description: z.string().optional(),
    /** Groups of this severity or above are told, 0 to 100. */
    threshold: z.int(),
    target: alertTarget,
    /** Groups of these measures only. */
    measures: z.array(z.string()).optional(),
    /** Only groups in which one series has, for every dimension listed, one of its values. */
    dimensions: z.array(z.object({ dimension: z.string(), values: z.array(z.string()) })).optional(),
    createdAt: instant,
    changedAt: instant,
    tags: z.record(z.string(), z.string()),
});
export type AlertRecord = z.output<typeof alertRecord>;

/** The detector that alerts belong to. */
export type AlertOwner = Pick<DetectorRecord, "name" | "id" | "createdAt">;

/**
 * The alerts of all detectors. The document under an alert's name is the truth; which detector has which alerts is found by keys that
 * are written before it and taken away after it, so that a crash leaves keys too many, never too few.
 */
export interface AlertStore {
    read(name: string): Promise<AlertRecord | undefined>;
    /** False when an alert has the name already, unless `mayReplace` says that it counts no more. */
    create(record: AlertRecord, mayReplace: (old: AlertRecord) => Promise<boolean>): Promise<boolean>;
    /** Changes an alert, however many write at once. Throws NotFoundError when there is none. */
    change(name: string, change: (current: AlertRecord) => AlertRecord): Promise<AlertRecord>;
    /** A detector's alerts, by name. A damaged one is left out when `onDamaged`, which may throw, takes its error. */
    of(owner: AlertOwner, onDamaged?: (error: unknown) => void): Promise<AlertRecord[]>;
    /** Names of all alerts. */
    names(): Promise<string[]>;
    remove(record: Pick<AlertRecord, "name" | "id" | "detector">): Promise<void>;
}

export const isAlertOf = (alert: AlertRecord, owner: AlertOwner): boolean =>
    alert.detector === owner.name && isOwnedBy(alert, owner);

export function openAlerts(objects: ObjectStore): AlertStore {
    const read = async (name: string) => (await readDocument(objects, alertKey(name), alertRecord))?.value;
    return {
        read,
        create: async (record, mayReplace) => {
            const key = alertKey(record.name);
            const old = await readDocument(objects, key, alertRecord);
            if (old !== undefined && !(await mayReplace(old.value))) return false;
            const pointer = alertOfKey(record.detector, record.name, record.id);
            await objects.put(pointer, "");
            if ((await writeDocument(objects, key, alertRecord, record, unchanged(old))) !== undefined) return true;
            await objects.delete([pointer]);
            return false;
        },
        change: (name, change) =>
            updateDocument(objects, alertKey(name), alertRecord, (current) => {
                if (current === undefined) throw new NotFoundError(`there is no alert "${name}"`);
                return change(current);
            }),
        of: async (owner, onDamaged = rethrow) => {
            const names = (await alertKeysOf(objects, owner.name)).map(({ name }) => name);
            const found = await Promise.all([...new Set(names)].map((name) => read(name).catch(onDamaged)));
            return found
                .flatMap((alert) => (alert && isAlertOf(alert, owner) ? [alert] : []))
                .sort((one, other) => (one.name < other.name ? -1 : 1));
        },
        names: async () => {
            const names: string[] = [];
            for await (const { key } of objects.list(alertsPrefix))
                names.push(key.slice(alertsPrefix.length).replace(/\.json$/, ""));
            return names;
        },
        remove: async ({ name, id, detector }) => {
            await removeDocument(objects, { name, id });
            await objects.delete([alertOfKey(detector, name, id)]);
        },
    };
}

function rethrow(error: unknown): never {
    throw error;
}

/** An alert of the name that was created since stays. */
const removeDocument = (objects: ObjectStore, { name, id }: Pick<AlertRecord, "name" | "id">): Promise<void> =>
    deleteDocument(objects, alertKey(name), alertRecord, (current) => current.id === id);

/** What a detector's deletion takes away of its alerts, of whichever creation of it: listed first, taken away when called. */
export async function listAlertsToRemove(objects: ObjectStore, detector: string): Promise<() => Promise<void>> {
    const found = await alertKeysOf(objects, detector);
    return async () => {
        for (const alert of found) await removeDocument(objects, alert);
        if (found.length > 0) await objects.delete(found.map(({ key }) => key));
    };
}

async function alertKeysOf(objects: ObjectStore, detector: string) {
    const prefix = alertsOfPrefix(detector);
    const found: { readonly name: string; readonly id: string; readonly key: string }[] = [];
    for await (const { key } of objects.list(prefix)) {
        const [name = "", id = ""] = key.slice(prefix.length).split("/");
        found.push({ name, id, key });
    }
    return found;
}
