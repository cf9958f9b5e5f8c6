import type { ObjectStore } from "../objects/objectStore";
import { readDocument, unchanged, type Document } from "./documents";
import { monthIndexKey } from "./objectLayout";
import { type Manifest, monthIndex, type MonthIndex } from "./records";
import { z } from "zod";

/** Whose ledger it is. */
export interface LedgerPlace {
    readonly detector: string;
    readonly generation: string;
}

/** A manifest that a month's index holds. */
export type IndexedManifest = MonthIndex["windows"][number];

/** The index of the month in which an instant lies; undefined while the month has none. Throws RecordError for one that cannot be read. */
export async function readMonthIndex(
    store: ObjectStore,
    { detector, generation }: LedgerPlace,
    instant: number,
): Promise<Document<MonthIndex> | undefined> {
    return readDocument(store, monthIndexKey(detector, generation, instant), monthIndex);
}

/** Writes a month's index in place of the one that was read; undefined when somebody else has written it since. */
export async function writeMonthIndex(
    store: ObjectStore,
    { detector, generation }: LedgerPlace,
    instant: number,
    { windows, before }: { readonly windows: MonthIndex["windows"]; readonly before: Document<MonthIndex> | undefined },
): Promise<{ readonly etag: string } | undefined> {
    // A line a window: hundreds of them, and a person can still find one.
    const lines = z.encode(monthIndex, { version: 1, windows }).windows.map((window) => JSON.stringify(window));
    const text = `{"version":1,"windows":[\n${lines.join(",\n")}\n]}\n`;
    return store.put(monthIndexKey(detector, generation, instant), text, unchanged(before));
}

/**
 * Which of two manifests of a window counts: the one of the run that took its lease later, whatever was written last; of the same
 * run, or the same rows, the later version. Of equals the second.
 */
export function later<T extends { readonly manifest: Manifest }>(one: T, other: T): T {
    const [a, b] = [one.manifest, other.manifest];
    const order = a.fence - b.fence || a.version - b.version;
    return order > 0 ? one : other;
}
