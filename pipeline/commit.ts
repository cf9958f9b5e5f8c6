import { z } from "zod";
import { DataError, NotFoundError, RecordError } from "../errors";
import type { ObjectStore } from "../objects/objectStore";
import { collect } from "./collect";
import { deleteSuperseded } from "./attemptCleanup";
import { mapConcurrently } from "./concurrently";
import { type CsvSummary, summarise, unpack } from "./csv";
import { reopenMonth } from "./compactionState";
import { readDocument, unchanged, writeDocument } from "./documents";
import { attemptFolder } from "./extraction";
import { readGeneration } from "./ledger";
import { findManifest, type FoundManifest } from "./manifests";
import { definitionKey, manifestKey, parkedKey } from "./objectLayout";
import {
    detectorDefinition,
    type GenerationRecord,
    type Manifest,
    manifest,
    parkedWindow,
    windowRecord,
} from "./records";
import { type committedOutcome, type Run, runRecord } from "./run";
import { formatInstant, formatWindow, type Window } from "./windows";

/** A window whose extraction has finished, and the attempt that did it. */
export const commitEvent = z.object({
    run: runRecord,
    window: windowRecord,
    ticketKey: z.string(),
    attemptId: z.string(),
});
export type CommitEvent = z.output<typeof commitEvent>;

export interface CommitWorld {
    readonly store: ObjectStore;
    /** Tells the detection service that a detector's ledger has grown. */
    readonly advance: (detectorArn: string) => Promise<void>;
    /** Milliseconds since 1970: when a manifest says that it was written. @default it does not say */
    readonly now?: () => number;
}

/** Objects read at the same time. */
const concurrency = 4;
/** Rounds of deciding on a manifest while others write it. */
const maxRounds = 10;

/**
 * Makes a window count: writes its manifest over the attempt's objects, then deletes what it supersedes and tells the detection
 * service. May be called twice or too late: the run with the higher fence wins, and the loser's objects are garbage. The ticket is
 * deleted before any object is: while there is one, the attempt is whole, and without one it was decided on. Throws DataError for
 * rows that cannot be used, NotFoundError for an attempt that was given up.
 */
export async function commitWindow(world: CommitWorld, event: CommitEvent): Promise<z.output<typeof committedOutcome>> {
    const { store } = world;
    const { run, window } = event;
    const record = await readGeneration(store, run.detector, run.generation);
    const counting = await decide(world, record, event);
    if (counting.isIndexed) await reopenMonth(store, run, window.start);
    await store.delete([event.ticketKey, parkedKey(run.detector, run.generation, window.start)]);
    await deleteSuperseded(store, {
        run,
        window,
        spec: record.spec,
        attemptId: event.attemptId,
        counting: counting.manifest,
    });
    if (run.kind === "live") await tellDetection(world, run);
    const { rows, bytes, version } = counting.manifest;
    return { outcome: "committed", ...window, rows, bytes, version };
}

/** A manifest that counts, and whether its month's index holds one of the same window. */
type Counting = Pick<FoundManifest, "manifest" | "isIndexed">;

/** The manifest that counts in the end: this attempt's, or the one it lost to or equals. */
async function decide(world: CommitWorld, record: GenerationRecord, event: CommitEvent): Promise<Counting> {
    const { store } = world;
    const { run, window, attemptId } = event;
    const key = manifestKey(run.detector, run.generation, window.start);
    let contents: Contents | undefined;
    for (let round = 1; round <= maxRounds; round += 1) {
        const found = await findManifest(store, run, window.start);
        const prior = found?.manifest;
        // A repeated call finds its own manifest; a run that was taken for dead finds its successor's.
        if (found !== undefined && (found.manifest.attempt === attemptId || found.manifest.fence > run.fence))
            return found;
        contents ??= await readAttempt(store, record, event);
        if (contents === undefined) return decidedBefore(store, event);
        const failures = prior?.failures ?? (await failuresBefore(store, run, window));
        const next = successor(prior, contents, { ...event, failures, now: world.now?.() });
        if ((await writeDocument(store, key, manifest, next, unchanged(found?.own))) !== undefined)
            return { manifest: next, isIndexed: found?.isIndexed ?? false };
    }
    throw new Error(
        `the manifest of ${run.detector}, window ${formatWindow(window)}, was written by others all the time`,
    );
}

/** What an earlier call decided: an attempt without a ticket is over, and its rows may be deleted already. */
async function decidedBefore(store: ObjectStore, { run, window, ticketKey }: CommitEvent): Promise<Counting> {
    const found = await findManifest(store, run, window.start);
    if (found !== undefined) return found;
    throw new NotFoundError(
        `the window ${formatWindow(window)} of "${run.detector}" cannot be committed: there is no ticket "${ticketKey}", so the ` +
            "extraction was given up; a later run extracts the window again",
        { detector: run.detector, source: run.source, window: formatWindow(window) },
    );
}

/**
 * The next manifest. Rows that are the same as before keep version and attempt, so that nothing is scored again; the fence still
 * grows, so that an older run which has yet to write finds the manifest changed.
 */
function successor(
    prior: Manifest | undefined,
    contents: Contents,
    event: CommitEvent & { readonly failures: number; readonly now: number | undefined },
): Manifest {
    const { run, window, attemptId, failures, now } = event;
    const isKept = prior !== undefined && run.force !== true && hasSameRows(prior, contents);
    if (isKept) return { ...prior, fence: run.fence };
    return {
        ...contents,
        version: (prior?.version ?? 0) + 1,
        generation: run.generation,
        kind: run.kind,
        window,
        attempt: attemptId,
        fence: run.fence,
        ...(failures === 0 ? {} : { failures }),
        ...(now === undefined ? {} : { committedAt: Math.floor(now / 1000) * 1000 }),
    };
}

/** Runs that failed on a window before it was committed; a record that cannot be read keeps no window from being so. */
async function failuresBefore(store: ObjectStore, { detector, generation }: Run, { start }: Window): Promise<number> {
    try {
        const parked = await readDocument(store, parkedKey(detector, generation, start), parkedWindow);
        return parked?.value.failures ?? 0;
    } catch (error) {
        if (error instanceof RecordError) return 0;
        throw error;
    }
}

type Contents = CsvSummary & Pick<Manifest, "queryHash" | "bytes" | "objects" | "ticket">;

/**
 * What the attempt left; undefined when its ticket is gone. The ticket is read last: if it is there, all objects were when they
 * were read.
 */
async function readAttempt(
    store: ObjectStore,
    record: GenerationRecord,
    event: CommitEvent,
): Promise<Contents | undefined> {
    const [read] = await Promise.allSettled([readRows(store, record, event)]);
    const ticket = (await readDocument(store, event.ticketKey, z.record(z.string(), z.unknown())))?.value;
    if (ticket === undefined) return undefined;
    if (read.status === "rejected") throw read.reason;
    return { ...read.value, queryHash: typeof ticket.queryHash === "string" ? ticket.queryHash : "", ticket };
}

/** The attempt's objects, counted and checked. No object at all is an empty window. */
async function readRows(
    store: ObjectStore,
    record: GenerationRecord,
    { run, window, attemptId }: CommitEvent,
): Promise<CsvSummary & Pick<Manifest, "bytes" | "objects">> {
    const objects = (await collect(store.list(attemptFolder(run, window, record.spec, attemptId)))).filter(holdsRows);
    const summaries = await mapConcurrently(objects, concurrency, async ({ key }) =>
        summarise(unpack(key, await store.stream(key))).catch((error: unknown) => {
            throw explainRows(error, key, run, window);
        }),
    );
    const total = addUp(summaries);
    requireInside(total, run, window);
    return {
        ...total,
        bytes: objects.reduce((sum, { size }) => sum + size, 0),
        objects: objects.map(({ key, size, etag }) => ({ key, bytes: size, etag })),
    };
}

/** What Athena keeps beside a result, for itself, is no row's; it is deleted as whatever no manifest names. */
const holdsRows = ({ key }: { readonly key: string }): boolean => !key.endsWith(".metadata");

function addUp(summaries: readonly CsvSummary[]): CsvSummary {
    const firsts = summaries.flatMap(({ minTimestamp }) => minTimestamp ?? []);
    const lasts = summaries.flatMap(({ maxTimestamp }) => maxTimestamp ?? []);
    return {
        rows: summaries.reduce((sum, { rows }) => sum + rows, 0),
        ...(firsts.length === 0 ? {} : { minTimestamp: Math.min(...firsts) }),
        ...(lasts.length === 0 ? {} : { maxTimestamp: Math.max(...lasts) }),
    };
}

/** Rows outside the window would be counted twice, or hide that the right ones are missing. */
function requireInside({ minTimestamp, maxTimestamp }: CsvSummary, run: Run, window: Window): void {
    if (minTimestamp === undefined || maxTimestamp === undefined) return;
    if (minTimestamp >= window.start && maxTimestamp < window.end) return;
    throw new DataError(
        `The query of "${run.detector}" gave rows from ${formatInstant(minTimestamp)} to ${formatInstant(maxTimestamp)} for ` +
            `the window ${formatWindow(window)}. Bound the query by the timestamp column it yields, {{start}} <= column and ` +
            `column < {{end}}, and check the source's sourceTimeZone.`,
        { detector: run.detector, source: run.source, window: formatWindow(window) },
    );
}

function explainRows(error: unknown, key: string, run: Run, window: Window): unknown {
    if (!(error instanceof DataError)) return error;
    return new DataError(
        `The rows of "${run.detector}" for ${formatWindow(window)} cannot be used: ${error.message} (${key})`,
        {
            detector: run.detector,
            source: run.source,
            window: formatWindow(window),
            cause: error,
        },
    );
}

function hasSameRows(before: Manifest, now: Contents): boolean {
    const tags = (objects: Manifest["objects"]): string =>
        objects.map(({ bytes, etag }) => `${bytes} ${etag}`).join("\n");
    return before.queryHash === now.queryHash && before.rows === now.rows && tags(before.objects) === tags(now.objects);
}

/** Nothing to tell while the detector reads another generation, or is gone. */
async function tellDetection({ store, advance }: CommitWorld, run: Run): Promise<void> {
    const definition = await readDocument(store, definitionKey(run.interval, run.detector), detectorDefinition);
    if (definition?.value.live === run.generation) await advance(definition.value.detectorArn);
}
