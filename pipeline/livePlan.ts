import type { LedgerView } from "./ledger";
import type { DetectorDefinition, ParkedWindow } from "./records";
import { retryPeriod, tickMs } from "./retryPeriod";
import { floorToInterval, type Window, windowsBetween } from "./windows";

/** Most windows of one execution: keeps its history below the limits of the state machine service. */
export const windowsPerRun = 40;
/** Places of a run kept for parked windows when there is more to do than fits. */
const placesForParked = 5;

/** When a detector's windows are due. */
export type DueTimes = Pick<DetectorDefinition, "interval" | "timeZone" | "offsetSeconds" | "latenessSeconds">;

/**
 * The live windows to extract at a tick, most urgent first:
 *
 *   1. windows that are due and were never tried, or were lost with the run that had them, oldest first;
 *   2. parked windows whose turn has come again;
 *   3. beside new windows, the committed ones within the lateness, for rows that came late.
 *
 * Depends on its arguments alone: a repeated tick plans the same, a late tick plans for its own time. What does not fit into
 * `limit` is left to the next tick.
 */
export function planLive(view: LedgerView, due: DueTimes, now: number, limit: number = windowsPerRun): Window[] {
    const to = now - due.offsetSeconds * 1000;
    const retries = parkedWindowsDue(view, due, now, to);
    const reserved = Math.min(placesForParked, retries.length, limit - 1);
    const fresh = first(newWindows(view, due, to), limit - reserved);
    const again = retries.slice(0, limit - fresh.length);
    const late = fresh.length === 0 ? [] : lateWindows(view, due, to);
    return [...fresh, ...again, ...late.slice(0, limit - fresh.length - again.length)];
}

/** Due windows that are neither committed nor parked, oldest first. Windows of the history are the backfill's. */
function* newWindows(view: LedgerView, due: DueTimes, to: number): Generator<Window, void, undefined> {
    const isNew = ({ start }: Window): boolean => start >= view.history.end && !view.parkedStarts.has(start);
    for (const gap of view.gaps) {
        if (gap.end <= to && isNew(gap)) yield gap;
    }
    const from = Math.max(view.frontier, view.history.end);
    for (const window of windowsBetween(from, to, due.interval, due.timeZone)) {
        if (isNew(window)) yield window;
    }
}

/**
 * Parked windows to try again, those that failed least often first. Of those after the frontier only a few: as long as nothing
 * later was committed the source itself may be down.
 */
function parkedWindowsDue(view: LedgerView, due: DueTimes, now: number, to: number): Window[] {
    const turn = view.parked
        .filter(({ window }) => window.start >= view.history.end && window.end <= to)
        .filter((parked) => isRetryDue(parked, due, now))
        .sort((one, other) => one.failures - other.failures || one.window.start - other.window.start)
        .map(({ window }) => window);
    const passed = turn.filter(({ start }) => start < view.frontier);
    const trailing = turn.filter(({ start }) => start >= view.frontier);
    return [...trailing.slice(0, placesForParked), ...passed];
}

/** After n failures at every 2^(n-1)-th tick, at least once a day. */
function isRetryDue({ failures }: ParkedWindow, { interval }: DueTimes, now: number): boolean {
    return Math.floor(now / tickMs[interval]) % retryPeriod(failures, interval) === 0;
}

/** Committed live windows whose end lies no further back than the lateness, oldest first. */
function lateWindows(view: LedgerView, due: DueTimes, to: number): Window[] {
    if (due.latenessSeconds === 0) return [];
    const earliestEnd = to - due.latenessSeconds * 1000;
    const from = Math.max(view.history.end, floorToInterval(earliestEnd - 1, due.interval, due.timeZone));
    const missing = new Set(view.gaps.map(({ start }) => start));
    return [...windowsBetween(from, Math.min(view.frontier, to), due.interval, due.timeZone)].filter(
        ({ start, end }) => end >= earliestEnd && !missing.has(start),
    );
}

function first<T>(items: Iterable<T>, count: number): T[] {
    const taken: T[] = [];
    for (const item of items) {
        if (taken.length >= count) break;
        taken.push(item);
    }
    return taken;
}
