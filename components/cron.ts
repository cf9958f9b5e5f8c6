import type { Interval } from "../pipeline/records";
import { durationSeconds } from "../pipeline/windows";

/** Minutes of an interval, where it is shorter than an hour; longer ones are looked at every hour. */
const minutesOf = { PT5M: 5, PT10M: 10, PT1H: 60, P1D: 60 } as const satisfies Record<Interval, number>;

/**
 * When the windows of an interval become due: a UTC cron expression with the minute of each detector's offset, rounded up, so
 * that a tick never comes before the rows may. Days begin at a different hour in each zone, so P1D is looked at every hour.
 * `offsetsSeconds` has one entry or more.
 */
export function planningCron(interval: Interval, offsetsSeconds: readonly number[]): string {
    const step = minutesOf[interval];
    const minutes = minutesWithin(step, offsetsSeconds);
    if (minutes.length === 1 && step < 60) {
        return cron(`${minutes[0]}/${step}`);
    }
    const starts = Array.from({ length: 60 / step }, (_, index) => index * step);
    return cron(starts.flatMap((start) => minutes.map((minute) => start + minute)).join(","));
}

/** Ticks an hour that `planningCron` gives. */
export const planningTicksPerHour = (interval: Interval, offsetsSeconds: readonly number[]): number =>
    (60 / minutesOf[interval]) * minutesWithin(minutesOf[interval], offsetsSeconds).length;

/** The minutes of a step at which something is due, each once. */
const minutesWithin = (step: number, offsetsSeconds: readonly number[]): number[] =>
    [...new Set(offsetsSeconds.map((seconds) => Math.ceil(seconds / 60) % step))].sort((a, b) => a - b);

/** Ticks an hour of the detection service: as the configuration says (`PT10M`, which divides an hour), else by the intervals in use. */
export const detectionTicksPerHour = (every: string | undefined, intervals: readonly Interval[]): number =>
    60 / (every === undefined ? detectionTickMinutes(intervals) : durationSeconds(every) / 60);

/**
 * How often the detection service looks for data that others write, and tries alerts again that were not delivered, in minutes: as often
 * as the shortest interval in use comes round, at most every hour; every five minutes when the program has no detector of its own and
 * all come through the API. Scoring of the stack's own data follows each committed window and does not wait for this.
 */
export function detectionTickMinutes(intervals: readonly Interval[]): number {
    return Math.min(...(intervals.length === 0 ? [minutesOf.PT5M] : intervals.map((interval) => minutesOf[interval])));
}

/** A tick every so many minutes, which divide an hour; ten minutes past where it comes each hour, when the hour's data are there. */
export function detectionCron(everyMinutes: number): string {
    return cron(everyMinutes === 60 ? "10" : `0/${everyMinutes}`);
}

function cron(minutes: string): string {
    return `cron(${minutes} * * * ? *)`;
}
