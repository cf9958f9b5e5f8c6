import { z } from "zod";
import type { ObjectStore } from "../objects/objectStore";
import { updateDocument } from "./documents";
import { explainFailure } from "./failure";
import { findManifest } from "./manifests";
import { parkedKey } from "./objectLayout";
import { parkedWindow, windowRecord } from "./records";
import { type parkedOutcome, runRecord, taskError } from "./run";

/** A window that failed in a run, for good or for now. */
export const parkEvent = z.object({
    run: runRecord,
    window: windowRecord,
    /** Absent when the extraction did not even start. */
    ticketKey: z.string().nullish(),
    error: taskError,
});
export type ParkEvent = z.output<typeof parkEvent>;

/**
 * Puts a failed window aside, so that it blocks no other: later runs try it again. A window that counts already is not parked (what
 * failed was extracting it once more, or telling the detection service); the failure is reported all the same.
 */
export async function parkWindow(store: ObjectStore, event: ParkEvent): Promise<z.output<typeof parkedOutcome>> {
    const { run, window, ticketKey } = event;
    const failure = explainFailure(event.error);
    if ((await findManifest(store, run, window.start)) === undefined) {
        await updateDocument(store, parkedKey(run.detector, run.generation, window.start), parkedWindow, (before) => ({
            window,
            kind: run.kind,
            failures: (before?.failures ?? 0) + 1,
            ...failure,
        }));
    }
    // The machine has stopped the query before it came here.
    if (typeof ticketKey === "string") await store.delete([ticketKey]);
    return { outcome: "parked", ...window, ...failure };
}
