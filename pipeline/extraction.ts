import { createHash } from "node:crypto";
import { attemptPrefix, windowPrefix } from "./objectLayout";
import type { ExtractionSpec } from "./records";
import type { Run } from "./run";
import { formatWindow, pathTime, type Window } from "./windows";

/**
 * Name of an attempt, 12 hexadecimal digits: the same for a retried call, another for another execution, window or attempt. So a
 * call that is sent twice starts one query, and two attempts never write to one place.
 */
export function attemptId(execution: string, window: Window, attempt: number): string {
    return createHash("sha256")
        .update(JSON.stringify([execution, formatWindow(window), attempt]))
        .digest("hex")
        .slice(0, 12);
}

/** Folder of one window, all attempts of the run's generation. */
export function windowFolder(
    run: Pick<Run, "detector" | "generation" | "kind">,
    window: Window,
    spec: ExtractionSpec,
): string {
    return windowPrefix(run.detector, run.generation, {
        kind: run.kind,
        start: window.start,
        pathTime: pathTime(window.start, spec.interval, spec.timeZone),
    });
}

/** Folder of one attempt at a window, ending in `/`. */
export function attemptFolder(
    run: Pick<Run, "detector" | "generation" | "kind">,
    window: Window,
    spec: ExtractionSpec,
    attempt: string,
): string {
    return attemptPrefix(windowFolder(run, window, spec), attempt);
}
