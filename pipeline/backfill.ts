import { z } from "zod";
import { DataError, NotFoundError } from "../errors";
import type { ObjectStore } from "../objects/objectStore";
import { planBackfill } from "./backfillPlan";
import { readDocument, updateDocument } from "./documents";
import { historyOf, historyWindows } from "./history";
import { type IsRunning, readLease, takeLease } from "./lease";
import { readGeneration, readLedger } from "./ledger";
import { definitionKey, generationKey } from "./objectLayout";
import {
    type DetectorDefinition,
    detectorDefinition,
    type GenerationRecord,
    generationRecord,
    instant,
    intervalName,
    windowRecord,
} from "./records";
import type { Run } from "./run";
import { formatWindow, type Window, windowTexts } from "./windows";

/** Windows of the history to extract again; `force` has them count anew also when their rows are the same. */
const replayRequest = z.object({ windows: z.array(windowRecord), force: z.boolean() });

/** An execution of the backfill machine that has just begun. */
export const backfillEvent = z.object({
    detector: z.string(),
    interval: intervalName,
    generation: z.string(),
    /** When the execution began. */
    startTime: instant,
    /** Its ARN. */
    execution: z.string(),
    /** What it was started with: as a rule the above. */
    input: z.object({ replay: replayRequest.optional() }).optional(),
});
export type BackfillEvent = z.output<typeof backfillEvent>;

export interface BackfillWorld {
    readonly store: ObjectStore;
    readonly isRunning: IsRunning;
}

/** What one execution of the backfill machine is to do. */
export interface BackfillRun {
    readonly run: Run;
    readonly windows: readonly { readonly start: string; readonly end: string }[];
    /** Windows left to later executions. */
    readonly remaining: number;
}

/**
 * Takes the backfill lease and plans one execution's windows. The first call for a generation fixes the history it covers. While
 * another execution has the lease there is nothing to do: an execution that was started twice ends quietly. Throws NotFoundError
 * when the detector is gone or wants another generation.
 */
export async function beginBackfill(world: BackfillWorld, event: BackfillEvent): Promise<BackfillRun> {
    const { store } = world;
    const { detector, generation } = event;
    const definition = await readDefinition(store, event);
    await fixHistory(store, event, definition.offsetSeconds);
    const lease = await leaseFor(world, event);
    if (lease === undefined) return { run: backfillRun(definition, event, 0), windows: [], remaining: 0 };
    const record = await readGeneration(store, detector, generation);
    const replay = event.input?.replay;
    const run = backfillRun(definition, event, lease.fence);
    if (replay !== undefined) {
        const windows = requireHistory(replay.windows, record).map(windowTexts);
        return { run: { ...run, ...(replay.force ? { force: true } : {}) }, windows, remaining: 0 };
    }
    const view = await readLedger(store, detector, record);
    const { windows, remaining } = planBackfill(view);
    return { run, windows: windows.map(windowTexts), remaining };
}

/** Throws DataError for what is no window of the history: a part of one would hide the rest of it. */
function requireHistory(windows: readonly Window[], record: GenerationRecord): readonly Window[] {
    const known = new Set(historyWindows(record).map(formatWindow));
    const other = windows.find((window) => !known.has(formatWindow(window)));
    if (other === undefined) return windows;
    throw new DataError(
        `${formatWindow(other)} is no window of the history; see lookout windows for those that it has`,
    );
}

async function readDefinition(store: ObjectStore, event: BackfillEvent): Promise<DetectorDefinition> {
    const { interval, detector, generation } = event;
    const found = await readDocument(store, definitionKey(interval, detector), detectorDefinition);
    if (found?.value.live === generation || found?.value.next === generation) return found.value;
    throw new NotFoundError(
        `the detector "${detector}" no longer wants its generation ${generation}: it was changed or deleted since this ` +
            "execution was started, and nothing is extracted; what is wanted now has a backfill of its own",
        { detector },
    );
}

/** The lease, taken or held already by this very execution; undefined while another running one has it. */
async function leaseFor(
    { store, isRunning }: BackfillWorld,
    { detector, execution }: BackfillEvent,
): Promise<{ readonly fence: number } | undefined> {
    const state = await readLease(store, detector, "backfill");
    const owner = state?.value.owner ?? null;
    if (state !== undefined && owner === execution) return state.value;
    if (owner !== null && (await isRunning(owner))) return undefined;
    return takeLease(store, detector, "backfill", state, () => execution);
}

/** Writes the stretch to cover into the generation's record, unless an earlier execution has. */
async function fixHistory(store: ObjectStore, event: BackfillEvent, offsetSeconds: number): Promise<void> {
    const { detector, generation, startTime } = event;
    const record = await readGeneration(store, detector, generation);
    if (record.history !== undefined) return;
    const history = historyOf(record.spec, startTime, offsetSeconds);
    await updateDocument(store, generationKey(detector, generation), generationRecord, (current = record) =>
        current.history === undefined ? { ...current, history } : current,
    );
}

function backfillRun(definition: DetectorDefinition, event: BackfillEvent, fence: number): Run {
    return {
        kind: "backfill",
        detector: event.detector,
        interval: event.interval,
        source: definition.source,
        generation: event.generation,
        execution: event.execution,
        fence,
        extractor: definition.extractor,
        maxConcurrentStatements: definition.maxConcurrentStatements,
    };
}
