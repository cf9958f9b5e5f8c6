import { wallClock } from "../detection/worker/wallClock";
import type { Notice } from "./notice";

const numbers = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const wholeNumbers = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A number for people: four digits that count, and thousands apart. */
export const numberText = (value: number): string =>
    Math.abs(value) >= 1000 ? wholeNumbers.format(value) : numbers.format(value);

/** ` (+331 %)`; nothing where the expectation is zero or the difference is below a per cent. */
export function changeText(value: number, expected: number): string {
    const change = Math.round(100 * (value / expected - 1));
    if (!Number.isFinite(change) || change === 0 || expected < 0) return "";
    return ` (${change > 0 ? "+" : "−"}${wholeNumbers.format(Math.abs(change))} %)`;
}

const lengthsMs = { PT5M: 300_000, PT10M: 600_000, PT1H: 3_600_000, P1D: 86_400_000 } as const;

/** `2021-02-14 04:00 UTC`; a day is its date. */
export function startText({ start, interval, timeZone }: Pick<Notice, "start" | "interval" | "timeZone">): string {
    const { date, time } = wallClock(start, timeZone);
    return interval === "P1D" ? date : `${date} ${time} ${timeZone}`;
}

/** From the group's first interval to the end of its latest: `2021-02-14 04:00 to 06:00 UTC`. */
export function periodText({ start, end, interval, timeZone }: Notice): string {
    const from = wallClock(start, timeZone);
    if (interval === "P1D") {
        const last = wallClock(end, timeZone).date;
        return last === from.date ? last : `${from.date} to ${last}`;
    }
    const to = wallClock(end + lengthsMs[interval], timeZone);
    return `${from.date} ${from.time} to ${to.date === from.date ? "" : `${to.date} `}${to.time} ${timeZone}`;
}
