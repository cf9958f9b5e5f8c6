import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UsageError } from "./options";

/** A simulated clock that remembers where it stood. Milliseconds since 1970. */
export interface SavedClock {
    readonly now: () => number;
    /** Sets the clock and writes it down; it never goes back. */
    readonly set: (now: number) => void;
}

/** Where a folder's clock is kept. */
const fileOf = (folder: string): string => path.join(folder, "clock.json");

/**
 * Refuses the real clock to a folder that has a simulated one: its detectors would walk through all the empty intervals up to today, and
 * could not go back. Throws UsageError.
 */
export function refuseRealClock(folder: string): void {
    const saved = readSaved(fileOf(folder));
    if (saved !== undefined)
        throw new UsageError(
            `--dir ${folder} has a simulated clock, which shows ${new Date(saved).toISOString()}; ` +
                "start it with --simulate, or give another --dir for the real clock",
        );
}

/**
 * Opens the clock of a folder. What it showed last counts when that is later than `now`: the past has been scored. `log` is told when a
 * folder that has a clock is given a time. Throws UsageError when neither is known.
 */
export function openSavedClock(
    folder: string,
    now: number | undefined,
    log: (line: string) => void = () => undefined,
): SavedClock {
    const file = fileOf(folder);
    const saved = readSaved(file);
    if (saved !== undefined && now !== undefined && saved !== now) log(whichCounts(saved, now));
    const start = Math.max(now ?? -Infinity, saved ?? -Infinity);
    if (!Number.isFinite(start))
        throw new UsageError("--simulate needs a time to begin with; add --now 2026-01-01T00:00:00Z, say");
    let current = start;
    const write = (): void => {
        writeFileSync(`${file}.new`, JSON.stringify({ now: new Date(current).toISOString() }));
        renameSync(`${file}.new`, file);
    };
    if (current !== saved) write();
    return {
        now: () => current,
        set: (to) => {
            if (to <= current) return;
            current = to;
            write();
        },
    };
}

function whichCounts(saved: number, now: number): string {
    const [stood, asked] = [new Date(saved).toISOString(), new Date(now).toISOString()];
    return saved > now
        ? `the folder's own clock counts: it shows ${stood}, later than --now ${asked}`
        : `the folder's clock showed ${stood} and is set on to --now ${asked}`;
}

function readSaved(file: string): number | undefined {
    try {
        const { now } = JSON.parse(readFileSync(file, "utf8")) as { now?: unknown };
        const instant = typeof now === "string" ? Date.parse(now) : NaN;
        return Number.isNaN(instant) ? undefined : instant;
    } catch {
        return undefined;
    }
}
