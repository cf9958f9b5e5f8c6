import { clockText } from "./wallClock";
import type { Window } from "../../pipeline/windows";

/*
 * First filters on a column itself, for queries that do not bound themselves: they let through at least what the exact filter does, and are of
 * a form that databases can answer from partitions and from the least and the greatest value of a block of rows.
 */

/**
 * Widest difference between UTC and the clock that a value shows: 14 hours of its own zone and 12 of the source's, for values whose zone is
 * left out of the comparison.
 */
const slackMs = 26 * 3600 * 1000;

/** Clock readings between which every row of a window lies, whatever zone its value is in. */
export function coarseBounds({ start, end }: Window): Window {
    return { start: start - slackMs, end: end + slackMs };
}

/** The same as days, `yyyy-MM-dd`: text in ISO 8601 that lies between them compares as text. `end` is the first day after the window. */
export function coarseDays(window: Window): { readonly start: string; readonly end: string } {
    const { start, end } = coarseBounds(window);
    const dayOf = (instant: number): string => clockText(instant).slice(0, 10);
    return { start: dayOf(start), end: dayOf(end + 24 * 3600 * 1000) };
}

/** A condition on a number that counts seconds or milliseconds since 1970, whichever it is; one second more at both ends for fractions. */
export function coarseUnix(number: string, { start, end }: Window): string {
    const within = (factor: number): string => {
        const [from, to] = [start / 1000 - 1, end / 1000 + 1].map((seconds) => seconds * factor);
        return `${number} >= ${from} and ${number} < ${to}`;
    };
    return `(${within(1)} or ${within(1000)})`;
}
