import { ConfigError } from "../../errors";
import type { ColumnKind } from "../metricSource";

/** Formats whose text a cast understands; what follows the minutes (seconds, fraction, offset) is the cast's business. */
const isoFormat = /^yyyy-MM-(dd|DD)((\s|T|'T')HH:mm(:ss([.,][Sn]+)?)?(\s?('Z'|[XxZz]{1,5}))?)?$/;

/** Java's letters and what PostgreSQL's to_timestamp calls the same; `DD` is read as day of month, as real configurations mean it. */
const fields: Readonly<Record<string, string>> = {
    yyyy: "YYYY",
    yy: "YY",
    MM: "MM",
    MMM: "Mon",
    MMMM: "Month",
    dd: "DD",
    DD: "DD",
    HH: "HH24",
    hh: "HH12",
    mm: "MI",
    ss: "SS",
    SSS: "MS",
    SSSSSS: "US",
    a: "AM",
    XXX: "TZH:TZM",
};

/** Above it a number of the format `UNIX` counts milliseconds, else seconds; the detection service draws the same line. */
const largestUnixSeconds = 94_694_400_000;

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
        : `to_timestamp(${column}, '${translatePattern(format)}')`;
}

/** SQL that shows an instant as the contract has it: UTC and whole seconds, which a timestamp's own output writes without a fraction. */
export function utcExpression(instant: string, kind: ColumnKind, sourceTimeZone: string): string {
    const isUtc = kind === "timestamp" && sourceTimeZone === "UTC";
    return `date_trunc('second', ${isUtc ? instant : `cast(${instant} as timestamptz) at time zone 'UTC'`})`;
}

function translatePattern(format: string): string {
    const parts = format.match(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']+|'/g) ?? [];
    return parts.map((part) => translatePart(part, format)).join("");
}

function translatePart(part: string, format: string): string {
    const literal = /^'([^'"\\]*)'$/.exec(part)?.[1];
    const translated = literal === undefined ? fields[part] : `"${literal}"`;
    if (translated !== undefined) return translated;
    if (/^[-\s/.,:_]+$/.test(part)) return part;
    throw new ConfigError([
        {
            key: "timestamp.format",
            finding: `${JSON.stringify(format)} has ${JSON.stringify(part)}, which PostgreSQL cannot read; expected ${Object.keys(fields).join(", ")}, separators, text in single quotes, or UNIX`,
            fix: "write the column as a timestamp in the query and leave the format out",
        },
    ]);
}
