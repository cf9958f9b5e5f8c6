import type { Colors } from "picocolors/types";
import { formatInstant } from "../../pipeline/windows";
import { formatCause, type FoundGroup } from "../demo/foundGroup";
import { counted, formatChange, formatSpan, groupTable } from "../demo/table";
import { quantity } from "../demo/report/parts";
import { problemsOf } from "../stack/statusText";
import type { DetectorFindings, Findings } from "./findings";

/** What a run looked for, and where it wrote its report. */
export interface Shown {
    /** Least severity that is shown, 0 to 100. */
    readonly threshold: number;
    /** What came from here on was scored, in milliseconds since 1970. */
    readonly since: number;
    readonly now: number;
    readonly reportFile?: string;
}

/** Rows of a detector's table; the report has more. */
const mostRows = 40;

/** What a stack has come to, for the terminal: a table of each detector's anomaly groups, then how the detectors are. */
export function findingsText({ detectors, alerts }: Findings, shown: Shown, colors: Colors): string {
    const isAlone = detectors.length === 1;
    return [
        ...detectors
            .filter(({ groups }) => groups.length > 0)
            .flatMap(({ state, groups }) => [
                ...(isAlone ? [] : [colors.bold(state.name)]),
                groupTable(worst(groups), colors),
                ...(groups.length > mostRows ? [`The ${mostRows} most severe of ${groups.length}.`] : []),
                "",
            ]),
        ...detectors.flatMap((detector) => detectorLines(detector, shown, colors)),
        ...alerts.map(({ target, messages }) =>
            line("alerts", `${counted(messages, "message")} to ${target}, which is not told from here`),
        ),
        ...(shown.reportFile === undefined ? [] : [line("report", shown.reportFile)]),
    ].join("\n");
}

/** One anomaly group in a line, as it is told while the stack goes on. */
export function groupLine(group: FoundGroup): string {
    const { expected, actual } = group.cause;
    const severity = group.severity.toFixed(0);
    return (
        `${group.detector}: severity ${severity}, ${formatSpan(group.start, group.end)}, ${group.measure} of ${formatCause(group.dimensions)} ` +
        `${quantity(actual)}, expected ${quantity(expected)} (${formatChange(expected, actual)})`
    );
}

function detectorLines({ state, windows, rows, groups }: DetectorFindings, shown: Shown, colors: Colors): string[] {
    const { name, status, watermark, learning } = state;
    const since = formatInstant(shown.since);
    const found =
        state.scoredThrough === undefined
            ? `nothing scored yet${learning === undefined || learning.points >= learning.needed ? "" : `: ${learning.points} of ${learning.needed} intervals with data are there to learn from`}`
            : `${counted(groups.length, "anomaly group")} of severity ${shown.threshold} or more since ${since}`;
    const complete = watermark === undefined ? "" : `, complete up to ${formatInstant(watermark)}`;
    return [
        line(name, `${status ?? "not at the detection service yet"}; ${found}`),
        line("", `${quantity(rows)} rows in ${counted(windows, "window")}${complete}`),
        ...problemsOf(state).map((text) => line("", `${colors.yellow("!")} ${text}`)),
    ];
}

const worst = (groups: readonly FoundGroup[]): FoundGroup[] =>
    [...groups].sort((a, b) => b.severity - a.severity).slice(0, mostRows);

const line = (name: string, text: string): string => `${name.padEnd(11)} ${text}`;
