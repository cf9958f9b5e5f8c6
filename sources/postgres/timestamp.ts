import type { ColumnKind } from "../metricSource";
import {
    inDoubleQuotes,
    isoFormat,
    largestUnixSeconds,
    type PatternSpelling,
    translatePattern,
    toTimestampFields,
} from "../sql/timestampFormat";

const spelling: PatternSpelling = {
    database: "PostgreSQL",
    fields: { ...toTimestampFields, XXX: "TZH:TZM" },
    literal: inDoubleQuotes,
};

/** Columns that are a time by themselves: the session reads one without a zone as a clock in the source's zone. */
const times: ReadonlySet<ColumnKind> = new Set(["instant", "timestamp", "date"]);

/**
 * SQL for the instant that a column means, to be compared with a `timestamptz`. A column that is a time stays as it is, so that an index
 * on it is of use; the session's zone, which is the source's, decides what one without a zone means. Throws ConfigError for a format that
 * cannot be translated.
 */
export function instantExpression(column: string, kind: ColumnKind, format: string): string {
    if (times.has(kind)) return column;
    if (format === "UNIX") {
        const number = `cast(${column} as double precision)`;
        return `to_timestamp(case when ${number} > ${largestUnixSeconds} then ${number} / 1000 else ${number} end)`;
    }
    return isoFormat.test(format)
        ? `cast(${column} as timestamptz)`
        : `to_timestamp(${column}, '${translatePattern(format, spelling)}')`;
}

/** SQL that shows an instant as a clock in UTC does. */
export function utcExpression(instant: string, kind: ColumnKind, sourceTimeZone: string): string {
    const isUtc = kind === "timestamp" && sourceTimeZone === "UTC";
    return isUtc ? instant : `cast(${instant} as timestamptz) at time zone 'UTC'`;
}

/** The first version with `date_bin`, which costs the server a fraction of what `date_trunc` does for each row. */
const firstWithBins = 140_000;

/** SQL that cuts a timestamp's fraction off, so that its own output has none. */
export function wholeSeconds(timestamp: string, version: number): string {
    return version >= firstWithBins
        ? // From an origin that lies before all of them: some versions are wrong about what lies before it.
          `date_bin('1 second', ${timestamp}, timestamp '0001-01-01')`
        : `date_trunc('second', ${timestamp})`;
}
