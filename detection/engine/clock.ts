/*
 * Business goes by the clock on the wall. Below a day positions count intervals of equal length, and where clocks are put forward or back the
 * hours of people move against them. A table of such changes, which comes in as data, lets the profiles follow.
 */

/** A change of the clock. */
export interface ClockChange {
    /** From this second on, since 1970 as positions count, */
    readonly from: number;
    /** the clock is so many seconds ahead of what it was before the first change of the table; less than 0: behind. */
    readonly ahead: number;
}

/** Changes in the order of their time; none where clocks never change. */
export type Clock = readonly ClockChange[];

/** Seconds that the clock is ahead at a time of what it was before the first change; beyond the last one it stays as it is. */
export function aheadAt(clock: Clock, seconds: number): number {
    let last = clock.length - 1;
    while (last >= 0 && clock[last]!.from > seconds) last--;
    return last < 0 ? 0 : clock[last]!.ahead;
}
