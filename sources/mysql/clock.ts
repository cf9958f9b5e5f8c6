import type { Window } from "../../pipeline/windows";
import { timestampLiteral, wallClock } from "../sql/wallClock";

/** From `from` on (milliseconds since 1970) a zone's clock is `offset` milliseconds ahead of UTC. */
interface Stretch {
    readonly from: number;
    readonly offset: number;
}

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const dayMs = 24 * 60 * minuteMs;

/**
 * SQL for the instant, in UTC, at which a clock in the zone shows `wall`, right for readings in the window and a few days around it. Written
 * out instead of left to CONVERT_TZ, whose table of zones many servers have never been given. A reading that a clock shows twice in autumn is
 * taken for the later one, and one that it skips in spring for the clock that was not put forward, as PostgreSQL and Redshift do.
 */
export function utcExpression(wall: string, timeZone: string, window: Window): string {
    if (timeZone === "UTC") return wall;
    const [first, ...changes] = stretches(timeZone, window);
    const shifted = (offset: number): string => `${wall} - interval ${offset / secondMs} second`;
    if (first === undefined || changes.length === 0) return `(${shifted(first?.offset ?? 0)})`;
    const earlier = [first, ...changes.slice(0, -1)];
    const cases = changes.map(
        ({ from, offset }, index) =>
            `when ${wall} < ${timestampLiteral(from + offset)} then ${shifted(earlier[index]?.offset ?? 0)}`,
    );
    return `(case ${cases.join(" ")} else ${shifted(changes.at(-1)?.offset ?? 0)} end)`;
}

/** The window's stretches of one offset each, with days to spare on both sides: a clock can be 26 hours away from another one's. */
function stretches(timeZone: string, { start, end }: Window): Stretch[] {
    const found: Stretch[] = [{ from: start - 2 * dayMs, offset: offsetAt(start - 2 * dayMs, timeZone) }];
    for (let low = start - 2 * dayMs; low < end + 2 * dayMs; low += dayMs) {
        const offset = offsetAt(low + dayMs, timeZone);
        if (offset !== found.at(-1)?.offset) found.push({ from: changeAfter(low, timeZone), offset });
    }
    return found;
}

/** The instant within a day of `low` at which the zone's clock is changed. Assumes one change at most. */
function changeAfter(low: number, timeZone: string): number {
    const before = offsetAt(low, timeZone);
    let [since, until] = [low, low + dayMs];
    while (until - since > secondMs) {
        const middle = Math.floor((since + until) / 2 / secondMs) * secondMs;
        if (offsetAt(middle, timeZone) === before) since = middle;
        else until = middle;
    }
    return until;
}

/** Milliseconds that a zone's clock is ahead of UTC at an instant of whole seconds. */
function offsetAt(instant: number, timeZone: string): number {
    return wallClock(instant, timeZone) - instant;
}
