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
 * When the detection service looks after its detectors. Scoring follows each committed window, which also makes up for one that was
 * missed: the tick is the net below that, every hour for detectors with intervals below an hour, every six hours for others; every
 * five minutes when the program has no detector of its own and all come through the API.
 */
export function detectionCron(intervals: readonly Interval[]): string {
    if (intervals.length === 0) return cron("0/5");
    return intervals.some((interval) => minutesOf[interval] < 60) ? cron("30") : cron("30", "0/6");
}

function cron(minutes: string, hours = "*"): string {
    return `cron(${minutes} ${hours} * * ? *)`;
}
