import { collect } from "./collect";
import type { ObjectStore } from "../objects/objectStore";
import { attemptFolder, windowFolder } from "./extraction";
import { readLease } from "./lease";
import type { ExtractionSpec, Manifest } from "./records";
import type { Run } from "./run";
import type { Window } from "./windows";

/** A window that has been decided on. */
export interface DecidedWindow {
    readonly run: Run;
    readonly window: Window;
    readonly spec: ExtractionSpec;
    /** The attempt that was to be committed. */
    readonly attemptId: string;
    /** The manifest that counts. */
    readonly counting: Manifest;
}

/**
 * Deletes the objects of a window's attempts that do not count. Those of other attempts only while this run still has the lease:
 * the lease is read after the listing, so whatever was listed cannot belong to a later run that is still writing. An execution that
 * somebody started by hand with another one's input has the number of its lease, but not the lease.
 */
export async function deleteSuperseded(store: ObjectStore, decided: DecidedWindow): Promise<void> {
    const { run, window, spec, attemptId, counting } = decided;
    const counted = new Set(counting.objects.map(({ key }) => key));
    const listed = await collect(store.list(windowFolder(run, window, spec)));
    const garbage = listed.map(({ key }) => key).filter((key) => !counted.has(key));
    const lease = garbage.length === 0 ? undefined : await readLease(store, run.detector, run.kind);
    const own = attemptFolder(run, window, spec, attemptId);
    const mayTakeAll = lease?.value.fence === run.fence && lease.value.owner === run.execution;
    await store.delete(garbage.filter((key) => mayTakeAll || key.startsWith(own)));
}
