import { z } from "zod";
import type { ObjectStore } from "../objects/objectStore";
import { presentEvent } from "./arrival";
import { missingHistory } from "./backfillPlan";
import { historyWindows } from "./history";
import { releaseLease } from "./lease";
import { type LedgerView, readGeneration, readLedger, saveLedgerCache } from "./ledger";
import { findManifest } from "./manifests";
import { noteArrival } from "./noteArrival";
import { type Run, runRecord, type RunResult, type WindowOutcome, windowOutcome } from "./run";
import { formatInstant, formatWindow, type Window } from "./windows";

/** A run whose windows have all been committed or parked. */
export const closeEvent = z.object({ run: runRecord, results: z.array(windowOutcome) });
export type CloseEvent = z.output<typeof closeEvent>;

/** Failed windows that a message names; the rest is counted. */
const namedFailures = 5;

/**
 * Draws up what a run came to, keeps the watermark, notes how the rows of live windows came, and gives the lease back. `now` is in
 * milliseconds since 1970.
 */
export async function closeRun(store: ObjectStore, { run, results }: CloseEvent, now: number): Promise<RunResult> {
    const view = await readLedger(store, run.detector, await readGeneration(store, run.detector, run.generation));
    await saveLedgerCache(store, run.detector, view);
    const committed = results.filter((result) => result.outcome === "committed");
    // Before the lease is free: what the next run finds comes after.
    const arrival = run.kind === "live" ? presentEvent(await noteArrival(store, run, committed, now)) : undefined;
    await releaseLease(store, run.detector, run.kind, { owner: run.execution, fence: run.fence });
    const parked = results.filter((result) => result.outcome === "parked");
    const rows = committed.reduce((sum, result) => sum + result.rows, 0);
    const emptyHistory = run.kind === "backfill" && rows === 0 ? await findEmptyHistory(store, run, view) : undefined;
    return {
        outcome: parked.length === 0 ? "ok" : "failed",
        committed: committed.length,
        parked: parked.length,
        rows,
        remaining: run.kind === "backfill" ? untriedHistory(view) : 0,
        setAside: run.kind === "live" ? liveSetAside(view) : 0,
        watermark: view.watermark,
        message: messageOf(run, results, view),
        ...(emptyHistory === undefined ? {} : { emptyHistory }),
        ...(run.kind === "live" && committed.length > 0 ? { arrival: arrival ?? null } : {}),
    };
}

/** The stretch of the history when all of it is committed and none of it, also what earlier runs extracted, holds a row. */
async function findEmptyHistory(store: ObjectStore, run: Run, view: LedgerView): Promise<Window | undefined> {
    const windows = historyWindows(view.record);
    if (windows.length === 0 || missingHistory(view).length > 0) return undefined;
    // Newest first, where rows are likeliest: as a rule one look is enough.
    for (const { start } of windows.reverse()) {
        const found = await findManifest(store, run, start);
        if (found !== undefined && found.manifest.rows > 0) return undefined;
    }
    return view.history;
}

const liveSetAside = (view: LedgerView): number =>
    [...view.parkedStarts].filter((start) => start >= view.history.end).length;

const untriedHistory = (view: LedgerView): number =>
    missingHistory(view).filter(({ start }) => !view.parkedStarts.has(start)).length;

function messageOf(run: Run, results: readonly WindowOutcome[], view: LedgerView): string {
    const failures = results.flatMap((result) => (result.outcome === "parked" ? [result] : []));
    const done = results.length - failures.length;
    const complete = `complete up to ${formatInstant(view.watermark)}`;
    const summary = `${run.detector}: ${done} of ${results.length} windows extracted from "${run.source}", ${complete}.`;
    if (failures.length === 0) return summary;
    const lines = failures
        .slice(0, namedFailures)
        .map((failure) => `  ${formatWindow(failure)}: ${failure.error}: ${failure.message}`);
    const more = failures.length > namedFailures ? [`  and ${failures.length - namedFailures} more`] : [];
    return [summary, "Failed:", ...lines, ...more].join("\n");
}
