/*
 * Windows: half-open spans `[start, end)` of time, aligned to a detector's interval, and everything that is computed with them.
 *
 *   PT1H, UTC                      P1D, America/Santiago (the clock springs from 00:00 to 01:00 on 2026-09-06)
 *   |13:00    |14:00    |15:00     |2026-09-05, 24 h      |2026-09-06, 23 h      |2026-09-07
 *    [start    end)                  start 00:00 -04:00     start 01:00 -03:00     start 00:00 -03:00
 *
 * Intervals below a day are aligned in UTC, because a local clock shows the same hour twice in autumn: for them `timeZone` decides
 * no window. A P1D window is one local day. Instants are milliseconds since 1970 and always arguments: nothing here reads a clock.
 */

/** Half-open span `[start, end)`, milliseconds since 1970, aligned to the detector's interval. */
export interface Window {
    readonly start: number;
    readonly end: number;
}

/** The intervals that a detector may have, as ISO 8601 durations. */
export type IntervalName = "PT5M" | "PT10M" | "PT1H" | "P1D";

/** What `dueWindows` needs to know of a detector. */
export interface DueOptions {
    readonly interval: IntervalName;
    /** IANA zone in which days begin. */
    readonly timeZone: string;
    /** Seconds to wait after a window's end before it is due. */
    readonly offsetSeconds: number;
    /** Most windows to return. */
    readonly limit: number;
}

const secondMs = 1000;
const dayMs = 86_400 * secondMs;
const shortIntervalMs = { PT5M: 300 * secondMs, PT10M: 600 * secondMs, PT1H: 3600 * secondMs } as const;

/**
 * Seconds in an ISO 8601 duration of weeks, days, hours, minutes and seconds; a day is 86,400 s. Years and months have no fixed
 * length and are refused. Throws RangeError naming the text.
 */
export function durationSeconds(text: string): number {
    const parts = /^P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
    if (parts === null) {
        throw new RangeError(`"${text}" is not a duration; expected ISO 8601 such as PT5M, PT2H or P30D`);
    }
    const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0));
    const total = weeks * 604_800 + days * 86_400 + hours * 3600 + minutes * 60 + seconds;
    if (!Number.isSafeInteger(total * secondMs)) {
        throw new RangeError(`"${text}" is too long a duration`);
    }
    return total;
}

/** Start of the window that holds the instant; for P1D the first instant of the local day. */
export function floorToInterval(instant: number, interval: IntervalName, timeZone: string): number {
    if (interval !== "P1D") {
        return Math.floor(instant / shortIntervalMs[interval]) * shortIntervalMs[interval];
    }
    const day = localDay(instant, timeZone);
    // A clock put back across midnight shows yesterday's date again; that hour belongs to the day that had already begun.
    const tomorrow = startOfDay(day + dayMs, timeZone);
    return tomorrow <= instant ? tomorrow : startOfDay(day, timeZone);
}

/** End of the window that begins at `start`, which must be aligned. */
export function nextBoundary(start: number, interval: IntervalName, timeZone: string): number {
    return interval === "P1D" ? daysLater(start, 1, timeZone) : start + shortIntervalMs[interval];
}

/** The whole windows between two instants, oldest first. What is left over at either end belongs to no window. */
export function* windowsBetween(
    from: number,
    to: number,
    interval: IntervalName,
    timeZone: string,
): Generator<Window, void, undefined> {
    let start = ceilToInterval(from, interval, timeZone);
    for (let end = nextBoundary(start, interval, timeZone); end <= to; end = nextBoundary(end, interval, timeZone)) {
        yield { start, end };
        start = end;
    }
}

/**
 * The same stretch as `windowsBetween` in backfill windows, oldest first: each a whole number of intervals and at most `chunkDays`
 * days long (local days for P1D, else 24 hours); the last one may be shorter.
 */
export function* chunksBetween(
    from: number,
    to: number,
    chunkDays: number,
    interval: IntervalName,
    timeZone: string,
): Generator<Window, void, undefined> {
    if (!Number.isInteger(chunkDays) || chunkDays < 1) {
        throw new RangeError(`a backfill window cannot span ${chunkDays} days; expected a whole number of days from 1`);
    }
    const last = floorToInterval(to, interval, timeZone);
    let start = ceilToInterval(from, interval, timeZone);
    while (start < last) {
        const end = interval === "P1D" ? daysLater(start, chunkDays, timeZone) : start + chunkDays * dayMs;
        yield { start, end: Math.min(end, last) };
        start = end;
    }
}

/**
 * The windows that are due at `now` and not planned yet, oldest first: those from the frontier on (the start of the next window
 * to plan) whose end plus offset has passed. After an outage that is many, hence the limit; the next tick goes on.
 */
export function dueWindows(frontier: number, now: number, options: DueOptions): Window[] {
    const due: Window[] = [];
    const to = now - options.offsetSeconds * secondMs;
    for (const window of windowsBetween(frontier, to, options.interval, options.timeZone)) {
        if (due.length >= options.limit) {
            break;
        }
        due.push(window);
    }
    return due;
}

/** `yyyyMMddHHmm` of a window for object keys: UTC below a day; the local date and `0000` for P1D, whatever the clock shows then. */
export function pathTime(start: number, interval: IntervalName, timeZone: string): string {
    const wall = interval === "P1D" ? localDay(start, timeZone) : start;
    return new Date(wall).toISOString().replace(/\D/g, "").slice(0, 12);
}

/**
 * First instant of a calendar date (`2026-01-31`) in a zone: midnight, the first one where a clock shows two, or the instant the
 * clock was put forward where it shows none. Throws RangeError for a date that is not in the calendar.
 */
export function startOfLocalDate(date: string, timeZone: string): number {
    const wall = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : NaN;
    if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== date) {
        throw new RangeError(`"${date}" is not a date; expected yyyy-MM-dd such as 2026-01-31`);
    }
    return startOfDay(wall, timeZone);
}

/** An instant as text, in whole seconds: `2026-01-01T00:00:00Z`. */
export function formatInstant(instant: number): string {
    return new Date(instant).toISOString().replace(/\.\d+Z$/, "Z");
}

/** A window as text for messages and keys: `2026-01-01T00:00:00Z/2026-01-01T01:00:00Z`. */
export function formatWindow(window: Window): string {
    return `${formatInstant(window.start)}/${formatInstant(window.end)}`;
}

/** A window as events and inputs of state machines have it, which `parseWindow` reads. */
export const windowTexts = ({ start, end }: Window): { readonly start: string; readonly end: string } => ({
    start: formatInstant(start),
    end: formatInstant(end),
});

/** Reads a window out of an event, `{ start, end }` as ISO 8601 texts with a zone. Throws RangeError naming `name` and the finding. */
export function parseWindow(value: unknown, name: string): Window {
    if (typeof value !== "object" || value === null) {
        throw new RangeError(`${name}: ${JSON.stringify(value)} is not a window; expected {"start", "end"}`);
    }
    const { start: startText, end: endText } = value as { start?: unknown; end?: unknown };
    const start = parseInstant(startText, `${name}.start`);
    const end = parseInstant(endText, `${name}.end`);
    if (end <= start) {
        throw new RangeError(`${name}: the end ${formatInstant(end)} is not after the start ${formatInstant(start)}`);
    }
    return { start, end };
}

function parseInstant(value: unknown, name: string): number {
    const isIso =
        typeof value === "string" && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(value);
    const instant = isIso ? Date.parse(value) : NaN;
    if (Number.isNaN(instant)) {
        throw new RangeError(`${name}: ${JSON.stringify(value)} is not an instant; expected 2026-01-01T00:00:00Z`);
    }
    return instant;
}

/** Start of the first window that begins at the instant or after it. */
function ceilToInterval(instant: number, interval: IntervalName, timeZone: string): number {
    const start = floorToInterval(instant, interval, timeZone);
    return start === instant ? start : nextBoundary(start, interval, timeZone);
}

/** Start of the local day that lies `days` after the one that begins at `start`. */
function daysLater(start: number, days: number, timeZone: string): number {
    return startOfDay(localDay(start, timeZone) + days * dayMs, timeZone);
}

/** The local calendar date at an instant, as the UTC midnight of the same date. */
function localDay(instant: number, timeZone: string): number {
    return Math.floor((instant + zoneOffset(instant, timeZone)) / dayMs) * dayMs;
}

/** First instant of a local date that is given as its UTC midnight. Assumes at most one change of the clock in two days. */
function startOfDay(wall: number, timeZone: string): number {
    const before = zoneOffset(wall - dayMs, timeZone);
    const after = zoneOffset(wall + dayMs, timeZone);
    if (before === after) {
        return wall - before;
    }
    const change = clockChange(wall - dayMs, wall + dayMs, before, timeZone);
    return wall - before < change ? wall - before : Math.max(wall - after, change);
}

/** The instant in `(low, high]` from which the zone's offset is no longer `before`, to the second. */
export function clockChange(low: number, high: number, before: number, timeZone: string): number {
    while (high - low > secondMs) {
        const middle = Math.floor((low + high) / 2 / secondMs) * secondMs;
        if (zoneOffset(middle, timeZone) === before) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that a zone's clock is ahead of UTC at an instant. Throws RangeError for an unknown zone. */
export function zoneOffset(instant: number, timeZone: string): number {
    if (timeZone === "UTC") {
        return 0;
    }
    const seconds = Math.floor(instant / secondMs) * secondMs;
    const parts = formatterOf(timeZone).format(seconds).match(/\d+/g) ?? [];
    const [month = 1, day = 1, year = 1970, hour = 0, minute = 0, second = 0] = parts.map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second) - seconds;
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
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
    return formatter;
}
