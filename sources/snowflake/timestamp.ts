import { ConfigError } from "../../errors";

/** How a timestamp column is written: a real timestamp or ISO text, seconds or milliseconds since 1970, or text by a pattern. */
export type TimestampFormat =
    | { readonly kind: "iso" }
    | { readonly kind: "unix" }
    /** `pattern` is Snowflake's, such as `DD.MM.YYYY HH24:MI`. */
    | { readonly kind: "text"; readonly pattern: string };

/** Formats whose text a cast understands; what follows the minutes (seconds, fraction, offset) is the cast's business. */
const isoFormat = /^yyyy-MM-(dd|DD)((\s|T|'T')HH:mm(:ss([.,][Sn]+)?)?(\s?('Z'|[XxZz]{1,5}))?)?$/;

/** Java's letters and what Snowflake calls the same; `DD` is read as day of month, as real configurations mean it. */
const fields: Readonly<Record<string, string>> = {
    yyyy: "YYYY",
    yy: "YY",
    MM: "MM",
    MMM: "MON",
    MMMM: "MMMM",
    dd: "DD",
    DD: "DD",
    HH: "HH24",
    hh: "HH12",
    mm: "MI",
    ss: "SS",
    SSS: "FF3",
    SSSSSS: "FF6",
    a: "AM",
};

/** Above it a number of the format `UNIX` counts milliseconds, else seconds; the detection service draws the same line. */
const largestUnixSeconds = 94_694_400_000;

/** What a Java date pattern, or `UNIX`, means to Snowflake. Throws ConfigError for a pattern that cannot be translated. */
export function findTimestampFormat(format: string): TimestampFormat {
    if (format === "UNIX") {
        return { kind: "unix" };
    }
    return isoFormat.test(format) ? { kind: "iso" } : { kind: "text", pattern: translatePattern(format) };
}

/**
 * SQL for the instant that a column means, as a timestamp without zone in UTC, whole seconds. A value that carries its own offset
 * keeps its meaning; any other is read in the session's time zone, which every request sets to the source's.
 */
export function timestampExpression(column: string, format: string): string {
    const found = findTimestampFormat(format);
    switch (found.kind) {
        case "unix": {
            const number = `cast(${column} as double)`;
            const seconds = `iff(${number} > ${largestUnixSeconds}, ${number} / 1000, ${number})`;
            return `to_timestamp_ntz(cast(floor(${seconds}) as bigint))`;
        }
        case "text":
            return toUtc(`to_timestamp_ntz(to_varchar(${column}), '${found.pattern}')`);
        case "iso":
            return toUtc(column);
    }
}

function toUtc(moment: string): string {
    return `date_trunc('second', cast(convert_timezone('UTC', cast(${moment} as timestamp_tz)) as timestamp_ntz))`;
}

function translatePattern(format: string): string {
    const parts = format.match(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']+|'/g) ?? [];
    return parts.map((part) => translatePart(part, format)).join("");
}

function translatePart(part: string, format: string): string {
    const literal = /^'([^'"\\]*)'$/.exec(part)?.[1];
    const translated = literal === undefined ? fields[part] : `"${literal}"`;
    if (translated !== undefined) {
        return translated;
    }
    if (/^[-\s/.,:_]+$/.test(part)) {
        return part;
    }
    throw new ConfigError([
        {
            key: "timestamp.format",
            finding: `${JSON.stringify(format)} has ${JSON.stringify(part)}, which Snowflake cannot read; expected ${Object.keys(fields).join(", ")}, separators, text in single quotes, or UNIX`,
            fix: "write the column as a timestamp in the query and leave the format out",
        },
    ]);
}
