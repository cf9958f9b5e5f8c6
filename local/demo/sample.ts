import type { Window } from "../../pipeline/windows";

/*
 * What the demo runs: the stack dev with its one detector, on the sample warehouse. The clock begins five minutes past midnight, when the
 * last hour of the history has become due.
 */

/** The stack whose configuration the demo uses. */
export const stack = "dev";
/** Name of the detector in that stack that the demo plays; with several, each is this name and a number. */
export const detectorName = "ecommerce";
export const intervalMs = 3_600_000;
/** Seed of the sample data. */
export const seed = 7;

const dayMs = 24 * intervalMs;
const historyDays = 90;
/** Days of data behind the history: the most that can be played. */
export const liveDays = 7;
/** Detectors up to which the whole week is played unless the user says otherwise; a tick's work grows with their number. */
const detectorsForWeek = 3;
const liveStart = Date.parse("2026-04-01T00:00:00Z");

/** Groups below this severity are not looked at, 0 to 100: what an alert would be set to. */
export const severityThreshold = 70;
/** The stretch of so many days, 1 to 7, that is played hour by hour. */
export const liveStretch = (days: number): Window => ({ start: liveStart, end: liveStart + days * dayMs });
/** Days that so many detectors play unless the user says otherwise. */
export const defaultDays = (detectors: number): number => (detectors <= detectorsForWeek ? liveDays : 1);
/** How long after an interval's end its window is due. */
export const offsetMs = 5 * 60_000;
/** What the clock shows when the demo begins. */
export const clockStart = liveStart + offsetMs;
/** Options of the sample warehouse: history and live week, nothing before or after. */
export const warehouseOptions = { seed, start: liveStart - historyDays * dayMs, historyDays, liveDays };
/** The database, and the secret in which the stack's source looks for it. */
export const cluster = {
    identifier: "lookout-demo",
    database: "dev",
    user: "awsuser",
    secretName: "redshift-l4mintegration",
};

/** Names of so many detectors: the name alone, else `ecommerce-01` and so on. */
export function detectorNames(name: string, count: number): string[] {
    if (count === 1) {
        return [name];
    }
    const width = Math.max(2, String(count).length);
    return Array.from({ length: count }, (_, index) => `${name}-${String(index + 1).padStart(width, "0")}`);
}

/**
 * Configuration that puts a detector, given by its name and its keys as written, under the first `count` of `total` names; nothing when
 * the total is one.
 */
export function detectorOverride(
    { played, written }: { readonly played: string; readonly written: unknown },
    { total, count }: { readonly total: number; readonly count: number },
): Record<string, unknown> {
    if (total === 1) {
        return {};
    }
    const names = detectorNames(played, total).slice(0, count);
    return { "lookout:detectors": Object.fromEntries(names.map((name) => [name, written])) };
}
