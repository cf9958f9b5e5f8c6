import { quoteText } from "./quoting";

/**
 * How a timestamp column is written: a type of DuckDB's that is a time, text in ISO 8601, seconds (or milli-, micro-, nanoseconds) since 1970, or
 * text by a pattern of `strptime`.
 */
export type TimestampRule =
    { readonly kind: "typed" | "iso" | "unix" } | { readonly kind: "text"; readonly pattern: string };

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

/** Formats whose text a cast understands; what follows the minutes is the cast's business. */
const isoFormat = /^yyyy-MM-(dd|DD)((\s|T|'T')HH:mm(:ss([.,][Sn]+)?)?(\s?('Z'|[XxZz]{1,5}))?)?$/;

/** Above it a number counts milliseconds; a thousand times it, microseconds; a million times, nanoseconds. */
const largestSeconds = 94_694_400_000;

/** What a Java date pattern, or `UNIX`, means to DuckDB. Throws RangeError naming what cannot be translated. */
export function ruleOf(format: string): TimestampRule {
    if (format === "UNIX") return { kind: "unix" };
    return isoFormat.test(format) ? { kind: "iso" } : { kind: "text", pattern: strptimePattern(format) };
}

/**
 * SQL for the instant that a column means, as `timestamptz`; NULL for a value that cannot be read. A value without a zone is read in the
 * session's time zone.
 */
export function instantSql(column: string, rule: TimestampRule): string {
    switch (rule.kind) {
        case "typed":
            return finite(`try_cast(${column} as timestamptz)`);
        case "iso":
            return finite(`try_cast(trim(cast(${column} as varchar)) as timestamptz)`);
        case "text":
            return `try_cast(try_strptime(trim(cast(${column} as varchar)), ${quoteText(rule.pattern)}) as timestamptz)`;
        case "unix": {
            const number = `try_cast(${column} as double)`;
            const steps = [1e9, 1e6, 1e3].map(
                (parts) => `when ${number} > ${largestSeconds * (parts / 1e3)} then ${number} / ${parts}`,
            );
            return `to_timestamp(case when not isfinite(${number}) then null ${steps.join(" ")} else ${number} end)`;
        }
    }
}

/** `infinity` is a timestamp to DuckDB, and none to anybody else. */
const finite = (instant: string): string => `case when isfinite(${instant}) then ${instant} end`;

/** The pattern of `strptime` for Java's. Letters in single quotes and anything that is no letter stand for themselves. */
function strptimePattern(format: string): string {
    const parts = format.match(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']+|'/g) ?? [];
    return parts.map((part) => translated(part, format)).join("");
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
