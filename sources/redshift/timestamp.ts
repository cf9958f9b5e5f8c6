import { ConfigError } from "../../errors";

/** How a timestamp column is written: a real timestamp or ISO text, seconds or milliseconds since 1970, or text by a pattern. */
export type TimestampFormat =
    | { readonly kind: "iso" }
    | { readonly kind: "unix" }
    /** `pattern` is Redshift's, such as `DD.MM.YYYY HH24:MI`. */
    | { readonly kind: "text"; readonly pattern: string };

/** Formats whose text a cast understands; what follows the minutes (seconds, fraction, offset) is the cast's business. */
const isoFormat = /^yyyy-MM-(dd|DD)((\s|T|'T')HH:mm(:ss([.,][Sn]+)?)?(\s?('Z'|[XxZz]{1,5}))?)?$/;

/** Java's letters and what Redshift calls the same; `DD` is read as day of month, as real configurations mean it. */
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
};

/** Above it a number of the format `UNIX` counts milliseconds, else seconds; the detection service draws the same line. */
const largestUnixSeconds = 94_694_400_000;

/** What a Java date pattern, or `UNIX`, means to Redshift. Throws ConfigError for a pattern that cannot be translated. */
export function findTimestampFormat(format: string): TimestampFormat {
    if (format === "UNIX") {
        return { kind: "unix" };
    }
    return isoFormat.test(format) ? { kind: "iso" } : { kind: "text", pattern: translatePattern(format) };
}

/**
 * SQL for the instant that a column means, as a timestamp without zone in UTC. The session's time zone, which belongs to the
 * database user, changes nothing: a value that carries its own offset keeps its meaning, any other is read in `timeZone`.
 */
export function timestampExpression(column: string, format: string, timeZone: string): string {
    const found = findTimestampFormat(format);
    switch (found.kind) {
        case "unix": {
            const number = `cast(${column} as double precision)`;
            const seconds = `case when ${number} > ${largestUnixSeconds} then ${number} / 1000 else ${number} end`;
            return `timestamp '1970-01-01 00:00:00' + floor(${seconds}) * interval '1 second'`;
        }
        case "text":
            // to_timestamp reads a clock in the session's zone, and the cast takes the same zone off again.
            return toUtc(`cast(to_timestamp(${column}, '${found.pattern}') as timestamp)`, timeZone);
        case "iso": {
            // As text a value shows whether it has an offset; a date alone has hyphens too, but before any colon.
            const text = `cast(${column} as varchar(64))`;
            const hasOffset = `${text} like '%:%+%' or ${text} like '%:%-%' or ${text} like '%Z'`;
            const withOffset = `cast(${text} as timestamptz) at time zone 'UTC'`;
            return `case when ${hasOffset} then ${withOffset} else ${toUtc(`cast(${text} as timestamp)`, timeZone)} end`;
        }
    }
}

function toUtc(wall: string, timeZone: string): string {
    return timeZone === "UTC" ? wall : `(${wall} at time zone '${checkedZone(timeZone)}') at time zone 'UTC'`;
}

/** Zone names stand in SQL between quotes; none that could end them gets that far. */
function checkedZone(timeZone: string): string {
    if (!/^[A-Za-z0-9_+/-]+$/.test(timeZone)) {
        throw new ConfigError([
            {
                key: "sourceTimeZone",
                finding: `${JSON.stringify(timeZone)} is not an IANA time zone; expected such as UTC`,
            },
        ]);
    }
    return timeZone;
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
            finding: `${JSON.stringify(format)} has ${JSON.stringify(part)}, which Redshift cannot read; expected ${Object.keys(fields).join(", ")}, separators, text in single quotes, or UNIX`,
            fix: "write the column as a timestamp in the query and leave the format out",
        },
    ]);
}
