import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UsageError } from "./options";

/** A simulated clock that remembers where it stood. Milliseconds since 1970. */
export interface SavedClock {
    readonly now: () => number;
    /** Sets the clock and writes it down; it never goes back. */
    readonly set: (now: number) => void;
}

/**
 * Opens the clock of a folder. What it showed last counts when that is later than `now`: the past has been scored. Throws UsageError
 * when neither is known.
 */
export function openSavedClock(folder: string, now: number | undefined): SavedClock {
    const file = path.join(folder, "clock.json");
    const saved = readSaved(file);
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

function readSaved(file: string): number | undefined {
    try {
        const { now } = JSON.parse(readFileSync(file, "utf8")) as { now?: unknown };
        const instant = typeof now === "string" ? Date.parse(now) : NaN;
        return Number.isNaN(instant) ? undefined : instant;
    } catch {
        return undefined;
    }
}
