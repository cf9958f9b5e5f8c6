/** Reads a timestamp as milliseconds since 1970; NaN for text that is not written so. */
export type TimestampReader = (text: string) => number;

/** Above this a `UNIX` timestamp counts milliseconds, else seconds. */
const largestSeconds = 94_694_400_000;

type Part = "year" | "month" | "day" | "hour" | "hour12" | "half" | "minute" | "second" | "fraction" | "offset";

/** By the first that fits: two letters are two digits, one letter is one or two. */
const parts: readonly (readonly [RegExp, Part, string])[] = [
    [/^y{4}/, "year", "(\\d{4})"],
    [/^yy/, "year", "(\\d{2})"],
    [/^MM/, "month", "(\\d{2})"],
    [/^M/, "month", "(\\d{1,2})"],
    // Real configurations write DD and mean the day of the month.
    [/^(dd|DD)/, "day", "(\\d{2})"],
    [/^d/, "day", "(\\d{1,2})"],
    [/^HH/, "hour", "(\\d{2})"],
    [/^H/, "hour", "(\\d{1,2})"],
    [/^hh/, "hour12", "(\\d{2})"],
    [/^h/, "hour12", "(\\d{1,2})"],
    [/^mm/, "minute", "(\\d{2})"],
    [/^m/, "minute", "(\\d{1,2})"],
    [/^ss/, "second", "(\\d{2})"],
    [/^s/, "second", "(\\d{1,2})"],
    [/^S{1,9}/, "fraction", "(\\d{1,9})"],
    [/^a/, "half", "([AaPp][Mm])"],
    [/^X{1,3}/, "offset", "(Z|[+-]\\d{2}(?::?\\d{2})?)"],
];

/**
 * A reader for a Java pattern (`yyyy-MM-dd HH:mm:ss`) or `UNIX`; a pattern without a zone is read in `timeZone`. Letters in single quotes
 * and anything that is no letter stand for themselves. Throws RangeError naming the letter that is not understood.
 */
export function timestampReader(format: string, timeZone: string): TimestampReader {
    if (format === "UNIX") return readUnix;
    const order: Part[] = [];
    let pattern = "";
    for (let rest = format; rest !== "";) {
        const [text, part, expression] = nextPart(rest, format);
        if (part !== undefined) order.push(part);
        pattern += expression;
        rest = rest.slice(text.length);
    }
    if (!order.includes("year") || !order.includes("month") || !order.includes("day"))
        throw new RangeError(`timestamp format "${format}" has no date; expected yyyy, MM and dd in it, or UNIX`);
    if (order.includes("hour12") && !order.includes("half"))
        throw new RangeError(
            `timestamp format "${format}" has hours 1 to 12 (hh) and no half of the day (a); use HH or add a`,
        );
    const expression = new RegExp(`^${pattern}$`);
    let [lastText, lastInstant] = ["", NaN];
    return (text) => {
        // A file holds many rows of one interval, and most of them lie together.
        if (text === lastText) return lastInstant;
        const match = expression.exec(text.trim());
        lastText = text;
        lastInstant = match === null ? NaN : instantOf(order, match, timeZone);
        return lastInstant;
    };
}

function readUnix(text: string): number {
    if (!/^\s*\d+(\.\d+)?\s*$/.test(text)) return NaN;
    const value = Number(text);
    return value > largestSeconds ? value : value * 1000;
}

function nextPart(rest: string, format: string): readonly [string, Part | undefined, string] {
    for (const [start, part, expression] of parts) {
        const text = start.exec(rest)?.[0];
        if (text !== undefined) return [text, part, expression];
    }
    const quoted = /^'((?:[^']|'')*)'/.exec(rest);
    if (quoted !== null)
        return [quoted[0], undefined, literal(quoted[1] === "" ? "'" : quoted[1]!.replace(/''/g, "'"))];
    const letter = rest[0]!;
    // An ISO pattern is often written with a bare T or Z.
    if (/[a-zA-Z]/.test(letter) && letter !== "T" && letter !== "Z")
        throw new RangeError(
            `timestamp format "${format}": "${letter}" is not understood; use yyyy MM dd HH hh mm ss a X, or quote letters that stand for themselves`,
        );
    return [letter, undefined, literal(letter)];
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

function instantOf(order: readonly Part[], match: RegExpExecArray, timeZone: string): number {
    let [year, month, day, hour, minute, second, fraction] = [0, 0, 0, 0, 0, 0, 0];
    let half: string | undefined;
    let offset: string | undefined;
    for (let i = 0; i < order.length; i++) {
        const text = match[i + 1]!;
        const value = Number(text);
        if (order[i] === "year") year = text.length === 2 ? 2000 + value : value;
        else if (order[i] === "month") month = value;
        else if (order[i] === "day") day = value;
        else if (order[i] === "hour") hour = value;
        else if (order[i] === "hour12") hour = value === 12 ? 0 : value >= 1 && value < 12 ? value : NaN;
        else if (order[i] === "minute") minute = value;
        else if (order[i] === "second") second = value;
        else if (order[i] === "fraction") fraction = Number(`0.${text}`) * 1000;
        else if (order[i] === "offset") offset = text;
        else half = text.toLowerCase();
    }
    if (half === "pm") hour += 12;
    const wall = Date.UTC(year, month - 1, day, hour, minute, second) + fraction;
    // Date.UTC carries 31 February over into March; such a date is not one.
    const isDate = new Date(wall).getUTCDate() === day && month <= 12 && hour < 24 && minute < 60 && second < 60;
    if (!isDate) return NaN;
    if (offset !== undefined) return wall - minutesOf(offset) * 60_000;
    return timeZone === "UTC" ? wall : wall - offsetAt(wall, timeZone);
}

/** Minutes of `+05:30`, `-0800`, `+02` or `Z`. */
function minutesOf(offset: string): number {
    const digits = offset.replace(/\D/g, "").padEnd(4, "0");
    const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
    return offset.startsWith("-") ? -minutes : minutes;
}

const offsets = new Map<string, number>();
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that the zone's clock is ahead of UTC when it shows `wall`. Of two equal local times in autumn the first is taken. */
function offsetAt(wall: number, timeZone: string): number {
    const quarter = Math.floor(wall / 900_000) * 900_000;
    const key = `${timeZone} ${quarter}`;
    const known = offsets.get(key);
    if (known !== undefined) return known;
    const before = zoneOffset(quarter - zoneOffset(quarter - 86_400_000, timeZone), timeZone);
    const offset = zoneOffset(quarter - before, timeZone);
    if (offsets.size > 100_000) offsets.clear();
    offsets.set(key, offset);
    return offset;
}

function zoneOffset(instant: number, timeZone: string): number {
    let formatter = formatters.get(timeZone);
    if (formatter === undefined) {
        formatter = new Intl.DateTimeFormat("en-US", {
            timeZone,
            hourCycle: "h23",
            year: "numeric",
            month: "numeric",
            day: "numeric",
            hour: "numeric",
            minute: "numeric",
            second: "numeric",
        });
        formatters.set(timeZone, formatter);
    }
    const [month = 1, day = 1, year = 1970, hour = 0, minute = 0, second = 0] = (
        formatter.format(instant).match(/\d+/g) ?? []
    ).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}
