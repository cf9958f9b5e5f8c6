import Table from "cli-table3";
import type { Colors } from "picocolors/types";
import { formatFinding, grouped } from "../../pipeline/check/findings";
import type { CheckReport } from "../../pipeline/check/report";
import { formatInstant } from "../../pipeline/windows";

/** Characters of a value in a sample. */
const mostCharacters = 24;

/** The reports for a person: a table of verdicts, then what was seen of each detector, and what is wrong with it. */
export function reportText(reports: readonly CheckReport[], colors: Colors): string {
    return [verdictTable(reports, colors), ...reports.map((report) => detectorText(report, colors))].join("\n\n");
}

/** One line that sums up: how many detectors are fine. */
export function summaryLine(reports: readonly CheckReport[]): string {
    const count = (verdict: CheckReport["verdict"]): number => reports.filter((one) => one.verdict === verdict).length;
    const parts = [
        `${count("ok")} ok`,
        ...(["warning", "failed", "unreachable", "not built"] as const).flatMap((verdict) =>
            count(verdict) === 0 ? [] : [`${count(verdict)} ${verdict}`],
        ),
    ];
    return `${grouped(reports.length)} ${reports.length === 1 ? "detector" : "detectors"} checked: ${parts.join(", ")}. Nothing was written.`;
}

function verdictTable(reports: readonly CheckReport[], colors: Colors): string {
    const table = new Table({
        head: ["Detector", "Source", "Verdict", "Window (UTC)", "Rows", "Combinations", "Metrics", "Backfill"],
        colAligns: ["left", "left", "left", "left", "right", "right", "right", "left"],
        style: { head: [], border: [], compact: true },
        chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    });
    for (const { detector, source, verdict, window, backfill } of reports)
        table.push([
            detector,
            source,
            colored(verdict, colors),
            window === undefined ? "–" : spanOf(window),
            window === undefined ? "–" : grouped(window.rows),
            window === undefined ? "–" : grouped(window.combinations),
            window === undefined ? "–" : grouped(window.metrics),
            backfillText(backfill),
        ]);
    return table.toString();
}

function colored(verdict: CheckReport["verdict"], colors: Colors): string {
    if (verdict === "ok") return colors.green(verdict);
    return verdict === "warning" ? colors.yellow(verdict) : colors.red(verdict);
}

function backfillText({ windows, from, to }: CheckReport["backfill"]): string {
    const day = (instant: number): string => formatInstant(instant).slice(0, 10);
    return windows === 0
        ? "nothing to extract"
        : `${grouped(windows)} ${windows === 1 ? "window" : "windows"}, ${day(from)} – ${day(to)}`;
}

function detectorText({ detector, columns, window, findings }: CheckReport, colors: Colors): string {
    const lines = [
        colors.bold(detector),
        ...(columns.length === 0
            ? []
            : [`  columns  ${columns.map(({ name, type }) => (type === "" ? name : `${name} (${type})`)).join(", ")}`]),
        ...(window?.sample ?? []).map((row, index) => `  ${index === 0 ? "sample " : "       "}  ${sampleText(row)}`),
        ...findings.map((finding) => {
            const mark = finding.severity === "error" ? colors.red("error  ") : colors.yellow("warning");
            return `  ${mark}  ${formatFinding(finding)}`;
        }),
    ];
    return lines.join("\n");
}

const sampleText = (row: readonly (string | null)[]): string =>
    row.map((value) => (value === null ? "NULL" : shortened(value))).join(" | ");

/** On one line, whatever the value holds. */
function shortened(value: string): string {
    const text = JSON.stringify(value).slice(1, -1);
    return text.length > mostCharacters ? `${text.slice(0, mostCharacters - 1)}…` : text;
}

function spanOf({ start, end }: { readonly start: number; readonly end: number }): string {
    const readable = (instant: number): string => formatInstant(instant).slice(0, 16).replace("T", " ");
    const [from, to] = [readable(start), readable(end)];
    return `${from} – ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to.slice(5)}`;
}
