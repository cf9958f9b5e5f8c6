import { NotFoundError } from "../../errors";
import type { ObjectStore } from "../../objects/objectStore";
import { mapConcurrently } from "../../pipeline/concurrently";
import { readDocument } from "../../pipeline/documents";
import { expectedWindows } from "../../pipeline/history";
import { type LedgerView, readGeneration, readLedger } from "../../pipeline/ledger";
import { type LedgerEntry, ledgerEntries } from "../../pipeline/manifests";
import { definitionKey } from "../../pipeline/objectLayout";
import { type DetectorDefinition, detectorDefinition, intervalName } from "../../pipeline/records";
import type { Window } from "../../pipeline/windows";

/** One window of a ledger. */
export interface LedgerRow {
    readonly window: Window;
    readonly kind: "backfill" | "live";
    /** `gap`: not there, though later ones are, and not set aside; `parked`: failed, and waits for its next try; `due`: not tried yet. */
    readonly state: "committed" | "parked" | "gap" | "due";
    readonly rows?: number;
    readonly bytes?: number;
    /** 1 for the first commit; more for each that found other rows: what was late. */
    readonly version?: number;
    /** Runs that failed on it, before it was committed or so far. */
    readonly failures: number;
    /** When the present version was written. */
    readonly committedAt?: number;
    /** Why it is parked. */
    readonly error?: string;
}

/** A ledger as it stands. */
export interface LedgerState {
    readonly definition: DetectorDefinition;
    readonly view: LedgerView;
}

/** Manifests read at the same time. */
const concurrency = 16;

/** A detector's definition, by its name in the configuration. Throws NotFoundError naming those that there are. */
export async function findDefinition(store: ObjectStore, name: string): Promise<DetectorDefinition> {
    const known: string[] = [];
    for (const interval of intervalName.options) {
        const found = await readDocument(store, definitionKey(interval, name), detectorDefinition);
        if (found !== undefined) return found.value;
        for await (const { key } of store.list(definitionKey(interval, "").replace(/\.json$/, "")))
            known.push(key.slice(key.lastIndexOf("/") + 1, -".json".length));
    }
    const those = known.length === 0 ? "it has none" : `it has ${known.sort().join(", ")}`;
    throw new NotFoundError(`there is no detector "${name}" in the stack; ${those}`, { detector: name });
}

/** The ledger that a detector reads, or that is being filled for it; undefined before its history has begun. */
export async function readLedgerState(
    store: ObjectStore,
    definition: DetectorDefinition,
): Promise<LedgerState | undefined> {
    const generation = definition.live ?? definition.next;
    if (generation === null) return undefined;
    const record = await readGeneration(store, definition.name, generation);
    return record.history === undefined
        ? undefined
        : { definition, view: await readLedger(store, definition.name, record) };
}

/**
 * The windows of a ledger that are due at `now`, oldest first: the newest `last` of them, and however old they are those that are missing.
 * Each costs a request, but for those of months that are compacted: these cost one together.
 */
export async function ledgerRows(
    store: ObjectStore,
    { definition, view }: LedgerState,
    { last, now }: { readonly last: number; readonly now: number },
): Promise<LedgerRow[]> {
    const windows: Window[] = [];
    for (const window of expectedWindows(view.record, view.history.start)) {
        if (window.end > now - definition.offsetSeconds * 1000) break;
        windows.push(window);
    }
    const missing = new Set([...view.parkedStarts, ...view.gaps.map(({ start }) => start)]);
    const shown = windows.filter(({ start }, i) => i >= windows.length - last || missing.has(start));
    const committed = new Map<number, LedgerEntry>();
    // What is missing has no manifest: only from the first on that has one is there anything to be read.
    const first = shown.find(({ start }) => !missing.has(start))?.start ?? Infinity;
    const place = { detector: definition.name, generation: view.record.generation };
    if (first < view.frontier)
        for await (const entry of ledgerEntries(store, place, first)) committed.set(entry.start, entry);
    return mapConcurrently(shown, concurrency, (window) => rowOf(view, window, committed.get(window.start)));
}

async function rowOf(view: LedgerView, window: Window, entry: LedgerEntry | undefined): Promise<LedgerRow> {
    const kind = window.start < view.history.end ? "backfill" : "live";
    const found = await entry?.read();
    if (found !== undefined) {
        const { rows, bytes, version, failures = 0, committedAt } = found;
        return { window, kind, state: "committed", rows, bytes, version, failures, committedAt };
    }
    const parked = view.parked.find((one) => one.window.start === window.start);
    if (parked !== undefined)
        return {
            window,
            kind,
            state: "parked",
            failures: parked.failures,
            error: `${parked.error}: ${parked.message}`,
        };
    if (view.parkedStarts.has(window.start)) return { window, kind, state: "parked", failures: 1 };
    return { window, kind, state: window.start < view.frontier ? "gap" : "due", failures: 0 };
}
