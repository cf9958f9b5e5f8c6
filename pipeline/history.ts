import type { ExtractionSpec, GenerationRecord } from "./records";
import {
    chunksBetween,
    durationSeconds,
    floorToInterval,
    startOfLocalDate,
    type Window,
    windowsBetween,
} from "./windows";

const daySeconds = 86_400;

/**
 * The stretch that a generation's backfill covers: up to the last window that is due at `now`, from the configured date or length.
 * Empty (start = end) when the history would begin in the future.
 */
export function historyOf(spec: ExtractionSpec, now: number, offsetSeconds: number): Window {
    const end = floorToInterval(now - offsetSeconds * 1000, spec.interval, spec.timeZone);
    return { start: Math.min(historyStart(spec, end), end), end };
}

function historyStart({ history, interval, timeZone }: ExtractionSpec, end: number): number {
    if ("from" in history) return floorToInterval(startOfLocalDate(history.from, timeZone), interval, timeZone);
    const start = end - durationSeconds(history.last) * 1000;
    // Local days may have 23 or 25 hours: so many times 24 hours before a midnight is near one, and its noon is in the right day.
    return floorToInterval(interval === "P1D" ? start + (daySeconds / 2) * 1000 : start, interval, timeZone);
}

/** The windows in which a generation's history is extracted, oldest first. Nothing while the history is not fixed. */
export function historyWindows({ spec, history }: GenerationRecord): Window[] {
    if (history === undefined) return [];
    const chunkDays = durationSeconds(spec.chunk) / daySeconds;
    return [...chunksBetween(history.start, history.end, chunkDays, spec.interval, spec.timeZone)];
}

/**
 * Every window that the ledger of a generation should hold, oldest first and without end, from the first that begins at `from` or
 * later: the history in chunks, then an interval each.
 */
export function* expectedWindows(record: GenerationRecord, from: number): Generator<Window, void, undefined> {
    yield* historyWindows(record).filter(({ start }) => start >= from);
    const liveStart = record.history?.end ?? from;
    yield* windowsBetween(Math.max(from, liveStart), Infinity, record.spec.interval, record.spec.timeZone);
}
