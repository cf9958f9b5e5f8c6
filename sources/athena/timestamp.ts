import { ConfigError } from "../../errors";

/** How a timestamp column is written: a real timestamp or ISO text, seconds or milliseconds since 1970, or text by a pattern. */
export type TimestampFormat =
    | { readonly kind: "iso" }
    | { readonly kind: "unix" }
    /** `pattern` is one of `parse_datetime`, such as `dd.MM.yyyy HH:mm`. */
    | { readonly kind: "text"; readonly pattern: string };

/** Formats whose text `from_iso8601_timestamp` understands; what follows the minutes is its business. */
const isoFormat = /^yyyy-MM-(dd|DD)((\s|T|'T')HH:mm(:ss([.,][Sn]+)?)?(\s?('Z'|[XxZz]{1,5}))?)?$/;

/** Letters that `parse_datetime` reads as Java does; `DD` is read as day of month, as real configurations mean it. */
const fields: Readonly<Record<string, string>> = {
    yyyy: "yyyy",
    yy: "yy",
    MM: "MM",
    MMM: "MMM",
    MMMM: "MMMM",
    dd: "dd",
    DD: "dd",
    HH: "HH",
    hh: "hh",
    mm: "mm",
    ss: "ss",
    SSS: "SSS",
    SSSSSS: "SSSSSS",
    a: "a",
};

/** Above it a number of the format `UNIX` counts milliseconds, else seconds; the detection service draws the same line. */
const largestUnixSeconds = 94_694_400_000;

/** What a Java date pattern, or `UNIX`, means to Athena. Throws ConfigError for a pattern that cannot be translated. */
export function findTimestampFormat(format: string): TimestampFormat {
    if (format === "UNIX") {
        return { kind: "unix" };
    }
    return isoFormat.test(format) ? { kind: "iso" } : { kind: "text", pattern: translatePattern(format) };
}

/**
 * SQL for the instant that a column means, as a timestamp without zone in UTC, whole seconds. A value that carries its own offset
 * keeps its meaning, any other is read in `timeZone`. Athena's sessions are in UTC and cannot be put into another zone.
 */
export function timestampExpression(column: string, format: string, timeZone: string): string {
    const found = findTimestampFormat(format);
    switch (found.kind) {
        case "unix": {
            const number = `cast(${column} as double)`;
            const seconds = `case when ${number} > ${largestUnixSeconds} then ${number} / 1000 else ${number} end`;
            return utcSeconds(`from_unixtime(floor(${seconds}))`);
        }
        case "text":
            return fromClock(
                `cast(parse_datetime(cast(${column} as varchar), '${found.pattern}') as timestamp(6))`,
                timeZone,
            );
        case "iso":
            return isoExpression(column, timeZone);
    }
}

/** One expression for columns of any type: `typeof` decides, and is decided before a row is read. */
function isoExpression(column: string, timeZone: string): string {
    const type = `typeof(${column})`;
    const text = `cast(${column} as varchar)`;
    // A T before the time and no blank before the offset: then it is ISO 8601. (Engines differ in what regular expressions may hold.)
    const time = `substr(${text}, 1, 10) || 'T' || replace(substr(${text}, 12), ' ', '')`;
    const iso = `from_iso8601_timestamp(case when length(${text}) > 10 then ${time} else ${text} end)`;
    const isText = `(${type} like 'varchar%' or ${type} like 'char%')`;
    const zoned = `cast(${column} as timestamp(6) with time zone)`;
    const cases = [`when ${type} like '%with time zone' then ${utcSeconds(zoned)}`];
    if (timeZone === "UTC") {
        cases.push(`when ${isText} then ${utcSeconds(iso)}`);
    } else {
        // A date has hyphens too, but before any colon.
        const hasOffset = `(${text} like '%:%+%' or ${text} like '%:%-%' or ${text} like '%Z')`;
        cases.push(
            `when ${isText} and ${hasOffset} then ${utcSeconds(iso)}`,
            `when ${isText} then ${fromClock(`cast(${iso} as timestamp(6))`, timeZone)}`,
        );
    }
    return `case ${cases.join(" ")} else ${fromClock(`cast(${column} as timestamp(6))`, timeZone)} end`;
}

/** A clock reading of the zone, as an instant. */
function fromClock(wall: string, timeZone: string): string {
    return timeZone === "UTC"
        ? `date_trunc('second', ${wall})`
        : utcSeconds(`with_timezone(${wall}, '${checkedZone(timeZone)}')`);
}

/** A timestamp with zone as what a clock in UTC shows, whole seconds: rounded down, or the last half second would be the next one. */
function utcSeconds(zoned: string): string {
    return `cast(at_timezone(date_trunc('second', ${zoned}), 'UTC') as timestamp(6))`;
}

/** Zone names stand in SQL between quotes; none that could end them gets that far. */
function checkedZone(timeZone: string): string {
    if (!/^[A-Za-z0-9_+/-]+$/.test(timeZone)) {
        const finding = `${JSON.stringify(timeZone)} is not an IANA time zone; expected such as UTC`;
        throw new ConfigError([{ key: "sourceTimeZone", finding }]);
    }
    return timeZone;
}

function translatePattern(format: string): string {
    const parts = format.match(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']+|'/g) ?? [];
    return parts.map((part) => translatePart(part, format)).join("");
}

/** Text in quotes is doubly quoted: the pattern stands in a literal. */
function translatePart(part: string, format: string): string {
    const literal = /^'([^']*)'$/.exec(part)?.[1];
    const translated = literal === undefined ? fields[part] : `''${literal}''`;
    if (translated !== undefined) {
        return translated;
    }
    if (/^[-\s/.,:_]+$/.test(part)) {
        return part;
    }
    throw new ConfigError([
        {
            key: "timestamp.format",
            finding: `${JSON.stringify(format)} has ${JSON.stringify(part)}, which Athena cannot read; expected ${Object.keys(fields).join(", ")}, separators, text in single quotes, or UNIX`,
            fix: "write the column as a timestamp in the query and leave the format out",
        },
    ]);
}
