import type { ColumnKind } from "../metricSource";
import { unixInstant, widestZoneMs } from "./timestamp";

/** What a window's rows are known by. */
export interface SoughtTime {
    /** The timestamp's column in the objects. */
    readonly column: string;
    /** The detector's `timestamp.format`. */
    readonly format: string;
    /** Zone of times that name none. */
    readonly timeZone: string;
    readonly window: { readonly start: number; readonly end: number };
}

/** Smallest and largest value of a column within a row group, as far as its writer noted them. */
export interface Bounds {
    readonly min?: unknown;
    readonly max?: unknown;
}

/**
 * Whether a row group may hold rows of the window, by the bounds of its timestamps. False only where that is certain: without bounds, and
 * for text, whose order need not be that of time, it is true.
 */
export function mayHold({ min, max }: Bounds, kind: ColumnKind, sought: SoughtTime): boolean {
    const earliest = instantOf(min, sought);
    const latest = instantOf(max, sought);
    if (earliest === undefined || latest === undefined || earliest > latest) return true;
    // A clock's reading is so far at most from the instant at which some zone's clock shows it.
    const slack = kind !== "timestamp" && kind !== "date" ? 0 : sought.timeZone === "UTC" ? 0 : widestZoneMs;
    return latest + slack >= sought.window.start && earliest - slack < sought.window.end;
}

function instantOf(value: unknown, { format }: SoughtTime): number | undefined {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.getTime();
    if (format !== "UNIX" || !(typeof value === "number" || typeof value === "bigint")) return undefined;
    const instant = unixInstant(Number(value));
    return Number.isFinite(instant) ? instant : undefined;
}
