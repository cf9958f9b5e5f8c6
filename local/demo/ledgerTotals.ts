import { DataError, NotFoundError } from "../../errors";
import type { ObjectStore } from "../../objects/objectStore";
import { readDocument } from "../../pipeline/documents";
import { ledgerEntries } from "../../pipeline/manifests";
import { definitionKey, generationKey, parkedPrefix } from "../../pipeline/objectLayout";
import {
    detectorDefinition,
    generationRecord,
    parkedWindow,
    type DetectorDefinition,
    type GenerationRecord,
    type Manifest,
} from "../../pipeline/records";
import { formatWindow, type Window } from "../../pipeline/windows";

/** What a detector's ledger adds up to. */
export interface LedgerTotals {
    readonly windows: number;
    readonly rows: number;
    readonly bytes: number;
}

/** The ledger of one generation. */
export interface Ledger {
    readonly record: GenerationRecord;
    /** Committed windows, oldest first. */
    readonly manifests: readonly Manifest[];
}

/** A detector's definition. Throws NotFoundError when there is none. */
export async function readDefinition(store: ObjectStore, detector: string): Promise<DetectorDefinition> {
    const found = await readDocument(store, definitionKey("PT1H", detector), detectorDefinition);
    if (found === undefined) {
        throw new NotFoundError(
            `detector ${detector} has no definition in the stack's bucket; its deployment did not finish`,
            {
                detector,
            },
        );
    }
    return found.value;
}

/** The ledger of the generation that a detector reads, or is about to. Undefined before its first backfill has started. */
export async function readLedger(store: ObjectStore, detector: string): Promise<Ledger | undefined> {
    const definition = await readDefinition(store, detector);
    const generation = definition.live ?? definition.next;
    if (generation === null) {
        return undefined;
    }
    const record = (await readDocument(store, generationKey(detector, generation), generationRecord))?.value;
    if (record === undefined) {
        return undefined;
    }
    const manifests: Manifest[] = [];
    for await (const { read } of ledgerEntries(store, { detector, generation }, undefined)) {
        const found = await read();
        if (found !== undefined) manifests.push(found);
    }
    return { record, manifests };
}

/** Adds up ledgers. */
export function totalsOf(ledgers: readonly Ledger[]): LedgerTotals {
    const manifests = ledgers.flatMap((ledger) => ledger.manifests);
    const sum = (pick: (found: Manifest) => number): number =>
        manifests.reduce((total, found) => total + pick(found), 0);
    return { windows: manifests.length, rows: sum(({ rows }) => rows), bytes: sum(({ bytes }) => bytes) };
}

/** The first stretch up to `end` that no manifest covers, or that two do; undefined when the ledger is whole. */
export function findFlaw(
    { record, manifests }: Ledger,
    end: number,
): { found: "lost" | "doubled"; window: Window } | undefined {
    let covered = record.history?.start ?? end;
    for (const { window } of manifests) {
        if (window.start > covered) {
            return { found: "lost", window: { start: covered, end: window.start } };
        }
        if (window.start < covered) {
            return { found: "doubled", window: { start: window.start, end: Math.min(covered, window.end) } };
        }
        covered = window.end;
    }
    return covered < end ? { found: "lost", window: { start: covered, end } } : undefined;
}

/** Throws DataError when a detector's ledger is not whole up to `end`, with what is known of the reason. */
export async function assertWhole(store: ObjectStore, detector: string, ledger: Ledger, end: number): Promise<void> {
    const flaw = findFlaw(ledger, end);
    if (flaw === undefined) {
        return;
    }
    let reason = "";
    for await (const { key } of store.list(parkedPrefix(detector, ledger.record.generation))) {
        const parked = (await readDocument(store, key, parkedWindow))?.value;
        reason =
            parked === undefined
                ? ""
                : `; window ${formatWindow(parked.window)} failed with ${parked.error}: ${parked.message}`;
        break;
    }
    throw new DataError(`detector ${detector}: ${formatWindow(flaw.window)} is ${flaw.found} in the ledger${reason}`, {
        detector,
    });
}
