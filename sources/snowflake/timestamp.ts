import {
    inDoubleQuotes,
    largestUnixSeconds,
    type PatternSpelling,
    timestampFormat,
    type TimestampFormat,
    toTimestampFields,
} from "../sql/timestampFormat";

const spelling: PatternSpelling = {
    database: "Snowflake",
    fields: { ...toTimestampFields, MMM: "MON", MMMM: "MMMM", SSS: "FF3", SSSSSS: "FF6" },
    literal: inDoubleQuotes,
};

/** What a Java date pattern, or `UNIX`, means to Snowflake. Throws ConfigError for a pattern that cannot be translated. */
export const findTimestampFormat = (format: string): TimestampFormat => timestampFormat(format, spelling);

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
