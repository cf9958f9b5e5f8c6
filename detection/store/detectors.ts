import { NotFoundError } from "../../errors";
import type { ObjectStore } from "../../objects/objectStore";
import { readDocument, updateDocument, writeDocument } from "../../pipeline/documents";
import { detectorKey, detectorsPrefix, runsPrefix } from "./layout";
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
    /** Names, in their order. */
    names(): Promise<string[]>;
    /** Takes away all that was learned and scored, then the detector. Can be repeated after a crash. */
    remove(name: string): Promise<void>;
    /** Takes away all runs but one. */
    removeOtherRuns(name: string, run: string): Promise<void>;
}

export function openDetectorStore(objects: ObjectStore): DetectorStore {
    return {
        read: async (name) => (await readDocument(objects, detectorKey(name), detectorRecord))?.value,
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
            await removeBelow(objects, runsPrefix(name), () => true);
            await objects.delete([detectorKey(name)]);
        },
        removeOtherRuns: (name, run) =>
            removeBelow(objects, runsPrefix(name), (key) => !key.startsWith(`${runsPrefix(name)}${run}/`)),
    };
}

async function removeBelow(objects: ObjectStore, prefix: string, isMeant: (key: string) => boolean): Promise<void> {
    const keys: string[] = [];
    for await (const { key } of objects.list(prefix)) if (isMeant(key)) keys.push(key);
    if (keys.length > 0) await objects.delete(keys);
}
