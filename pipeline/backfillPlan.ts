import { historyWindows } from "./history";
import { isCommitted, type LedgerView } from "./ledger";
import { windowsPerRun } from "./livePlan";
import type { Window } from "./windows";

export interface BackfillPlan {
    /** What this execution extracts, oldest first; parked windows, to be tried once more, at the end. */
    readonly windows: readonly Window[];
    /** Windows that were never tried and did not fit: the next execution's. */
    readonly remaining: number;
}

/** The windows of the history that one execution extracts. */
export function planBackfill(view: LedgerView, limit: number = windowsPerRun): BackfillPlan {
    const missing = missingHistory(view);
    const untried = missing.filter(({ start }) => !view.parkedStarts.has(start));
    const parked = missing.filter(({ start }) => view.parkedStarts.has(start));
    return { windows: [...untried, ...parked].slice(0, limit), remaining: Math.max(0, untried.length - limit) };
}

/** The windows of the history that are not committed, oldest first. */
export function missingHistory(view: LedgerView): Window[] {
    return historyWindows(view.record).filter((window) => !isCommitted(view, window));
}
