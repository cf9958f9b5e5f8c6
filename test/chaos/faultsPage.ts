import type { FaultCase } from "./faultTable";

/** Faults that belong together in the page. */
export interface FaultGroup {
    readonly title: string;
    readonly faults: readonly FaultCase[];
}

/** The tables of docs/faults.md, one for each group. */
export function faultTables(groups: readonly FaultGroup[]): string {
    return groups.map(({ title, faults }) => `### ${title}\n\n${tableOf(faults)}`).join("\n\n");
}

function tableOf(faults: readonly FaultCase[]): string {
    const rows = faults.map((fault) => [fault.name, String(fault.ticks ?? 1), hearsOf(fault)]);
    const all = [["fault", "ticks", "operators hear"], ...rows];
    const widths = [0, 1, 2].map((column) => Math.max(3, ...all.map((row) => row[column]!.length)));
    const line = (row: readonly string[]): string => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
    return [line(all[0]!), line(widths.map((width) => "-".repeat(width))), ...all.slice(1).map(line)].join("\n");
}

/** The subjects' own words, without the anchors of their patterns. */
function hearsOf({ told = [] }: FaultCase): string {
    if (told.length === 0) return "nothing";
    return told.map(({ source }) => source.replaceAll(/[\\^$]/g, "")).join("; ");
}
