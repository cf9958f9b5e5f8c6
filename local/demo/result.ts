import { formatInstant } from "../../pipeline/windows";
import type { FoundGroup } from "./foundGroup";
import type { Scope } from "./anomalies";
import type { OtherDetector } from "./otherDetectors";
import type { SentAlerts } from "./sentAlerts";

/** What `lookout demo --json` prints. Other programs read it: names and units hold. */
export interface DemoResult {
    /** From 0 to 1. */
    readonly precision: number;
    /** From 0 to 1. */
    readonly recall: number;
    /** Committed windows, backfill and live, of all detectors. */
    readonly windows: number;
    readonly rows: number;
    readonly bytes: number;
    /** Wall time of the whole run. */
    readonly seconds: number;
    readonly stages: readonly StageTime[];
    readonly groups: readonly ResultGroup[];
    /** The stack's other detectors, where there are any. */
    readonly others?: readonly OtherDetector[];
    /** What the stack's alerts sent, by target, where they sent anything. */
    readonly alerts?: readonly SentAlerts[];
    /** Why the run failed; absent when it did not. */
    readonly error?: string;
}

export interface StageTime {
    readonly name: string;
    readonly seconds: number;
}

export interface ResultGroup {
    /** `2026-04-01T03:00:00Z`. */
    readonly start: string;
    /** End of the last anomalous interval: the span is half-open. */
    readonly end: string;
    readonly measure: string;
    /** From 0 to 100. */
    readonly severity: number;
    readonly dimensions: Scope;
    /** Of the whole group. */
    readonly expected: number;
    readonly actual: number;
    /** Of the metrics that the dimension values name; `share`, from 0 to 100, is their part of the group's deviation. */
    readonly cause: { readonly expected: number; readonly actual: number; readonly share: number };
}

/** A result in which nothing has happened yet; a failed run fills in what it came to. */
export const emptyResult: DemoResult = {
    precision: 0,
    recall: 0,
    windows: 0,
    rows: 0,
    bytes: 0,
    seconds: 0,
    stages: [],
    groups: [],
};

/** A group as the result tells it: cents and hundredths are enough. */
export function resultGroup(group: FoundGroup): ResultGroup {
    return {
        start: formatInstant(group.start),
        end: formatInstant(group.end),
        measure: group.measure,
        severity: round(group.severity),
        dimensions: group.dimensions,
        expected: round(group.expected),
        actual: round(group.actual),
        cause: {
            expected: round(group.cause.expected),
            actual: round(group.cause.actual),
            share: round(group.cause.share),
        },
    };
}

function round(value: number): number {
    return Math.round(value * 100) / 100;
}
