import {
    checkedZone,
    largestUnixSeconds,
    type PatternSpelling,
    timestampFormat,
    type TimestampFormat,
} from "../sql/timestampFormat";

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

/** Text in quotes is doubly quoted: the pattern stands in a literal. */
const spelling: PatternSpelling = { database: "Athena", fields, literal: (text) => `''${text}''` };

/** What a Java date pattern, or `UNIX`, means to Athena. Throws ConfigError for a pattern that cannot be translated. */
export const findTimestampFormat = (format: string): TimestampFormat => timestampFormat(format, spelling);

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
