import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { NotFoundError } from "../../errors";
import type { Window } from "../../pipeline/windows";

/*
 * What the demo runs: the stack dev with its one detector, on the sample warehouse. The clock begins five minutes past midnight, when the
 * last hour of the history has become due.
 */

/** The stack whose configuration the demo uses. */
export const stack = "dev";
/** Name of the detector in that stack; with several, each is this name and a number. */
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

/** Names of so many detectors: `ecommerce` alone, else `ecommerce-01` and so on. */
export function detectorNames(count: number): string[] {
    if (count === 1) {
        return [detectorName];
    }
    const width = Math.max(2, String(count).length);
    return Array.from({ length: count }, (_, index) => `${detectorName}-${String(index + 1).padStart(width, "0")}`);
}

/**
 * Configuration that puts the stack's one detector under the first `count` of `total` names; nothing when the total is one. Throws
 * NotFoundError when the stack file has no such detector.
 */
export async function detectorOverride(
    projectFolder: string,
    { total, count }: { readonly total: number; readonly count: number },
): Promise<Record<string, unknown>> {
    if (total === 1) {
        return {};
    }
    const file = `Pulumi.${stack}.yaml`;
    const parsed: unknown = parse(await readFile(path.join(projectFolder, file), "utf8"));
    const config = (parsed as { config?: Record<string, Record<string, unknown>> } | null)?.config;
    const detector = config?.["lookout:detectors"]?.[detectorName];
    if (detector === undefined) {
        throw new NotFoundError(
            `${file} has no detector lookout:detectors.${detectorName}, which the demo copies for --detectors ${total}; add it back`,
        );
    }
    const names = detectorNames(total).slice(0, count);
    return { "lookout:detectors": Object.fromEntries(names.map((name) => [name, detector])) };
}
