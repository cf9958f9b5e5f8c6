import {
    checkedZone,
    inDoubleQuotes,
    largestUnixSeconds,
    type PatternSpelling,
    timestampFormat,
    type TimestampFormat,
    toTimestampFields,
} from "../sql/timestampFormat";

const spelling: PatternSpelling = { database: "Redshift", fields: toTimestampFields, literal: inDoubleQuotes };

/** What a Java date pattern, or `UNIX`, means to Redshift. Throws ConfigError for a pattern that cannot be translated. */
export const findTimestampFormat = (format: string): TimestampFormat => timestampFormat(format, spelling);

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
