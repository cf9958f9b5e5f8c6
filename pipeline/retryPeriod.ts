import type { Interval } from "./records";

const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** Milliseconds between two ticks of an interval; a day's comes every hour, since days end at other hours in other zones. */
export const tickMs: Readonly<Record<Interval, number>> = {
    PT5M: 300_000,
    PT10M: 600_000,
    PT1H: hourMs,
    P1D: hourMs,
};

/** Ticks from one try to the next after so many failures, at least 1: 1, 2, 4 … a day's. */
export function retryPeriod(failures: number, interval: Interval): number {
    return Math.min(2 ** (failures - 1), dayMs / tickMs[interval]);
}
