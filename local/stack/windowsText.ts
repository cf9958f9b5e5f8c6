import Table from "cli-table3";
import type { Colors } from "picocolors/types";
import { formatInstant } from "../../pipeline/windows";
import { counted, formatSpan } from "../demo/table";
import type { LedgerRow, LedgerState } from "./ledgerRows";

/** A ledger for the terminal: what it comes to, then its windows. */
export function windowsText(state: LedgerState, rows: readonly LedgerRow[], colors: Colors): string {
    const { definition, view } = state;
    const table = new Table({
        head: ["Window (UTC)", "Kind", "State", "Rows", "Bytes", "Version", "Failures", "Committed", ""],
        colAligns: ["left", "left", "left", "right", "right", "right", "right", "left", "left"],
        style: { head: [], border: [], compact: true },
        chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    });
    for (const row of rows) table.push(cellsOf(row, colors));
    const generation = view.record.generation;
    return [
        `${definition.name}: generation ${generation}${definition.live === generation ? "" : " (being filled)"}, complete up to ${formatInstant(view.watermark)}`,
        table.toString(),
        summaryOf(rows),
    ].join("\n");
}

/** What the windows come to, in a line. */
export function summaryOf(rows: readonly LedgerRow[]): string {
    const count = (state: LedgerRow["state"]): number => rows.filter((row) => row.state === state).length;
    const late = rows.filter(({ version = 1 }) => version > 1).length;
    const retried = rows.filter(({ failures }) => failures > 0).length;
    const parts = [
        `${count("committed")} committed`,
        ...(count("parked") > 0 ? [`${count("parked")} parked`] : []),
        ...(count("gap") > 0 ? [counted(count("gap"), "gap")] : []),
        ...(count("due") > 0 ? [`${count("due")} due`] : []),
        ...(late > 0 ? [`${late} with late rows`] : []),
        ...(retried > 0 ? [`${retried} retried`] : []),
    ];
    return `${counted(rows.length, "window")}: ${parts.join(", ")}`;
}

function cellsOf(row: LedgerRow, colors: Colors): string[] {
    const { window, kind, state, rows, bytes, version, failures, committedAt, error } = row;
    const number = (value: number | undefined): string => (value === undefined ? "" : value.toLocaleString("en-US"));
    const shown = { committed: state, parked: colors.yellow(state), gap: colors.red(state), due: colors.dim(state) };
    const note = error ?? (version !== undefined && version > 1 ? "rows came late" : "");
    return [
        formatSpan(window.start, window.end),
        kind,
        shown[state],
        number(rows),
        number(bytes),
        number(version),
        failures === 0 ? "" : String(failures),
        committedAt === undefined ? "" : minute(committedAt),
        note.length > 80 ? `${note.slice(0, 79)}…` : note,
    ];
}

const minute = (instant: number): string => new Date(instant).toISOString().slice(0, 16).replace("T", " ");
