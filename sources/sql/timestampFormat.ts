import { ConfigError } from "../../errors";

/** How a timestamp column is written: a real timestamp or ISO text, seconds or milliseconds since 1970, or text by a pattern. */
export type TimestampFormat =
    | { readonly kind: "iso" }
    | { readonly kind: "unix" }
    /** `pattern` is the database's own, such as `DD.MM.YYYY HH24:MI`. */
    | { readonly kind: "text"; readonly pattern: string };

/** How one database spells a Java date pattern. */
export interface PatternSpelling {
    /** The database's name, for people. */
    readonly database: string;
    /** Java's letters and what the database calls the same; `DD` is read as day of month, as real configurations mean it. */
    readonly fields: Readonly<Record<string, string>>;
    /** Text that stood in single quotes, as it stands in the pattern; undefined where it would end the pattern or the literal around it. */
    readonly literal: (text: string) => string | undefined;
}

/** Java's letters and what `to_timestamp` of PostgreSQL and its kin calls the same; `DD` is read as day of month. */
export const toTimestampFields: Readonly<Record<string, string>> = {
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

/** Formats that are ISO 8601; what follows the minutes (seconds, fraction, offset) may be there or not. */
export const isoFormat = /^yyyy-MM-(dd|DD)((\s|T|'T')HH:mm(:ss([.,][Sn]+)?)?(\s?('Z'|[XxZz]{1,5}))?)?$/;

/** Above it a number of the format `UNIX` counts milliseconds, else seconds; the detection service draws the same line. */
export const largestUnixSeconds = 94_694_400_000;

/** What a Java date pattern, or `UNIX`, means to a database. Throws ConfigError for a pattern that it cannot read. */
export function timestampFormat(format: string, spelling: PatternSpelling): TimestampFormat {
    if (format === "UNIX") return { kind: "unix" };
    return isoFormat.test(format) ? { kind: "iso" } : { kind: "text", pattern: translatePattern(format, spelling) };
}

/** A Java date pattern in a database's spelling. Throws ConfigError, which names the part that cannot be translated. */
export function translatePattern(format: string, spelling: PatternSpelling): string {
    return patternParts(format)
        .map((part) => translatePart(part, format, spelling))
        .join("");
}

/** A pattern's parts: text in single quotes, runs of one letter, and what stands between. */
export function patternParts(format: string): string[] {
    return format.match(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']+|'/g) ?? [];
}

/** Text as a pattern has it in double quotes; undefined for what would end them, or the literal around the pattern. */
export const inDoubleQuotes = (text: string): string | undefined => (/["\\]/.test(text) ? undefined : `"${text}"`);

function translatePart(part: string, format: string, { database, fields, literal }: PatternSpelling): string {
    const quoted = /^'([^']*)'$/.exec(part)?.[1];
    const translated = quoted === undefined ? fields[part] : literal(quoted);
    if (translated !== undefined) return translated;
    if (/^[-\s/.,:_]+$/.test(part)) return part;
    throw new ConfigError([
        {
            key: "timestamp.format",
            finding: `${JSON.stringify(format)} has ${JSON.stringify(part)}, which ${database} cannot read; expected ${Object.keys(fields).join(", ")}, separators, text in single quotes, or UNIX`,
            fix: "write the column as a timestamp in the query and leave the format out",
        },
    ]);
}

/** A zone's name for SQL, where it stands between quotes: none that could end them gets that far. Throws ConfigError. */
export function checkedZone(timeZone: string): string {
    if (!/^[A-Za-z0-9_+/-]+$/.test(timeZone)) {
        const finding = `${JSON.stringify(timeZone)} is not an IANA time zone; expected such as UTC`;
        throw new ConfigError([{ key: "sourceTimeZone", finding }]);
    }
    return timeZone;
}
