import type { Colors } from "picocolors/types";
import { formatInstant, formatWindow } from "../../pipeline/windows";
import { counted } from "../demo/table";
import type { DetectorState } from "./detectorState";

/** A detector as `lookout status` shows it. */
export interface ShownDetector extends DetectorState {
    /** What is not as the configuration says; undefined where there is none to compare with. */
    readonly drift?: readonly string[];
}

/** Whether a detector's history is there, and it has learned from it: or has failed to. */
export function isSettled({ backfill, status }: DetectorState): boolean {
    if (status === "FAILED") return true;
    const isThere = backfill !== undefined && backfill.committed + backfill.parked >= backfill.planned;
    return isThere && (status === "LEARNING" || status === "ACTIVE");
}

/** Whether there is nothing that somebody should look at. */
export const isWell = (detector: ShownDetector): boolean => problemsOf(detector).length === 0;

/** Detectors for the terminal, each with what deserves a look. */
export function statusText(detectors: readonly ShownDetector[], now: number, colors: Colors): string {
    return detectors.map((detector) => detectorText(detector, now, colors).join("\n")).join("\n\n");
}

function detectorText(detector: ShownDetector, now: number, colors: Colors): string[] {
    const { name, status, backfill, watermark, parked, learning, scoredThrough, arrival, drift } = detector;
    const problems = problemsOf(detector);
    const line = (label: string, text: string): string => `  ${label.padEnd(12)}${text}`;
    const ago = (instant: number): string => `${formatInstant(instant)} (${durationText(now - instant)} ago)`;
    return [
        `${problems.length === 0 ? colors.green("●") : colors.yellow("●")} ${colors.bold(name)}  ${status ?? "not at the detection service yet"}`,
        line("backfill", backfill === undefined ? "has not begun" : backfillText(backfill)),
        line("watermark", watermark === undefined ? "none yet" : ago(watermark)),
        line("parked", parked === 0 ? "none" : counted(parked, "window")),
        line("learning", learning === undefined ? "has not begun" : learningText(learning)),
        line("last score", scoredThrough === undefined ? "none yet" : ago(scoredThrough)),
        line("arrival", arrival === undefined ? "not known yet" : arrivalText(arrival)),
        line(
            "drift",
            drift === undefined ? "not known: there is no stack file here" : drift.length === 0 ? "none" : "",
        ),
        ...(drift ?? []).map((text) => `    ${text}`),
        ...problems.map((text) => `  ${colors.yellow("!")} ${text}`),
    ];
}

/** What of a detector somebody should look at, in words. */
export function problemsOf({ status, failure, backfill, parked, arrival }: ShownDetector): string[] {
    return [
        ...(status === "FAILED" ? [`failed: ${failure ?? "no reason is known"}`] : []),
        ...(backfill !== undefined && backfill.parked > 0
            ? [`${counted(backfill.parked, "window")} of the history failed; lookout windows shows why`]
            : []),
        ...(parked > 0
            ? [`${counted(parked, "window")} failed and wait for the next try; lookout windows shows why`]
            : []),
        ...(arrival?.missing === undefined
            ? []
            : [
                  `rows are missing: ${arrival.missing.rows} in ${formatWindow(arrival.missing.window)}, usually ${arrival.missing.usual} (severity ${arrival.missing.severity})`,
              ]),
        ...(arrival?.late === undefined
            ? []
            : [
                  `rows came late: those of ${formatWindow(arrival.late.window)} ${durationText((arrival.late.delaySeconds ?? 0) * 1000)} after its end (severity ${arrival.late.severity})`,
              ]),
    ];
}

const backfillText = ({ committed, planned, parked }: NonNullable<DetectorState["backfill"]>): string =>
    `${committed} of ${planned} windows${parked > 0 ? `, ${parked} parked` : ""}`;

const learningText = ({ points, needed }: NonNullable<DetectorState["learning"]>): string =>
    points >= needed ? `done (${points} intervals with data)` : `${points} of ${needed} intervals with data`;

function arrivalText({
    offsetSeconds,
    learnedDelaySeconds,
    changedWindows,
}: NonNullable<DetectorState["arrival"]>): string {
    const learned =
        learnedDelaySeconds === undefined
            ? "how long rows take is not learned yet"
            : `rows are there ${durationText(learnedDelaySeconds * 1000)} after a window's end, in 95 of 100 windows`;
    const changed =
        changedWindows > 0 ? `; ${counted(changedWindows, "window")} changed after the first extraction` : "";
    return `offset ${durationText(offsetSeconds * 1000)}; ${learned}${changed}`;
}

/** `5 min`, `3 h 20 min`, `2 d 4 h`. */
export function durationText(ms: number): string {
    const minutes = Math.max(0, Math.round(ms / 60_000));
    const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
    if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
    if (hours > 0) return rest > 0 ? `${hours} h ${rest} min` : `${hours} h`;
    return `${rest} min`;
}
