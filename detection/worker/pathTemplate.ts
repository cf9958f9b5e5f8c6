/**
 * A templated path for the interval that starts at an instant: each `{{…}}` holds letters of Java's `SimpleDateFormat`, rendered in the
 * zone; what is in single quotes, and what is no letter, stands for itself. Throws RangeError naming a letter that is not understood.
 */
export function renderTemplate(template: string, start: number, timeZone: string): string {
    const clock = clockAt(start, timeZone);
    // With a half of the day in the path, `k` counts the hours of that half.
    const isHalved = keysOf(template).some((keys) => /a/.test(keys.replace(quoted, "")));
    const render = (letter: string, width: number): string => {
        if (letter === "k" && isHalved) return pad(clock.hour % 12, width);
        const write = letters[letter];
        if (write === undefined)
            throw new RangeError(`path "${template}": "${letter}" is no template key; use y Y M d a H k h K m s`);
        return write(clock, width);
    };
    return template.replace(braces, (_, keys: string) =>
        keys.replace(/'([^']*)'|([a-zA-Z])\2*/g, (run: string, literal: string | undefined, letter: string) =>
            literal === undefined ? render(letter, run.length) : literal === "" ? "'" : literal,
        ),
    );
}

/** Whether a path has a template key at all; without one it is the same place for every interval. */
export const hasKey = (template: string): boolean =>
    keysOf(template).some((keys) => /[a-zA-Z]/.test(keys.replace(quoted, "")));

/** What a templated path begins with, whatever the interval: all before its first key. */
export const fixedPart = (template: string): string => template.split("{{", 1)[0]!;

const braces = /\{\{(.*?)\}\}/g;
const quoted = /'[^']*'/g;
const keysOf = (template: string): string[] => [...template.matchAll(braces)].map((match) => match[1]!);

interface Clock {
    readonly year: number;
    readonly month: number;
    readonly day: number;
    readonly hour: number;
    readonly minute: number;
    readonly second: number;
}

const months = "January February March April May June July August September October November December".split(" ");
const pad = (value: number, width: number): string => String(value).padStart(width, "0");

const year = (value: number, width: number): string => (width === 2 ? pad(value % 100, 2) : pad(value, width));

const letters: Readonly<Record<string, (clock: Clock, width: number) => string>> = {
    y: (clock, width) => year(clock.year, width),
    Y: (clock, width) => year(weekYear(clock), width),
    M: (clock, width) => (width < 3 ? pad(clock.month, width) : months[clock.month - 1]!.slice(0, width > 3 ? 9 : 3)),
    d: (clock, width) => pad(clock.day, width),
    H: (clock, width) => pad(clock.hour, width),
    k: (clock, width) => pad(clock.hour === 0 ? 24 : clock.hour, width),
    h: (clock, width) => pad(clock.hour % 12 === 0 ? 12 : clock.hour % 12, width),
    K: (clock, width) => pad(clock.hour % 12, width),
    m: (clock, width) => pad(clock.minute, width),
    s: (clock, width) => pad(clock.second, width),
    a: (clock) => (clock.hour < 12 ? "AM" : "PM"),
};

/** Year that a date's week belongs to, as Java has it by default: weeks begin on Sunday, and that of 1 January is the year's first. */
function weekYear({ year: inYear, month, day }: Clock): number {
    const date = new Date(Date.UTC(inYear, month - 1, day));
    const saturday = Date.UTC(inYear, month - 1, day + 6 - date.getUTCDay());
    return new Date(saturday).getUTCFullYear();
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function clockAt(instant: number, timeZone: string): Clock {
    if (timeZone === "UTC") {
        const [date, time] = new Date(instant).toISOString().split("T") as [string, string];
        const [inYear, month, day] = date.split("-").map(Number) as [number, number, number];
        const [hour, minute, second] = time.split(/[:.]/).map(Number) as [number, number, number];
        return { year: inYear, month, day, hour, minute, second };
    }
    let formatter = formatters.get(timeZone);
    if (formatter === undefined) {
        const numeric = "numeric" as const;
        const members = {
            year: numeric,
            month: numeric,
            day: numeric,
            hour: numeric,
            minute: numeric,
            second: numeric,
        };
        formatter = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", ...members });
        formatters.set(timeZone, formatter);
    }
    const parts = formatter.formatToParts(instant);
    const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)?.value ?? 0);
    return {
        year: part("year"),
        month: part("month"),
        day: part("day"),
        hour: part("hour"),
        minute: part("minute"),
        second: part("second"),
    };
}
