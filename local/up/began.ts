import type { DetectorConfig } from "../../config/schema";
import { durationSeconds, startOfLocalDate } from "../../pipeline/windows";

const dayMs = 86_400_000;
/** What is played live before the present, unless the user says otherwise: at most a week, and at most so many of the shortest intervals. */
const mostLiveMs = 7 * dayMs;
const mostIntervals = 168;

/**
 * When a stack is to be brought up, so that what has happened since can be played as live windows: a week ago, for short intervals less, and
 * never so early that a history that begins at a given day would not have a week to learn from. Milliseconds since 1970, on the second.
 */
export function beginning(detectors: readonly DetectorConfig[], until: number): number {
    const shortest = Math.min(...detectors.map(({ interval }) => durationSeconds(interval) * 1000));
    const live = Math.min(mostLiveMs, mostIntervals * shortest);
    const earliest = detectors.map(({ history, timeZone }) =>
        "from" in history ? startOfLocalDate(history.from, timeZone) + mostLiveMs : -Infinity,
    );
    const began = Math.min(until, Math.max(until - live, ...earliest));
    return Math.floor(began / 1000) * 1000;
}
