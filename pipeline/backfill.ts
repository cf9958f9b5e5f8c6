import { z } from "zod";
import { NotFoundError } from "../errors";
import type { ObjectStore } from "../objects/objectStore";
import { planBackfill } from "./backfillPlan";
import { readDocument, updateDocument } from "./documents";
import { historyOf } from "./history";
import { type IsRunning, readLease, takeLease } from "./lease";
import { readGeneration, readLedger } from "./ledger";
import { definitionKey, generationKey } from "./objectLayout";
import { type DetectorDefinition, detectorDefinition, generationRecord, instant, intervalName } from "./records";
import type { Run } from "./run";
import { formatInstant, type Window } from "./windows";

/** An execution of the backfill machine that has just begun. */
export const backfillEvent = z.object({
    detector: z.string(),
    interval: intervalName,
    generation: z.string(),
    /** When the execution began. */
    startTime: instant,
    /** Its ARN. */
    execution: z.string(),
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
    const view = await readLedger(store, detector, await readGeneration(store, detector, generation));
    const { windows, remaining } = planBackfill(view);
    return { run: backfillRun(definition, event, lease.fence), windows: windows.map(textOf), remaining };
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

const textOf = ({ start, end }: Window): { start: string; end: string } => ({
    start: formatInstant(start),
    end: formatInstant(end),
});
