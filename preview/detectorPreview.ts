import type { Problem } from "../errors";
import { adviceFindings } from "../pipeline/check/failures";
import { formatFinding } from "../pipeline/check/findings";
import { historyOf, historyWindows } from "../pipeline/history";
import { generationOf } from "../pipeline/query";
import type { ExtractionSpec } from "../pipeline/records";
import { formatInstant, nextBoundary, type Window } from "../pipeline/windows";
import { alertLines, type ToldAlert } from "./alertLines";
import { type Assumptions, usualAssumptions } from "./assumptions";
import { monthlyCost, type MonthlyCost } from "./cost";
import type { PricedSource } from "./extractionCost";
import { priceBasis } from "./prices";

/** A detector as it is about to be deployed. */
export interface PreviewedDetector {
    readonly name: string;
    readonly offsetSeconds: number;
    readonly latenessSeconds: number;
    readonly spec: ExtractionSpec;
    readonly source: PricedSource;
    readonly alerts: Readonly<Record<string, ToldAlert>>;
    /** Days that extracted rows are kept. */
    readonly retentionDays: number;
    /** The SQL that gives a window's rows. */
    readonly sqlOf: (window: Window) => string;
    /** What works and costs far more than it has to. */
    readonly advice: readonly Problem[];
}

/** What a preview tells of a detector. */
export interface DetectorPreview {
    readonly cost: MonthlyCost;
    /** Lines for people. */
    readonly text: string;
}

/** What a detector would do if it were created at `now`, milliseconds since 1970. */
export function previewDetector(
    detector: PreviewedDetector,
    now: number,
    assumed: Assumptions = usualAssumptions,
): DetectorPreview {
    const { name, spec, source, retentionDays } = detector;
    const cost = monthlyCost({ ...detector, interval: spec.interval }, source, retentionDays, assumed);
    const lines = [
        `Detector ${name}: every ${spec.interval} from the source ${spec.source} (${source.type}), generation ${generationOf(spec)}`,
        ...windowLines(detector, now),
        ...alertLines(detector.alerts),
        ...costLines(cost, assumed),
        ...adviceFindings({ detector: name, spec }, detector.advice).map((found) => `Warning: ${formatFinding(found)}`),
    ];
    return { cost, text: lines.join("\n") };
}

function windowLines({ spec, offsetSeconds, sqlOf }: PreviewedDetector, now: number): string[] {
    const history = historyOf(spec, now, offsetSeconds);
    const windows = historyWindows({ version: 1, generation: "", spec, history });
    const live = { start: history.end, end: nextBoundary(history.end, spec.interval, spec.timeZone) };
    const [first, last] = [windows[0], windows.at(-1)];
    if (first === undefined || last === undefined)
        return ["History: none; it begins after now", ...sqlLines("First live window", live, sqlOf)];
    const span = `${formatInstant(history.start)} to ${formatInstant(history.end)}`;
    const count = windows.length === 1 ? "1 window" : `${windows.length} windows of up to ${spec.chunk}`;
    return [
        `History: ${count}, ${span} if it were created now; then a window every ${spec.interval}`,
        ...sqlLines("First window", first, sqlOf),
        ...(windows.length === 1 ? [] : sqlLines("Last window", last, sqlOf)),
    ];
}

function sqlLines(what: string, window: Window, sqlOf: (window: Window) => string): string[] {
    const bounds = `[${formatInstant(window.start)}, ${formatInstant(window.end)})`;
    return [
        `${what} ${bounds}:`,
        ...sqlOf(window)
            .split("\n")
            .map((line) => `    ${line}`),
    ];
}

function costLines(cost: MonthlyCost, { rowsPerInterval, bytesPerRow, querySeconds }: Assumptions): string[] {
    const { extraction, storage, functions, states, logs, total } = cost;
    const parts = { extraction, storage, functions, "state transitions": states, logs };
    const list = Object.entries(parts).map(([part, dollars]) => `${part} ${inDollars(dollars)}`);
    return [
        `Cost: about ${inDollars(total)} a month: ${list.join(", ")}`,
        `    Extraction: ${cost.extractionBasis}`,
        `    Basis: ${priceBasis}; assumes ${rowsPerInterval} rows of ${bytesPerRow} bytes an interval and queries of ${querySeconds} s`,
    ];
}

/** Dollars as people write them: `$0.04`, `$12.30`; what is less than a cent but not nothing is `< $0.01`. */
export const inDollars = (dollars: number): string =>
    dollars > 0 && dollars < 0.005 ? "< $0.01" : `$${dollars.toFixed(2)}`;
