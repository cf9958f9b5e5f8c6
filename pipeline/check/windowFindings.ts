import type { Inspection } from "../../sources/metricSource";
import { formatInstant, type Window } from "../windows";
import { type Checked, detectorKey, type Finding, grouped, sourceKey } from "./findings";

/** How much one detector may watch. */
export interface CheckLimits {
    /** Measures times combinations of dimension values. */
    readonly metrics: number;
    readonly measures: number;
    readonly dimensions: number;
}

/** What the engine is measured with, and the detection service's own limits; see `detection/api/limits.ts`. */
export const defaultCheckLimits: CheckLimits = { metrics: 50_000, measures: 100, dimensions: 20 };

/** The limits, with those that the stack's configuration sets otherwise. */
export function checkLimits({ metrics, measures, dimensions }: Partial<Record<string, number>> = {}): CheckLimits {
    return {
        metrics: metrics ?? defaultCheckLimits.metrics,
        measures: measures ?? defaultCheckLimits.measures,
        dimensions: dimensions ?? defaultCheckLimits.dimensions,
    };
}

/** What was seen of one window. */
export interface SeenWindow {
    readonly window: Window;
    readonly inspection: Inspection;
    /** Rows of the stretch before an empty window, and how long that stretch is; absent where nobody looked. */
    readonly before?: { readonly rows: number; readonly window: Window };
    /** Rows that lie in the future; absent where nobody looked. */
    readonly future?: { readonly rows: number; readonly window: Window };
}

/** Windows of a backfill above which its chunks are worth a second thought. */
const manyWindows = 100;

/** What is wrong, or odd, with the rows of one window. */
export function windowFindings(checked: Checked, seen: SeenWindow, limits: CheckLimits): Finding[] {
    return [
        ...limitFindings(checked, seen.inspection, limits),
        ...nullFindings(checked, seen.inspection),
        // Rows that seem to lie in the future are missing where they belong: one cause, told once.
        ...((seen.future?.rows ?? 0) > 0 ? futureFindings(checked, seen) : emptyFindings(checked, seen)),
    ];
}

/** What is wrong, or odd, with the windows that a backfill would plan. */
export function backfillFindings({ detector, spec }: Checked, windows: readonly Window[]): Finding[] {
    if (windows.length === 0) {
        const key = detectorKey(detector, "from" in spec.history ? "history.from" : "history.last");
        const told = "from" in spec.history ? spec.history.from : spec.history.last;
        const finding = `${told} leaves no window to extract up to now; expected a past of at least one interval (${spec.interval})`;
        return [{ severity: "error", key, finding, fix: "begin the history earlier" }];
    }
    if (windows.length <= manyWindows) return [];
    const key = detectorKey(detector, "history.chunk");
    const finding = `${spec.chunk} makes ${grouped(windows.length)} windows of the history, a query each; expected at most about ${manyWindows}`;
    return [{ severity: "warning", key, finding, fix: "make the chunks longer, or the history shorter" }];
}

function limitFindings({ detector, spec }: Checked, { combinations }: Inspection, limits: CheckLimits): Finding[] {
    const { measures, dimensions } = spec;
    const metrics = combinations * measures.length;
    const error = (part: string, finding: string, fix: string): Finding => ({
        severity: "error",
        key: detectorKey(detector, part),
        finding,
        fix,
    });
    const findings: Finding[] = [];
    if (measures.length > limits.measures) {
        const finding = `has ${measures.length} measures; expected at most ${limits.measures}`;
        findings.push(error("measures", finding, "split the detector, or raise lookout:detection.limits.measures"));
    }
    if (dimensions.length > limits.dimensions) {
        const finding = `has ${dimensions.length} dimensions; expected at most ${limits.dimensions}`;
        findings.push(error("dimensions", finding, "leave some out, or raise lookout:detection.limits.dimensions"));
    }
    if (metrics > limits.metrics) {
        const finding =
            `${dimensions.join(", ")} ${dimensions.length === 1 ? "has" : "have"} ${grouped(combinations)} combinations in one window, ` +
            `${grouped(metrics)} metrics with ${measures.length} ${measures.length === 1 ? "measure" : "measures"}; expected at most ${grouped(limits.metrics)} metrics`;
        const fix = `leave out the dimension with the most values, group its values in ${detectorKey(detector, "query")}, or raise lookout:detection.limits.metrics`;
        findings.push(error("dimensions", finding, fix));
    }
    return findings;
}

function nullFindings({ detector, spec }: Checked, { rows, nulls }: Inspection): Finding[] {
    if (rows === 0) return [];
    const query = detectorKey(detector, "query");
    const measures = spec.measures.flatMap(({ name }, index): Finding[] => {
        if (nullsOf(nulls, name) < rows) return [];
        const finding = `"${name}" is NULL in all ${grouped(rows)} rows of the window; expected values`;
        const fix = `see where ${query} takes it from (an outer join, say), or watch another window with --window`;
        return [{ severity: "warning", key: detectorKey(detector, `measures[${index}].name`), finding, fix }];
    });
    const timeless = nullsOf(nulls, spec.timestamp.column);
    if (timeless === 0) return measures;
    const finding = `"${spec.timestamp.column}" is NULL in ${grouped(timeless)} of ${grouped(rows)} rows of the window; expected a time in each`;
    const fix = `leave those rows out in ${query} ("where ${spec.timestamp.column} is not null")`;
    return [{ severity: "error", key: detectorKey(detector, "timestamp.column"), finding, fix }, ...measures];
}

/** By name, whose case a database may have folded. */
function nullsOf(nulls: Inspection["nulls"], name: string): number {
    const found = Object.keys(nulls).find((column) => column.toLowerCase() === name.toLowerCase());
    return found === undefined ? 0 : nulls[found]!;
}

function emptyFindings({ detector, spec }: Checked, { window, inspection, before }: SeenWindow): Finding[] {
    if (inspection.rows > 0) return [];
    const key = detectorKey(detector, "query");
    const empty = `gives no row in the window ${spanOf(window)}`;
    const look = `see that the query gives rows for the database user of ${sourceKey(spec.source)}`;
    if (before === undefined) return [{ severity: "warning", key, finding: empty, fix: look }];
    const hours = Math.round((before.window.end - before.window.start) / 3_600_000);
    if (before.rows === 0) {
        const finding = `${empty}, and none in the ${hours} hours before it; expected rows`;
        return [{ severity: "warning", key, finding, fix: `${look}, and that its table is still written to` }];
    }
    const finding = `${empty}, and ${grouped(before.rows)} in the ${hours} hours before it; expected rows in each window`;
    const fix =
        `set ${sourceKey(spec.source, "sourceTimeZone")} (now ${spec.sourceTimeZone}) to the zone that the column shows, or ` +
        `${detectorKey(detector, "offset")} to the time that rows take to arrive`;
    return [{ severity: "warning", key, finding, fix }];
}

function futureFindings({ spec }: Checked, { future }: SeenWindow): Finding[] {
    if (future === undefined || future.rows === 0) return [];
    const key = sourceKey(spec.source, "sourceTimeZone");
    const finding =
        `${grouped(future.rows)} rows are stamped later than now, up to ${formatInstant(future.window.end)}, ` +
        `when "${spec.timestamp.column}" is read as ${spec.sourceTimeZone}; expected the zone that the column shows`;
    return [{ severity: "warning", key, finding, fix: "set it to the IANA name of that zone, such as Europe/Berlin" }];
}

const spanOf = ({ start, end }: Window): string => `${formatInstant(start)}/${formatInstant(end)}`;
