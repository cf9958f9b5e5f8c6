import type { CommitEvent } from "../pipeline/commit";
import type { CompactionResult } from "../pipeline/compaction";
import type { ParkEvent } from "../pipeline/park";
import type { Run, RunResult, WindowOutcome } from "../pipeline/run";
import type { Lag } from "../pipeline/tick";
import { formatInstant, formatWindow } from "../pipeline/windows";
import type { Happening } from "./telemetry";

/** Severities from which an anomaly group is major, and severe. */
const majorSeverity = 70;
const severeSeverity = 90;

/** A run has come to its end. */
export function runEnded(run: Run, { outcome, committed, parked, rows, watermark, arrival }: RunResult): Happening {
    const missing = arrival === undefined || arrival === null ? 0 : 1;
    return {
        message: `run ended: ${outcome}`,
        level: outcome === "ok" ? "INFO" : "ERROR",
        about: { ...aboutOf(run), outcome, watermark: formatInstant(watermark) },
        metrics: { RowsExtracted: rows, WindowsCommitted: committed, WindowsParked: parked, ArrivalEvents: missing },
    };
}

/** A window counts. */
export function windowCommitted(
    { run, window, attemptId }: Pick<CommitEvent, "run" | "window" | "attemptId">,
    outcome: Extract<WindowOutcome, { outcome: "committed" }>,
): Happening {
    const { rows, bytes, version } = outcome;
    const about = { ...aboutOf(run), window: formatWindow(window), attempt: attemptId, rows, bytes, version };
    return { message: "window committed", about };
}

/** A window was set aside. */
export function windowParked(
    { run, window }: Pick<ParkEvent, "run" | "window">,
    { error, message }: Extract<WindowOutcome, { outcome: "parked" }>,
): Happening {
    const about = { ...aboutOf(run), window: formatWindow(window), error, reason: message };
    return { message: "window parked", level: "ERROR", about };
}

/** Intervals behind from which a detector is worth a line: the tick itself plans the last one, and a run may still have one before. */
const notableIntervals = 3;

/** A tick has planned: `scheduled` and `now` are in milliseconds since 1970. The whole first, then each detector that lags. */
export function ticked(
    about: Happening["about"],
    { scheduled, now }: { readonly scheduled: number; readonly now: number },
    behind: readonly Lag[] = [],
): Happening[] {
    const worst = behind.reduce((most, { intervals }) => Math.max(most, intervals), 0);
    const lag = behind.length === 0 ? {} : { LagIntervals: worst };
    const metrics = { TickDelay: Math.max(0, now - scheduled) / 1000, ...lag };
    const lagging = behind.filter(({ intervals }) => intervals >= notableIntervals);
    return [
        { message: "tick", about, metrics },
        ...lagging.map((one): Happening => ({ message: "detector is behind", level: "WARN", about: { ...one } })),
    ];
}

/** Closed months of ledgers were compacted, or could not be; nothing where nothing was due. */
export function ledgersCompacted(interval: string, { compacted, failed }: CompactionResult): Happening[] {
    if (compacted === 0 && failed.length === 0) return [];
    const level = failed.length === 0 ? "INFO" : "ERROR";
    return [{ message: "ledgers compacted", level, about: { interval, windows: compacted, failed: failed.length } }];
}

/** Some windows of a detector, scored. */
export interface Scoring {
    readonly detector: string;
    readonly intervalSeconds: number;
    readonly windows: number;
    /** End of the last one, and of the last that was due, in milliseconds since 1970. */
    readonly through: number;
    readonly due: number;
    /** Severities of the anomaly groups that were not there before. */
    readonly found: readonly number[];
}

/** What scoring came to. */
export function windowsScored({ detector, intervalSeconds, windows, through, due, found }: Scoring): Happening {
    const count = (from: number, below: number): number => found.filter((one) => one >= from && one < below).length;
    return {
        message: "windows scored",
        about: { detector, windows, through: formatInstant(through) },
        metrics: {
            ScoringLagIntervals: Math.max(0, Math.floor((due - through) / 1000 / intervalSeconds)),
            AnomaliesMinor: count(0, majorSeverity),
            AnomaliesMajor: count(majorSeverity, severeSeverity),
            AnomaliesSevere: count(severeSeverity, Infinity),
        },
    };
}

const aboutOf = ({ detector, source, kind, generation, execution }: Run) => ({
    detector,
    source,
    kind,
    generation,
    execution,
});
