import type { ObjectStore } from "../objects/objectStore";
import { type Document, readDocument, unchanged, writeDocument } from "./documents";
import { leaseKey } from "./objectLayout";
import { type Lease, lease, type WindowKind } from "./records";

/*
 * One run of a kind at a time for each detector. A lease has no expiry: it belongs to an execution, and is free once that has ended,
 * however it ended. Its number grows with every owner, and commits compare it: an owner that was taken for dead and is not can only
 * leave garbage.
 */

/** Tells whether a state machine execution (by ARN) is still running; one that does not exist is not. */
export type IsRunning = (execution: string) => Promise<boolean>;

/** A lease as it was read; taking it succeeds only if nobody took or gave it back since. */
export type LeaseState = Document<Lease> | undefined;

export async function readLease(store: ObjectStore, detector: string, kind: WindowKind): Promise<LeaseState> {
    return readDocument(store, leaseKey(detector, kind), lease);
}

/** Whether a running execution owns the lease. */
export async function isHeld(state: LeaseState, isRunning: IsRunning): Promise<boolean> {
    const owner = state?.value.owner ?? null;
    return owner !== null && (await isRunning(owner));
}

/**
 * Takes a lease that was found free. `ownerOf` names the execution that will own it, given the lease's new number. Undefined when
 * somebody else changed the lease since it was read.
 */
export async function takeLease(
    store: ObjectStore,
    detector: string,
    kind: WindowKind,
    state: LeaseState,
    ownerOf: (fence: number) => string,
): Promise<(Lease & { readonly owner: string }) | undefined> {
    const fence = (state?.value.fence ?? 0) + 1;
    const taken = { owner: ownerOf(fence), fence };
    const key = leaseKey(detector, kind);
    if ((await writeDocument(store, key, lease, taken, unchanged(state))) !== undefined) return taken;
    // A write whose answer was lost is sent again and then finds its own result.
    const found = await readDocument(store, key, lease);
    return found?.value.owner === taken.owner && found.value.fence === fence ? taken : undefined;
}

/** Gives a lease back; changes nothing when it has another owner by now. */
export async function releaseLease(
    store: ObjectStore,
    detector: string,
    kind: WindowKind,
    held: { readonly owner: string; readonly fence: number },
): Promise<void> {
    const state = await readLease(store, detector, kind);
    if (state === undefined || state.value.owner !== held.owner || state.value.fence !== held.fence) return;
    await writeDocument(store, leaseKey(detector, kind), lease, { ...state.value, owner: null }, unchanged(state));
}
