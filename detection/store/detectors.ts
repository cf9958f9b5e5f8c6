import { NotFoundError } from "../../errors";
import type { ObjectStore } from "../../objects/objectStore";
import { deleteDocument, readDocument, updateDocument, writeDocument } from "../../pipeline/documents";
import { listAlertsToRemove } from "./alerts";
import {
    alertedPrefix,
    detectorKey,
    detectorsPrefix,
    feedbackPrefix,
    outboxPrefix,
    runPrefix,
    runsPrefix,
} from "./layout";
import { detectorRecord, type DetectorRecord } from "./records";

/** The detectors that the service knows. Every change is one conditional write of one document. */
export interface DetectorStore {
    read(name: string): Promise<DetectorRecord | undefined>;
    /** False when there is one of that name already. */
    create(record: DetectorRecord): Promise<boolean>;
    /**
     * Changes a record, however many write at once; `change` may run several times, and may throw to leave the record as it is.
     * Throws NotFoundError when there is no such detector.
     */
    change(name: string, change: (current: DetectorRecord) => DetectorRecord): Promise<DetectorRecord>;
    /** Names, in the order of their keys, which is not quite that of the names: `shop-eu` comes before `shop`. */
    names(): Promise<string[]>;
    /**
     * Takes away all that was learned and scored, alerts and feedback, then the detector, which must be DELETING: one that was created again under the name
     * stays as it is. Can be repeated after a crash.
     */
    remove(name: string): Promise<void>;
    /** Takes away all runs but one and the detector's own, which is another when it was activated anew in the meantime. */
    removeOtherRuns(name: string, run: string): Promise<void>;
}

export function openDetectorStore(objects: ObjectStore): DetectorStore {
    const read = async (name: string) => (await readDocument(objects, detectorKey(name), detectorRecord))?.value;
    return {
        read,
        create: async (record) => {
            const key = detectorKey(record.name);
            return (await writeDocument(objects, key, detectorRecord, record, { ifAbsent: true })) !== undefined;
        },
        change: (name, change) =>
            updateDocument(objects, detectorKey(name), detectorRecord, (current) => {
                if (current === undefined) throw new NotFoundError(`there is no detector "${name}"`);
                return change(current);
            }),
        names: async () => {
            const names: string[] = [];
            for await (const { key } of objects.list(detectorsPrefix))
                names.push(key.slice(detectorsPrefix.length).replace(/\.json$/, ""));
            return names;
        },
        remove: async (name) => {
            const removeAlerts = await listAlertsToRemove(objects, name);
            const keys = [...(await keysOfRuns(objects, name)), ...(await keysBeside(objects, name))];
            const found = await read(name);
            if (found !== undefined && found.status !== "DELETING") return;
            await removeAlerts();
            await deleteAll(objects, keys);
            // Another worker may have finished the deletion, and a new detector may have the name by now.
            const isSame = ({ status, id, createdAt }: DetectorRecord): boolean =>
                status === "DELETING" && id === found?.id && createdAt === found?.createdAt;
            await deleteDocument(objects, detectorKey(name), detectorRecord, isSame);
        },
        removeOtherRuns: async (name, run) => {
            const keys = await keysOfRuns(objects, name);
            const current = await read(name);
            if (current === undefined) return;
            const kept = [run, ...(current.run === undefined ? [] : [current.run])].map((id) => runPrefix(name, id));
            await deleteAll(
                objects,
                keys.filter((key) => !kept.some((prefix) => key.startsWith(prefix))),
            );
        },
    };
}

/**
 * What is stored of a detector's runs. List first, then read the record that decides what may go: a run that begins after the listing is
 * not in it, and no run's id is ever used again.
 */
async function keysOfRuns(objects: ObjectStore, name: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of objects.list(runsPrefix(name))) keys.push(key);
    return keys;
}

/** What alerts have to tell and have told, and feedback. */
async function keysBeside(objects: ObjectStore, name: string): Promise<string[]> {
    const keys: string[] = [];
    for (const prefix of [feedbackPrefix(name), outboxPrefix(name), alertedPrefix(name)])
        for await (const { key } of objects.list(prefix)) keys.push(key);
    return keys;
}

async function deleteAll(objects: ObjectStore, keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await objects.delete(keys);
}
