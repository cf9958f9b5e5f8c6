/**
 * A templated path for the interval that starts at an instant: each `{{…}}` holds letters of `SimpleDateFormat`, rendered in the zone.
 * Throws RangeError naming a letter that is not understood.
 */
export function renderTemplate(template: string, start: number, timeZone: string): string {
    const clock = clockAt(start, timeZone);
    return template.replace(/\{\{(.*?)\}\}/g, (_, keys: string) =>
        keys.replace(/([a-zA-Z])\1*/g, (run: string, letter: string) => {
            const render = letters[letter];
            if (render === undefined)
                throw new RangeError(`path "${template}": "${letter}" is no template key; use y M d H k m s a`);
            return render(clock, run.length);
        }),
    );
}

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
    M: (clock, width) =>
        width >= 4
            ? months[clock.month - 1]!
            : width === 3
              ? months[clock.month - 1]!.slice(0, 3)
              : pad(clock.month, width),
    d: (clock, width) => pad(clock.day, width),
    H: (clock, width) => pad(clock.hour, width),
    k: (clock, width) => pad(clock.hour === 0 ? 24 : clock.hour, width),
    m: (clock, width) => pad(clock.minute, width),
    s: (clock, width) => pad(clock.second, width),
    a: (clock) => (clock.hour < 12 ? "AM" : "PM"),
};

function clockAt(instant: number, timeZone: string): Clock {
    const parts = new Intl.DateTimeFormat("en-US", {
        timeZone,
        hourCycle: "h23",
        year: "numeric",
        month: "numeric",
        day: "numeric",
        hour: "numeric",
        minute: "numeric",
        second: "numeric",
    }).formatToParts(instant);
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
