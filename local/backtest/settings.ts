import type { TimestampRule } from "../../sources/duckdb/timestamp";

/** What of the files is learned and scored, all of it decided. */
export interface Settings {
    readonly timestamp: { readonly column: string; readonly rule: TimestampRule };
    readonly dimensions: readonly string[];
    readonly measures: readonly Measure[];
    readonly intervalSeconds: number;
    /** IANA zone of timestamps without one, and in which days begin. */
    readonly timeZone: string;
}

export interface Measure {
    readonly name: string;
    readonly aggregation: "SUM" | "AVG";
}

/** What the command line says of it; what it leaves open is guessed. */
export interface Wanted {
    readonly timestamp?: string;
    /** A Java pattern, or `UNIX`. */
    readonly timestampFormat?: string;
    readonly dimensions?: readonly string[];
    readonly measures?: readonly Measure[];
    readonly intervalSeconds?: number;
    readonly timeZone: string;
}

/** A column of the files. */
export interface FileColumn {
    readonly name: string;
    /** What its values are, as DuckDB calls it. */
    readonly type: string;
    /** What they are read as: text, in CSV files. */
    readonly stored: string;
    /** Whether what the values are is known from looking at them alone, as in CSV files. */
    readonly isSniffed: boolean;
}
