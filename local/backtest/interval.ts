import type { Clock } from "../../detection/engine/clock";
import { clockFrom } from "../../detection/worker/calendar";
import { durationSeconds, startOfLocalDate } from "../../pipeline/windows";
import { quoteText } from "../../sources/duckdb/quoting";
import { UsageError } from "../serve/options";

const daySeconds = 86_400;
const weekDays = 7;
/** 1970-01-01 was a Thursday; weeks begin on Mondays. */
const firstMonday = 4;

/** Between an interval's ordinal and its start. Whole days are counted by the dates of a zone, shorter intervals in UTC, as production does. */
export interface Timeline {
    readonly seconds: number;
    /** Whole days in an interval; undefined below a day, and for what is not whole days. */
    readonly days?: number;
    /** IANA zone in which days begin. */
    readonly timeZone: string;
}

/** Seconds of `--interval`. Throws UsageError for what is no duration or below a minute. */
export function parseInterval(text: string): number {
    let seconds: number;
    try {
        seconds = durationSeconds(text);
    } catch {
        throw new UsageError(
            `--interval ${text} is not a duration; expected ISO 8601 of fixed length, such as PT1M, PT15M, PT1H, P1D or P7D`,
        );
    }
    if (seconds < 60)
        throw new UsageError(`--interval ${text} is shorter than a minute; the detector takes PT1M and more`);
    return seconds;
}

export const timelineOf = (seconds: number, timeZone: string): Timeline =>
    seconds % daySeconds === 0 ? { seconds, days: seconds / daySeconds, timeZone } : { seconds, timeZone };

/** Days by which the count of intervals of so many days is shifted, so that whole weeks begin on Mondays. */
const shiftOf = (days: number): number => (days % weekDays === 0 ? firstMonday : 0);

/** SQL for the ordinal of the interval that an instant (a `timestamp` in UTC) lies in; `instant` is a name. */
export function positionSql(instant: string, { seconds, days, timeZone }: Timeline): string {
    if (days === undefined) return `cast(floor(epoch_us(${instant}) / ${seconds * 1_000_000}) as bigint)`;
    const local = timeZone === "UTC" ? instant : `timezone(${quoteText(timeZone)}, timezone('UTC', ${instant}))`;
    const date = `date_diff('day', date '1970-01-01', cast(${local} as date))`;
    return `cast(floor((${date} - ${shiftOf(days)}) / ${days}) as bigint)`;
}

/** Start of an interval, in milliseconds since 1970. */
export function startOf(position: number, { seconds, days, timeZone }: Timeline): number {
    if (days === undefined) return position * seconds * 1000;
    const midnight = new Date((position * days + shiftOf(days)) * daySeconds * 1000);
    return startOfLocalDate(midnight.toISOString().slice(0, 10), timeZone);
}

/** When clocks change after an interval, as the engine takes it. */
export const clockOf = (position: number, timeline: Timeline): Clock =>
    timeline.days === undefined ? clockFrom(startOf(position, timeline), timeline.timeZone) : [];

/** An interval as people call it: its date, or its start in UTC. */
export function nameOf(position: number, timeline: Timeline): string {
    const { days } = timeline;
    if (days === undefined) return `${new Date(startOf(position, timeline)).toISOString().slice(0, 16)}Z`;
    return new Date((position * days + shiftOf(days)) * daySeconds * 1000).toISOString().slice(0, 10);
}

/** The ISO 8601 duration of so many seconds, in its shortest form: 3600 is `PT1H`. */
export function durationOf(seconds: number): string {
    if (seconds % daySeconds === 0) return `P${seconds / daySeconds}D`;
    if (seconds % 3600 === 0) return `PT${seconds / 3600}H`;
    return seconds % 60 === 0 ? `PT${seconds / 60}M` : `PT${seconds}S`;
}
