import type { Clock } from "../engine/clock";
import { clockChangesBetween } from "../../pipeline/clockChanges";
import { floorToInterval, pathTime, startOfLocalDate, type IntervalName } from "../../pipeline/windows";

/** Between the engine's positions (whole numbers, one for each interval) and instants. */
export interface Calendar {
    readonly intervalSeconds: number;
    /** Position of the interval that holds the instant (milliseconds since 1970). */
    positionOf(instant: number): number;
    /** Start of an interval. */
    startOf(position: number): number;
    /** When the zone's clock changes after a position, as the engine takes it; none for P1D. */
    clockFrom(position: number): Clock;
}

const seconds = { PT5M: 300, PT10M: 600, PT1H: 3600, P1D: 86_400 } as const;
/** Every zone's clock differs from UTC by whole quarters of an hour, at least since 1972. */
const quarterMs = 900_000;
const dayMs = 86_400_000;
/** Years for which changes of the clock are told in advance: a detector learns anew before they are over. */
const clockYears = 20;

/** Below a day positions count UTC intervals, and a clock tells the engine what hour they are; for P1D they count local dates. */
export function openCalendar(interval: IntervalName, timeZone: string): Calendar {
    const intervalSeconds = seconds[interval];
    if (interval !== "P1D")
        return {
            intervalSeconds,
            positionOf: (instant) => Math.floor(instant / (intervalSeconds * 1000)),
            startOf: (position) => position * intervalSeconds * 1000,
            clockFrom: (position) => clockFrom(position * intervalSeconds * 1000, timeZone),
        };
    const known = new Map<number, number>();
    return {
        intervalSeconds,
        positionOf: (instant) => {
            const quarter = Math.floor(instant / quarterMs);
            const position = known.get(quarter) ?? localDate(quarter * quarterMs, timeZone);
            known.set(quarter, position);
            return position;
        },
        startOf: (position) => startOfLocalDate(new Date(position * dayMs).toISOString().slice(0, 10), timeZone),
        clockFrom: () => [],
    };
}

/** When a zone's clock changes after an instant, for positions that count from 1970; none where it never does. */
export function clockFrom(instant: number, timeZone: string): Clock {
    const changes = clockChangesBetween(instant, instant + clockYears * 366 * dayMs, timeZone);
    return changes.map(({ at, ahead }) => ({ from: at / 1000, ahead: ahead / 1000 }));
}

/** Days from 1970-01-01 to the local date. */
function localDate(instant: number, timeZone: string): number {
    const digits = pathTime(floorToInterval(instant, "P1D", timeZone), "P1D", timeZone);
    return Date.UTC(Number(digits.slice(0, 4)), Number(digits.slice(4, 6)) - 1, Number(digits.slice(6, 8))) / dayMs;
}
