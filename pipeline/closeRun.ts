import { z } from "zod";
import type { ObjectStore } from "../objects/objectStore";
import { missingHistory } from "./backfillPlan";
import { releaseLease } from "./lease";
import { type LedgerView, readGeneration, readLedger, saveLedgerCache } from "./ledger";
import { type Run, runRecord, type RunResult, type WindowOutcome, windowOutcome } from "./run";
import { formatInstant, formatWindow } from "./windows";

/** A run whose windows have all been committed or parked. */
export const closeEvent = z.object({ run: runRecord, results: z.array(windowOutcome) });
export type CloseEvent = z.output<typeof closeEvent>;

/** Failed windows that a message names; the rest is counted. */
const namedFailures = 5;

/** Draws up what a run came to, keeps the watermark, and gives the lease back. */
export async function closeRun(store: ObjectStore, { run, results }: CloseEvent): Promise<RunResult> {
    const view = await readLedger(store, run.detector, await readGeneration(store, run.detector, run.generation));
    await saveLedgerCache(store, run.detector, view);
    await releaseLease(store, run.detector, run.kind, { owner: run.execution, fence: run.fence });
    const committed = results.filter((result) => result.outcome === "committed");
    const parked = results.filter((result) => result.outcome === "parked");
    return {
        outcome: parked.length === 0 ? "ok" : "failed",
        committed: committed.length,
        parked: parked.length,
        rows: committed.reduce((sum, { rows }) => sum + rows, 0),
        remaining: run.kind === "backfill" ? untriedHistory(view) : 0,
        watermark: view.watermark,
        message: messageOf(run, results, view),
    };
}

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
