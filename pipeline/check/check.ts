import { QueryError, SourceBusyError } from "../../errors";
import type { Column, Extractor, Inspection } from "../../sources/metricSource";
import { historyOf, historyWindows } from "../history";
import { findQueryProblem } from "../query";
import { floorToInterval, formatInstant, nextBoundary, type Window } from "../windows";
import { areColumnsThere, columnFindings } from "./columns";
import { adviceFindings, failureFindings } from "./failures";
import { type Checked, detectorKey, type Finding } from "./findings";
import type { CheckReport } from "./report";
import { backfillFindings, type CheckLimits, type SeenWindow, windowFindings } from "./windowFindings";

/** What a check needs of a source: both parts only read. */
export type Looker = Pick<Extractor, "describe" | "inspect" | "advise">;

/** What is to be checked, and how. */
export interface CheckRequest extends Checked {
    /** The time that it is taken to be, milliseconds since 1970. */
    readonly now: number;
    /** Seconds that rows may take to arrive. */
    readonly offsetSeconds: number;
    /** The window to look at. Default: the latest full one. */
    readonly window?: Window;
    readonly limits: CheckLimits;
    /** Whether to look also before an empty window and into the future: three looks in place of one. */
    readonly thorough: boolean;
    /** Aborts when the caller is about to run out of time: the database counts as busy then. */
    readonly signal?: AbortSignal;
    /** Hears what is being done, for people. */
    readonly tell?: (doing: string) => void;
}

/** The latest window that has ended, with its rows, at `now`. */
export function latestWindow({
    spec,
    now,
    offsetSeconds,
}: Pick<CheckRequest, "spec" | "now" | "offsetSeconds">): Window {
    return windowBefore(historyOf(spec, now, offsetSeconds).end, spec);
}

/** The window of a detector that holds an instant. */
export function windowAt(instant: number, { interval, timeZone }: Checked["spec"]): Window {
    const start = floorToInterval(instant, interval, timeZone);
    return { start, end: nextBoundary(start, interval, timeZone) };
}

/** The window that ends at an aligned instant. */
export const windowBefore = (end: number, spec: Checked["spec"]): Window => windowAt(end - 1, spec);

/**
 * Checks a detector against its database, writing nothing: the query's text, its cost, its columns, the rows of one window, and the windows that a
 * backfill would extract. Problems are findings, not errors; throws only what nobody foresaw.
 */
export async function checkDetector(extractor: Looker, request: CheckRequest): Promise<CheckReport> {
    const { detector, spec } = request;
    const backfill = planned(request);
    const problem = findQueryProblem(spec.query);
    const findings: Finding[] = [...backfillFindings(request, backfill.windows)];
    let seen: Seen = { columns: [], findings: [], isReached: true };
    if (problem === undefined) seen = await look(extractor, request);
    else findings.push({ severity: "error", key: detectorKey(detector, "query"), finding: problem });
    findings.push(...seen.findings);
    return {
        detector,
        source: spec.source,
        verdict: seen.isReached ? verdictOf(findings) : "unreachable",
        findings,
        columns: [...seen.columns],
        ...(seen.window === undefined ? {} : { window: counted(request, seen.window) }),
        backfill: { windows: backfill.windows.length, from: backfill.history.start, to: backfill.history.end },
    };
}

const verdictOf = (findings: readonly Finding[]): CheckReport["verdict"] =>
    findings.some(({ severity }) => severity === "error") ? "failed" : findings.length > 0 ? "warning" : "ok";

function planned({ spec, now, offsetSeconds }: CheckRequest): { history: Window; windows: Window[] } {
    const history = historyOf(spec, now, offsetSeconds);
    return { history, windows: historyWindows({ version: 1, generation: "", spec, history }) };
}

interface Seen {
    readonly columns: readonly Column[];
    readonly window?: SeenWindow;
    readonly findings: readonly Finding[];
    /** False where the database was busy, or could not be reached. */
    readonly isReached: boolean;
}

/** Describes the query, then counts one window, as far as that makes sense. */
async function look(extractor: Looker, request: CheckRequest): Promise<Seen> {
    let columns: readonly Column[] = [];
    const findings: Finding[] = [];
    try {
        findings.push(...adviceFindings(request, (await extractor.advise?.(request.spec)) ?? []));
        request.tell?.("describing the query");
        columns = await extractor.describe(request.spec, request.signal);
        findings.push(...columnFindings(request, columns));
        if (!canCount(request, columns, findings)) return { columns, findings, isReached: true };
        const window = await seeWindow(extractor, request);
        findings.push(...windowFindings(request, window, request.limits));
        return { columns, window, findings, isReached: true };
    } catch (error) {
        const failures = failureFindings(request, error, columns);
        if (failures === null) throw error;
        const isReached = !(error instanceof SourceBusyError);
        // A format that does not fit the column's type was found already, and is what the database stumbles over.
        const explained = error instanceof QueryError && findings.some(isOfFormat);
        if (!explained) return { columns, findings: [...findings, ...failures], isReached };
        const severe = findings.map((one): Finding => (isOfFormat(one) ? { ...one, severity: "error" } : one));
        return { columns, findings: severe, isReached };
    }
}

const isOfFormat = ({ key }: Finding): boolean => key.endsWith(".timestamp.format");

/** A query without its columns, or with a timestamp that cannot be read, would only fail once more. */
const canCount = (request: CheckRequest, columns: readonly Column[], findings: readonly Finding[]): boolean =>
    areColumnsThere(request, columns) &&
    !findings.some(({ severity, key }) => severity === "error" && key.includes(".timestamp."));

/** Hours that are looked at before an empty window; a week where a window is a day. */
const hoursBefore = (request: CheckRequest): number => (request.spec.interval === "P1D" ? 7 * 24 : 24);
/** Clocks differ by minutes; zones by up to 14 hours. */
const clockSlackMs = 10 * 60_000;
const widestZoneMs = 15 * 3_600_000;

async function seeWindow(extractor: Looker, request: CheckRequest): Promise<SeenWindow> {
    const { spec, now, thorough, signal, tell } = request;
    const window = request.window ?? latestWindow(request);
    const rowsOf = async (stretch: Window) => ({
        rows: (await extractor.inspect(spec, stretch, signal)).rows,
        window: stretch,
    });
    tell?.(`counting the window ${formatInstant(window.start)}`);
    const inspection = await extractor.inspect(spec, window, signal);
    if (!thorough) return { window, inspection };
    tell?.("looking for rows outside the window");
    const start = window.start - hoursBefore(request) * 3_600_000;
    return {
        window,
        inspection,
        ...(inspection.rows === 0 ? { before: await rowsOf({ start, end: window.start }) } : {}),
        future: await rowsOf({ start: now + clockSlackMs, end: now + widestZoneMs }),
    };
}

function counted({ spec }: CheckRequest, { window, inspection }: SeenWindow): NonNullable<CheckReport["window"]> {
    const { rows, combinations, nulls, sample }: Inspection = inspection;
    return {
        ...window,
        rows,
        combinations,
        metrics: combinations * spec.measures.length,
        nulls: { ...nulls },
        sample: sample.map((row) => [...row]),
    };
}
