import { RecordError } from "../errors";
import type { ObjectStore } from "../objects/objectStore";
import { afterRun, type ArrivedWindow } from "./arrival";
import { type ArrivalRecord, arrivalRecord, noArrival } from "./arrivalRecord";
import { readDocument, updateDocument, writeDocument } from "./documents";
import { arrivalKey } from "./objectLayout";

/** Notes how the rows of live windows came; `now` in milliseconds since 1970. */
export async function noteArrival(
    store: ObjectStore,
    { detector, generation }: { readonly detector: string; readonly generation: string },
    windows: readonly ArrivedWindow[],
    now: number,
): Promise<ArrivalRecord> {
    const key = arrivalKey(detector, generation);
    if (windows.length === 0) return (await readArrival(store, detector, generation)) ?? noArrival;
    const note = () =>
        updateDocument(store, key, arrivalRecord, (before = noArrival) => afterRun(before, windows, now));
    return note().catch(async (error: unknown) => {
        if (!(error instanceof RecordError)) throw error;
        await writeDocument(store, key, arrivalRecord, noArrival);
        return note();
    });
}

/** What is known of how a generation's rows come; undefined before its first live run, and for what cannot be read: it is learned anew. */
export async function readArrival(
    store: ObjectStore,
    detector: string,
    generation: string,
): Promise<ArrivalRecord | undefined> {
    try {
        return (await readDocument(store, arrivalKey(detector, generation), arrivalRecord))?.value;
    } catch (error) {
        if (error instanceof RecordError) return undefined;
        throw error;
    }
}
