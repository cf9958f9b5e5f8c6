import { formatInstant } from "../../pipeline/windows";
import { resultGroup, type ResultGroup, type StageTime } from "../demo/result";
import type { SentAlerts } from "../demo/sentAlerts";
import type { Findings } from "./findings";

/** What `lookout up --json` prints. Other programs read it: names and units hold. */
export interface UpResult {
    readonly stack: string;
    /** When the stack was brought up first, and what its clock shows now: `2026-04-01T00:00:00Z`; absent when the run failed. */
    readonly began?: string;
    readonly now?: string;
    /** Wall time of this run. */
    readonly seconds: number;
    readonly stages: readonly StageTime[];
    readonly detectors: readonly ResultDetector[];
    /** Of all detectors, each detector's oldest first. */
    readonly groups: readonly (ResultGroup & { readonly detector: string })[];
    /** What the stack's alerts would have sent, by target, where they would have sent anything. */
    readonly alerts: readonly SentAlerts[];
    /** Why the run failed; absent when it did not. */
    readonly error?: string;
}

export interface ResultDetector {
    readonly detector: string;
    /** As the detection service has it; absent while it is not there. */
    readonly status?: string;
    /** Why it failed. */
    readonly failure?: string;
    /** Committed windows, and the rows in them. */
    readonly windows: number;
    readonly rows: number;
    /** Windows that failed and wait for their next try. */
    readonly parked: number;
    /** Up to where its data are complete; absent before the first. */
    readonly watermark?: string;
    /** End of the newest interval that was scored; absent before the first. */
    readonly scoredThrough?: string;
}

/** Findings as the result tells them. */
export function resultOf({ detectors, alerts }: Findings): Pick<UpResult, "detectors" | "groups" | "alerts"> {
    return {
        detectors: detectors.map(({ state, windows, rows }) => ({
            detector: state.name,
            ...(state.status === undefined ? {} : { status: state.status }),
            ...(state.failure === undefined ? {} : { failure: state.failure }),
            windows,
            rows,
            parked: state.parked + (state.backfill?.parked ?? 0),
            ...(state.watermark === undefined ? {} : { watermark: formatInstant(state.watermark) }),
            ...(state.scoredThrough === undefined ? {} : { scoredThrough: formatInstant(state.scoredThrough) }),
        })),
        groups: detectors.flatMap(({ state, groups }) =>
            groups.map((group) => ({ detector: state.name, ...resultGroup(group) })),
        ),
        alerts,
    };
}
