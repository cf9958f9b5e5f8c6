import type { Interval } from "../pipeline/records";

/** The offsets, in seconds, of the detectors of each interval in use, shortest interval first. */
export function offsetsByInterval(
    detectors: readonly { readonly interval: Interval; readonly offsetSeconds: number }[],
): [Interval, number[]][] {
    const intervals: readonly Interval[] = ["PT5M", "PT10M", "PT1H", "P1D"];
    return intervals
        .map((interval): [Interval, number[]] => [
            interval,
            detectors.filter((one) => one.interval === interval).map((one) => one.offsetSeconds),
        ])
        .filter(([, offsets]) => offsets.length > 0);
}
