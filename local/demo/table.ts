import Table from "cli-table3";
import type { Colors } from "picocolors/types";
import { formatCause, type FoundGroup } from "./foundGroup";

/** The groups as a table for the terminal, oldest first: the severity is the group's, the numbers are those of its cause. */
export function groupTable(groups: readonly FoundGroup[], colors: Colors): string {
    const table = new Table({
        head: ["Time (UTC)", "Measure", "Severity", "Caused by", "Share", "Expected", "Actual", "Change"],
        colAligns: ["left", "left", "right", "left", "right", "right", "right", "right"],
        style: { head: [], border: [], compact: true },
        chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    });
    for (const group of [...groups].sort((a, b) => a.start - b.start || a.measure.localeCompare(b.measure))) {
        table.push(row(group, colors));
    }
    return table.toString();
}

/** Writes a stretch of time for people: `2026-04-01 03:00 – 07:00`, with the second date where it differs. */
export function formatSpan(start: number, end: number): string {
    const [from, to] = [readable(start), readable(end)];
    return `${from} – ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to.slice(5)}`;
}

/** Writes a number with its noun: `1 detector`, `25 detectors`. */
export function counted(count: number, noun: string): string {
    return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Writes the change from expected to actual: `+85 %`; a dash where nothing was expected. */
export function formatChange(expected: number, actual: number): string {
    if (expected === 0) {
        return "–";
    }
    const percent = Math.round((100 * (actual - expected)) / Math.abs(expected));
    return `${percent > 0 ? "+" : percent < 0 ? "−" : ""}${Math.abs(percent)} %`;
}

function row(group: FoundGroup, colors: Colors): string[] {
    const severity = group.severity.toFixed(0);
    const { expected, actual, share } = group.cause;
    return [
        formatSpan(group.start, group.end),
        group.measure,
        group.severity >= 90 ? colors.red(severity) : group.severity >= 70 ? colors.yellow(severity) : severity,
        formatCause(group.dimensions),
        `${share.toFixed(0)} %`,
        quantity(expected),
        quantity(actual),
        formatChange(expected, actual),
    ];
}

function quantity(value: number): string {
    return value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 1 : 0 });
}

function readable(instant: number): string {
    return new Date(instant).toISOString().slice(0, 16).replace("T", " ");
}
