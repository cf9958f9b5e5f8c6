import { clockChange, zoneOffset } from "./windows";

/** A change of a zone's clock. */
export interface ClockChange {
    /** Milliseconds since 1970. */
    readonly at: number;
    /** Milliseconds that the clock is ahead, from then on, of what it was at the beginning of the table. */
    readonly ahead: number;
}

/** No zone changes its clock and takes it back within so short a time. */
const stepMs = 7 * 86_400_000;

/** The changes of a zone's clock in `(from, to]`, in order, to the second, against its clock at `from`. Throws RangeError for an unknown zone. */
export function clockChangesBetween(from: number, to: number, timeZone: string): ClockChange[] {
    const changes: ClockChange[] = [];
    const first = zoneOffset(from, timeZone);
    let before = first;
    for (let low = from; low < to; low += stepMs) {
        const high = Math.min(to, low + stepMs);
        const offset = zoneOffset(high, timeZone);
        if (offset === before) continue;
        changes.push({ at: clockChange(low, high, before, timeZone), ahead: offset - first });
        before = offset;
    }
    return changes;
}
