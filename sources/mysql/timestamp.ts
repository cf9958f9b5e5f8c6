import { ConfigError } from "../../errors";
import type { ExtractionSpec } from "../../pipeline/records";
import type { Window } from "../../pipeline/windows";
import type { Column, ColumnKind } from "../metricSource";
import { isoFormat, largestUnixSeconds, type PatternSpelling, translatePattern } from "../sql/timestampFormat";
import { coarseBounds } from "../sql/coarseFilter";
import { timestampLiteral, wallClock } from "../sql/wallClock";
import { utcExpression } from "./clock";

/** How a timestamp column says its instant: decided by the column's type, and by the configured format where that is text. */
export type TimestampRule =
    /** TIMESTAMP: an instant, which the session shows in UTC. */
    | { readonly kind: "instant" }
    /** DATETIME or DATE: a clock in the source's zone. */
    | { readonly kind: "clock" }
    /** Text in ISO 8601, with or without an offset. */
    | { readonly kind: "iso" }
    /** Seconds or milliseconds since 1970, as a number or as text. */
    | { readonly kind: "unix"; readonly isText: boolean }
    /** Text by a pattern of `str_to_date`: a clock in the source's zone. */
    | { readonly kind: "text"; readonly pattern: string };

/** Java's letters and what `str_to_date` calls the same; `DD` is read as day of month, as real configurations mean it. */
const fields: Readonly<Record<string, string>> = {
    yyyy: "%Y",
    yy: "%y",
    MM: "%m",
    M: "%c",
    MMM: "%b",
    MMMM: "%M",
    dd: "%d",
    DD: "%d",
    d: "%e",
    HH: "%H",
    H: "%k",
    hh: "%h",
    h: "%l",
    mm: "%i",
    ss: "%s",
    SSS: "%f",
    SSSSSS: "%f",
    a: "%p",
};

const spelling: PatternSpelling = {
    database: "MySQL",
    fields,
    literal: (text) => (/["\\]/.test(text) ? undefined : text.replaceAll("%", "%%")),
};

/** A number in text, for REGEXP. Without backslashes, which `sql_mode` may take for themselves. */
const numberPattern = "^[[:space:]]*-?[0-9]+([.][0-9]*)?[[:space:]]*$";

/**
 * The rule for a described column. A real timestamp needs no format. Throws ConfigError for a type that is no time, and a format that
 * MySQL cannot read; keys are relative to the detector's.
 */
export function ruleFor(column: Pick<Column, "kind" | "type">, format: string): TimestampRule {
    const rule = ruleOfKind(column.kind, format);
    if (rule !== undefined) return rule;
    throw new ConfigError([
        {
            key: "timestamp.column",
            finding: `is of the type ${column.type}; expected TIMESTAMP, DATETIME, DATE or text, or a number with the format UNIX`,
            fix: "write the column as a timestamp in the query, or give timestamp.format",
        },
    ]);
}

function ruleOfKind(kind: ColumnKind, format: string): TimestampRule | undefined {
    if (kind === "instant") return { kind: "instant" };
    if (kind === "timestamp" || kind === "date") return { kind: "clock" };
    if (format === "UNIX" && (kind === "number" || kind === "text")) return { kind: "unix", isText: kind === "text" };
    if (kind !== "text") return undefined;
    return isoFormat.test(format) ? { kind: "iso" } : { kind: "text", pattern: translatePattern(format, spelling) };
}

/** SQL for the instant that a column means, as a DATETIME in UTC; NULL for a value that cannot be read. The session's zone is UTC. */
export function instantExpression(column: string, rule: TimestampRule, spec: ExtractionSpec, window: Window): string {
    const toUtc = (wall: string): string => utcExpression(wall, spec.sourceTimeZone, window);
    switch (rule.kind) {
        case "instant":
            return column;
        case "clock":
            return toUtc(column);
        case "unix": {
            const number = `cast(${column} as decimal(30, 6))`;
            // A cast makes zero of what is no number.
            const unread = rule.isText ? `when ${column} not regexp '${numberPattern}' then null ` : "";
            const seconds = `case ${unread}when ${number} > ${largestUnixSeconds} then ${number} / 1000 else ${number} end`;
            return `(TIMESTAMP '1970-01-01 00:00:00' + interval floor(${seconds}) second)`;
        }
        case "text":
            return toUtc(`cast(str_to_date(${column}, '${rule.pattern}') as datetime)`);
        case "iso":
            return isoExpression(column, toUtc);
    }
}

/**
 * A first filter that an index answers, for columns that are compared as they stand; undefined for text and numbers. It is the exact one
 * where the column's own clock is UTC.
 */
export function coarseFilter(
    column: string,
    rule: TimestampRule,
    spec: ExtractionSpec,
    window: Window,
): { readonly sql: string; readonly exact: boolean } | undefined {
    if (rule.kind !== "instant" && rule.kind !== "clock") return undefined;
    const exact = rule.kind === "instant" || spec.sourceTimeZone === "UTC";
    const { start, end } = exact ? window : coarseBounds(window);
    return { sql: `${column} >= ${timestampLiteral(start)} and ${column} < ${timestampLiteral(end)}`, exact };
}

/** How `{{start}}` and `{{end}}` are written: in UTC for a column that is an instant, else as a clock in the source's zone shows them. */
export function boundLiteral(instant: number, rule: TimestampRule, sourceTimeZone: string): string {
    return timestampLiteral(rule.kind === "instant" ? instant : wallClock(instant, sourceTimeZone));
}

/** Fractions are cut off as text: a cast would round them up into the next second, or not, as the server is set. */
function isoExpression(column: string, toUtc: (wall: string) => string): string {
    const tail = `substring(${column}, 11)`;
    const time = `left(substring_index(substring_index(substring_index(${tail}, '+', 1), '-', 1), 'Z', 1), 9)`;
    const wall = `cast(concat(left(${column}, 10), ' ', ltrim(replace(${time}, 'T', ' '))) as datetime)`;
    const sign = `case when locate('+', ${tail}) > 0 then 1 else -1 end`;
    const offset = `substring_index(substring_index(${tail}, '+', -1), '-', -1)`;
    const minutes = `case when length(${offset}) > 2 then right(${offset}, 2) else 0 end`;
    const ahead = `(${sign}) * (left(${offset}, 2) * 60 + ${minutes})`;
    const hasOffset = `locate('+', ${tail}) > 0 or locate('-', ${tail}) > 0`;
    return (
        `(case when ${hasOffset} then ${wall} - interval ${ahead} minute ` +
        `when ${column} like '%Z' then ${wall} else ${toUtc(wall)} end)`
    );
}
