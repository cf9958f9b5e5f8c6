import { ConfigError } from "../../errors";
import { isoFormat, largestUnixSeconds } from "../sql/timestampFormat";
import { wallClock } from "../sql/wallClock";

/** Reads a value as milliseconds since 1970; NaN for what is not written so. */
export type ReadTimestamp = (value: string) => number;

/** More than any zone's clock has ever been from UTC, milliseconds. */
export const widestZoneMs = 16 * 3_600_000;

/** Clocks are set on a quarter of an hour, so that they are as far from UTC throughout one. */
const quarterMs = 900_000;
const keptQuarters = 10_000;

const isoText =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/;

const fields: Readonly<Record<string, string>> = {
    yyyy: "(?<year>\\d{4})",
    MM: "(?<month>\\d{2})",
    dd: "(?<day>\\d{2})",
    DD: "(?<day>\\d{2})",
    HH: "(?<hour>\\d{2})",
    mm: "(?<minute>\\d{2})",
    ss: "(?<second>\\d{2})",
    T: "T",
    Z: "(?<offset>Z|[+-]\\d{2}:?\\d{2})",
    XXX: "(?<offset>Z|[+-]\\d{2}:?\\d{2})",
};

/** The instant of a number of the format `UNIX`, in milliseconds. */
export const unixInstant = (number: number): number => (number > largestUnixSeconds ? number : number * 1000);

const decimalNumber = /^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$/;

/**
 * A reader for a detector's `timestamp.format`. ISO 8601 is read whatever the format: it is how Parquet's own times come. A value without a zone
 * is a clock's reading in `timeZone`. Throws ConfigError.
 */
export function timestampReader(format: string, timeZone: string): ReadTimestamp {
    const fromClock = clockReader(timeZone);
    const readIso = isoReader(fromClock);
    if (isoFormat.test(format)) return readIso;
    if (format === "UNIX")
        return (value) => {
            const text = value.trim();
            return decimalNumber.test(text) ? unixInstant(Number(text)) : readIso(text);
        };
    const pattern = patternOf(format);
    return (value) => {
        const groups = pattern.exec(value.trim())?.groups;
        return groups === undefined ? readIso(value) : instantOf(groups, fromClock);
    };
}

const isoReader =
    (fromClock: FromClock): ReadTimestamp =>
    (value) => {
        const [, year, month, day, hour, minute, second, fraction, offset] = isoText.exec(value.trim()) ?? [];
        return year === undefined
            ? NaN
            : instantOf({ year, month, day, hour, minute, second, fraction, offset }, fromClock);
    };

type Parts = Readonly<
    Partial<Record<"year" | "month" | "day" | "hour" | "minute" | "second" | "fraction" | "offset", string>>
>;

function instantOf(parts: Parts, fromClock: FromClock): number {
    const { year, month = "01", day = "01", hour = "00", minute = "00", second = "00", fraction = "", offset } = parts;
    const date = new Date(0);
    const midnight = date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
    // A 30 February would be read as the first of March.
    if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return NaN;
    if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return NaN;
    const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
    const wall = midnight + seconds * 1000 + (fraction === "" ? 0 : Number(`${fraction}00`.slice(0, 3)));
    if (offset === undefined) return fromClock(wall);
    if (offset === "Z" || offset === "UTC") return wall;
    const [, sign, hours = "", minutes = "0"] = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset) ?? [];
    return wall - (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

type FromClock = (wall: number) => number;

/** Gives the instant at which a zone's clock shows so much. A reading that it shows twice is the later one, one that it skips an hour on. */
function clockReader(timeZone: string): FromClock {
    if (timeZone === "UTC") return (wall) => wall;
    const kept = new Map<number, number>();
    return (wall) => {
        const quarter = Math.floor(wall / quarterMs) * quarterMs;
        let behind = kept.get(quarter);
        if (behind === undefined) {
            if (kept.size >= keptQuarters) kept.clear();
            behind = quarter - instantAt(quarter, timeZone);
            kept.set(quarter, behind);
        }
        return wall - behind;
    };
}

function instantAt(wall: number, timeZone: string): number {
    const aheadAt = (instant: number): number => wallClock(instant, timeZone) - instant;
    const guess = wall - aheadAt(wall);
    const later = wall - aheadAt(guess + 3_600_000);
    return wallClock(later, timeZone) === wall ? later : wall - aheadAt(guess);
}

function patternOf(format: string): RegExp {
    const parts = format.match(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']+|'/g) ?? [];
    const expression = parts.map((part) => {
        const quoted = /^'([^']*)'$/.exec(part)?.[1];
        const known = quoted ?? (/[A-Za-z']/.test(part) ? undefined : part);
        const found = known === undefined ? fields[part] : known.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
        if (found !== undefined) return found;
        throw new ConfigError([
            {
                key: "timestamp.format",
                finding: `${JSON.stringify(format)} has ${JSON.stringify(part)}, which a source of the type s3 cannot read; expected ${Object.keys(fields).join(", ")}, or UNIX`,
            },
        ]);
    });
    return new RegExp(`^${expression.join("")}$`);
}
