import { Cron } from "croner";

/**
 * The first instant after `after` at which a schedule fires, undefined when it never does again. All instants are milliseconds since 1970.
 * `created` is when the schedule was made: rates count from there. Understands cron(…), rate(…) and at(…) of EventBridge Scheduler; throws
 * an Error that names the expression for anything else.
 */
export function nextFiring(expression: string, timeZone: string, created: number, after: number): number | undefined {
    const [, kind, text = ""] = /^(cron|rate|at)\((.*)\)$/.exec(expression) ?? [];
    switch (kind) {
        case "cron":
            return openCron(expression, text, timeZone).nextRun(new Date(after))?.getTime();
        case "rate": {
            const length = rateMs(expression, text);
            return created + (Math.floor((after - created) / length) + 1) * length;
        }
        case "at": {
            const instant = localInstant(expression, text, timeZone);
            return instant > after ? instant : undefined;
        }
        default:
            throw new Error(`"${expression}" is not a schedule; expected cron(…), rate(…) or at(…)`);
    }
}

/** The dialect of EventBridge: steps may start at a number (`2/5`), and Sunday is 1. */
const dialect = { sloppyRanges: true, alternativeWeekdays: true };

/** The six fields are minutes, hours, day of month, month, day of week (1 is Sunday), year; one of the days is a question mark. */
function openCron(expression: string, text: string, timeZone: string): Cron {
    const fields = text.trim().split(/\s+/);
    const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields;
    if (fields.length !== 6 || (dayOfMonth === "?") === (dayOfWeek === "?")) {
        throw new Error(
            `"${expression}" is not a cron schedule; expected six fields, minutes to year, with ? for exactly one of day of month and day of week`,
        );
    }
    const pattern = ["0", minutes, hours, dayOfMonth, month, dayOfWeek, year].map((field) =>
        field === "?" ? "*" : field,
    );
    try {
        return new Cron(pattern.join(" "), { ...dialect, timezone: timeZone, paused: true });
    } catch (error) {
        throw new Error(`"${expression}" is not a cron schedule: ${String(error)}`, { cause: error });
    }
}

function rateMs(expression: string, text: string): number {
    const [, amount, unit] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(text.trim()) ?? [];
    const lengths: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
    if (amount === undefined || unit === undefined) {
        throw new Error(
            `"${expression}" is not a rate; expected one such as rate(5 minutes), rate(1 hour), rate(2 days)`,
        );
    }
    return Number(amount) * lengths[unit]!;
}

function localInstant(expression: string, text: string, timeZone: string): number {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) {
        throw new Error(`"${expression}" is not an instant; expected one such as at(2026-01-31T09:00:00)`);
    }
    const run = new Cron(text, { timezone: timeZone, paused: true }).nextRun(new Date(0));
    if (run === null) {
        throw new Error(`"${expression}" is not an instant that exists`);
    }
    return run.getTime();
}
