import { RecordError } from "../errors";
import type { ObjectStore } from "../objects/objectStore";
import { type Document, readDocument, unchanged, updateDocument, writeDocument } from "./documents";
import type { LedgerPlace } from "./monthIndex";
import { compactionKey } from "./objectLayout";
import { type CompactionState, compactionState } from "./records";

/** Where nothing is known of what is compacted. */
const unknown: CompactionState = { version: 1, from: 0, reopened: 0 };

/** Where compaction goes on. */
export async function readCompaction(
    store: ObjectStore,
    { detector, generation }: LedgerPlace,
): Promise<{ readonly state: CompactionState; readonly document: Document<CompactionState> | undefined }> {
    const key = compactionKey(detector, generation);
    const document = await orAnew(store, key, () => readDocument(store, key, compactionState));
    return { state: document?.value ?? unknown, document };
}

/** A state that cannot be read counts as lost: what it says can be found again. */
async function orAnew<T>(store: ObjectStore, key: string, act: () => Promise<T>): Promise<T> {
    try {
        return await act();
    } catch (error) {
        if (!(error instanceof RecordError)) throw error;
        await writeDocument(store, key, compactionState, unknown);
        return act();
    }
}

/** Notes that everything before an instant is compacted; false when somebody has written the state since it was read. */
export async function moveCompaction(
    store: ObjectStore,
    { detector, generation }: LedgerPlace,
    { document, from }: { readonly document: Document<CompactionState> | undefined; readonly from: number },
): Promise<boolean> {
    const key = compactionKey(detector, generation);
    const moved = { ...(document?.value ?? unknown), from };
    return (await writeDocument(store, key, compactionState, moved, unchanged(document))) !== undefined;
}

/** Has compaction look again at the month in which an instant lies. */
export async function reopenMonth(
    store: ObjectStore,
    { detector, generation }: LedgerPlace,
    instant: number,
): Promise<void> {
    const key = compactionKey(detector, generation);
    await orAnew(store, key, () =>
        updateDocument(store, key, compactionState, (current = unknown) => ({
            ...current,
            from: Math.min(current.from, monthStart(instant)),
            reopened: current.reopened + 1,
        })),
    );
}

/** First instant of the month, in UTC, in which an instant lies: manifests are filed by it. */
export function monthStart(instant: number): number {
    const date = new Date(instant);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

/** First instant of the month after. */
export function nextMonth(instant: number): number {
    const date = new Date(instant);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}
