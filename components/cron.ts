import type { Interval } from "../pipeline/records";

/** Minutes of an interval, where it is shorter than an hour; longer ones are looked at every hour. */
const minutesOf = { PT5M: 5, PT10M: 10, PT1H: 60, P1D: 60 } as const satisfies Record<Interval, number>;

/**
 * When the windows of an interval become due: a UTC cron expression with the minute of each detector's offset, rounded up, so
 * that a tick never comes before the rows may. Days begin at a different hour in each zone, so P1D is looked at every hour.
 * `offsetsSeconds` has one entry or more.
 */
export function planningCron(interval: Interval, offsetsSeconds: readonly number[]): string {
    const step = minutesOf[interval];
    const minutes = [...new Set(offsetsSeconds.map((seconds) => Math.ceil(seconds / 60) % step))].sort((a, b) => a - b);
    if (minutes.length === 1 && step < 60) {
        return cron(`${minutes[0]}/${step}`);
    }
    const starts = Array.from({ length: 60 / step }, (_, index) => index * step);
    return cron(starts.flatMap((start) => minutes.map((minute) => start + minute)).join(","));
}

/**
 * When the detection service looks after its detectors: as often as the shortest interval in use, and every five minutes when
 * the program has no detector of its own and all come through the API.
 */
export function detectionCron(intervals: readonly Interval[]): string {
    const step = Math.min(...(intervals.length === 0 ? [5] : intervals.map((interval) => minutesOf[interval])));
    // Half an hour behind the hourly runs, which it is the safety net of.
    return cron(step === 60 ? "30" : `0/${step}`);
}

function cron(minutes: string): string {
    return `cron(${minutes} * * * ? *)`;
}
