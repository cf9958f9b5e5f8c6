import { isoFormat, largestUnixSeconds, patternParts } from "../sql/timestampFormat";
import { quoteText } from "./quoting";

/**
 * How a timestamp column is written: a type of DuckDB's that is an instant, or a clock's reading; text in ISO 8601; seconds (or milli-, micro-,
 * nanoseconds) since 1970; or text by a pattern of `strptime`.
 */
export type TimestampRule =
    { readonly kind: "instant" | "clock" | "iso" | "unix" } | { readonly kind: "text"; readonly pattern: string };

/** Java's letters and what `strptime` calls the same; `DD` is read as day of month, as real configurations mean it. */
const fields: Readonly<Record<string, string>> = {
    yyyy: "%Y",
    yy: "%y",
    MMMM: "%B",
    MMM: "%b",
    MM: "%m",
    M: "%-m",
    dd: "%d",
    DD: "%d",
    d: "%-d",
    HH: "%H",
    H: "%-H",
    hh: "%I",
    h: "%-I",
    mm: "%M",
    m: "%-M",
    ss: "%S",
    s: "%-S",
    SSS: "%g",
    SSSSSS: "%f",
    SSSSSSSSS: "%n",
    a: "%p",
    Z: "%z",
    X: "%z",
    XX: "%z",
    XXX: "%z",
    T: "T",
};

/** What a Java date pattern, or `UNIX`, means to DuckDB. Throws RangeError naming what cannot be translated. */
export function ruleOf(format: string): TimestampRule {
    if (format === "UNIX") return { kind: "unix" };
    return isoFormat.test(format) ? { kind: "iso" } : { kind: "text", pattern: strptimePattern(format) };
}

/**
 * SQL for the instant that a column means, as a `timestamp` in UTC; NULL for a value that cannot be read. A value without a zone is read in
 * `timeZone`, which is to be the session's: zones cost time for each row, so they are asked for only where there is one to take into account.
 */
export function instantSql(column: string, rule: TimestampRule, timeZone: string): string {
    const type = timeZone === "UTC" ? "timestamp" : "timestamptz";
    const read = (value: string): string => finite(`try_cast(${value} as ${type})`, type);
    switch (rule.kind) {
        case "instant":
            return finite(column, "timestamptz");
        case "clock":
            return read(column);
        case "iso": {
            const text = `trim(cast(${column} as varchar))`;
            const withZone = finite(`try_cast(${text} as timestamptz)`, "timestamptz");
            return type === "timestamptz"
                ? withZone
                : `case when ${hasZone(text)} then ${withZone} else ${read(text)} end`;
        }
        case "text":
            return read(`try_strptime(trim(cast(${column} as varchar)), ${quoteText(rule.pattern)})`);
        case "unix": {
            // Beyond a thousand times what milliseconds begin with, a number counts microseconds; beyond a million times, nanoseconds.
            const number = `try_cast(${column} as double)`;
            const steps = [1e9, 1e6, 1e3].map(
                (parts) => `when ${number} > ${largestUnixSeconds * (parts / 1e3)} then ${number} / ${parts}`,
            );
            const seconds = `case when not isfinite(${number}) then null ${steps.join(" ")} else ${number} end`;
            return `make_timestamp(cast((${seconds}) * 1000000 as bigint))`;
        }
    }
}

/** A time of day that a zone's name or an offset follows; a date alone has hyphens too. */
const hasZone = (text: string): string =>
    `regexp_matches(${text}, '[0-9]:[0-9]{2}.*([A-Za-z]|[+-][0-9]{2}(:?[0-9]{2})?)$')`;

/** `infinity` is a timestamp to DuckDB, and none to anybody else. */
function finite(instant: string, type: "timestamp" | "timestamptz"): string {
    const utc = type === "timestamp" ? instant : `make_timestamp(epoch_us(${instant}))`;
    return `case when isfinite(${instant}) then ${utc} end`;
}

/** The pattern of `strptime` for Java's. Letters in single quotes and anything that is no letter stand for themselves. */
function strptimePattern(format: string): string {
    return patternParts(format)
        .map((part) => translated(part, format))
        .join("");
}

function translated(part: string, format: string): string {
    const quoted = /^'([^']*)'$/.exec(part)?.[1];
    if (quoted !== undefined) return quoted.replaceAll("%", "%%");
    if (Object.hasOwn(fields, part)) return fields[part]!;
    if (/^[^A-Za-z'%]+$/.test(part)) return part;
    throw new RangeError(
        `timestamp format "${format}" has "${part}", which DuckDB cannot read; expected ${Object.keys(fields).join(", ")}`,
    );
}
