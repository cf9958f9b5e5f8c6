import type { AlertRecord } from "../detection/store/alerts";
import { alertedPrefix, outboxesPrefix, outboxPrefix } from "../detection/store/layout";
import type { ObjectStore } from "../objects/objectStore";
import { readDocument, writeDocument, type Document } from "../pipeline/documents";
import { notice, outcome, type Notice, type Outcome } from "./notice";

/**
 * Notices that wait to be sent, and what has become of those that do not wait any more. A group is told once by an alert: whoever puts
 * a notice looks for its outcome first, and whoever sends one looks again. Of two outcomes the first counts.
 */
export interface Outbox {
    /** Adds a notice; false when the alert has told of the group already, or is about to. */
    put(item: Notice): Promise<boolean>;
    /** Waiting notices of a detector. */
    waiting(detector: string): AsyncGenerator<Document<Notice>, void, undefined>;
    /** Whether a detector has any; one listing step. */
    hasWaiting(detector: string): Promise<boolean>;
    /** Names of the detectors with waiting notices. */
    detectors(): Promise<string[]>;
    /** Changes a waiting notice; undefined when somebody else changed it since it was read. */
    change(before: Document<Notice>, after: Notice): Promise<Document<Notice> | undefined>;
    outcomeOf(item: Named): Promise<Outcome | undefined>;
    /** Whether the alert has told of it, or is about to. */
    isTold(item: Named): Promise<boolean>;
    /** Records what became of a notice, and takes it out. */
    settle(item: Notice, what: Outcome): Promise<void>;
    /** Takes a notice out without an outcome: its alert is gone. */
    drop(item: Notice): Promise<void>;
}

type Named = Pick<Notice, "detector" | "alert" | "alertId" | "group" | "telling">;

const rest = ({ alert, alertId, group, telling = 0 }: Named): string =>
    `${alert}/${alertId}/${group}${telling === 0 ? "" : `.${telling}`}.json`;
const waitingKey = (item: Named): string => outboxPrefix(item.detector) + rest(item);
const outcomeKey = (item: Named): string => alertedPrefix(item.detector) + rest(item);

export function openOutbox(objects: ObjectStore): Outbox {
    const outcomeOf = async (item: Named) => (await readDocument(objects, outcomeKey(item), outcome))?.value;
    return {
        put: async (item) => {
            if ((await outcomeOf(item)) !== undefined) return false;
            return (await writeDocument(objects, waitingKey(item), notice, item, { ifAbsent: true })) !== undefined;
        },
        async *waiting(detector) {
            for await (const { key } of objects.list(outboxPrefix(detector))) {
                const found = await readDocument(objects, key, notice);
                if (found !== undefined) yield found;
            }
        },
        hasWaiting: async (detector) => (await firstKey(objects, outboxPrefix(detector))) !== undefined,
        detectors: () => detectorsWithNotices(objects),
        change: async (before, after) => {
            const written = await writeDocument(objects, waitingKey(after), notice, after, { ifMatch: before.etag });
            return written && { value: after, etag: written.etag };
        },
        outcomeOf,
        isTold: async (item) =>
            (await outcomeOf(item)) !== undefined || (await objects.get(waitingKey(item))) !== undefined,
        settle: async (item, what) => {
            await writeDocument(objects, outcomeKey(item), outcome, what, { ifAbsent: true });
            await objects.delete([waitingKey(item)]);
        },
        drop: (item) => objects.delete([waitingKey(item)]),
    };
}

/** One listing step for each detector that has any, however many notices it has. */
async function detectorsWithNotices(objects: ObjectStore): Promise<string[]> {
    const found: string[] = [];
    for (let after: string | undefined; ;) {
        const next = await firstKey(objects, outboxesPrefix, after);
        if (next === undefined) return found;
        const [detector = ""] = next.slice(outboxesPrefix.length).split("/");
        found.push(detector);
        // Behind every key of the detector: "0" follows "/".
        after = `${outboxesPrefix}${detector}0`;
    }
}

async function firstKey(objects: ObjectStore, prefix: string, after?: string): Promise<string | undefined> {
    for await (const { key } of objects.list(prefix, after)) return key;
    return undefined;
}

/** Name by which an alert and a group are one event, whatever the target: `<alert ARN>:event/<group>`, further tellings numbered. */
export const eventIdOf = (alertArn: string, { group, telling = 0 }: Pick<Notice, "group" | "telling">): string =>
    `${alertArn}:event/${group}${telling === 0 ? "" : `/${telling}`}`;

/** Whether a notice is of this alert as it is now, and not of an earlier one of the name. */
export const isOf = (item: Notice, alert: AlertRecord | undefined): alert is AlertRecord =>
    alert !== undefined && alert.id === item.alertId && alert.detector === item.detector;
