import { z } from "zod";
import { explainFailure } from "../pipeline/failure";
import { incidentKey } from "../pipeline/objectLayout";
import type { WindowKind } from "../pipeline/records";
import { type Run, runRecord, runResult, taskError } from "../pipeline/run";
import type { Window } from "../pipeline/windows";
import { stoppedOnPurpose } from "./detectorExecutions";
import type { Ending } from "./incidents";

/*
 * The three ways in which the notifier hears how a run ended: from a machine that caught an error, from a machine whose run was
 * closed, and from the event of an execution that ended badly whatever its machine could catch.
 */

const caughtError = z.object({ detector: z.string(), run: runRecord.optional(), error: taskError });
const closedRun = z.object({ run: runRecord, result: runResult });
const statusChange = z.object({
    "detail-type": z.literal("Step Functions Execution Status Change"),
    detail: z.object({
        executionArn: z.string(),
        name: z.string(),
        status: z.string(),
        input: z.string().nullish(),
        error: z.string().nullish(),
        cause: z.string().nullish(),
    }),
});

/** Tells of a run's end. */
export const runEvent = z.union([statusChange, closedRun, caughtError]);
export type RunEvent = z.output<typeof runEvent>;

/** An ended run. */
export interface RunEnd extends Ending {
    readonly detector: string;
    readonly kind: WindowKind;
    /** What the run says of itself, where it was closed. */
    readonly summary?: string;
    /** Set by a backfill that succeeded and found not one row. */
    readonly emptyHistory?: EmptyHistory;
}

/** A history without rows: whose, from where, and the whole of it. */
export interface EmptyHistory {
    readonly detector: string;
    readonly source: string;
    readonly generation: string;
    readonly window: Window;
}

/** The run's end that an event tells of; undefined when it tells of none that matters. */
export function runEndOf(event: RunEvent): RunEnd | undefined {
    if ("detail" in event) return endOfExecution(event.detail);
    if ("result" in event) return endOfRun(event.run, event.result);
    const { detector, run, error } = event;
    // Only a backfill can fail before it has a run: a live run is planned before its execution is started.
    return {
        ...placed(detector, run?.kind ?? "backfill"),
        execution: run?.execution ?? null,
        failure: explainFailure(error),
    };
}

const placed = (detector: string, kind: WindowKind) => ({ detector, kind, incident: incidentKey(detector, kind) });

/** A live run that went well is no recovery while other windows still wait to be tried again. */
function endOfRun(
    run: Run,
    { outcome, message, setAside, emptyHistory }: z.output<typeof runResult>,
): RunEnd | undefined {
    const { detector, kind, execution, source, generation } = run;
    const end = { ...placed(detector, kind), execution, summary: message };
    if (outcome === "failed") return { ...end, failure: { error: "WindowsFailed", message } };
    if (setAside > 0) return undefined;
    if (emptyHistory === undefined) return end;
    return { ...end, emptyHistory: { detector, source, generation, window: emptyHistory } };
}

type Detail = z.output<typeof statusChange>["detail"];

function endOfExecution(detail: Detail): RunEnd | undefined {
    if (detail.error === stoppedOnPurpose || detail.status === "SUCCEEDED" || detail.status === "RUNNING")
        return undefined;
    const place = placeOf(detail);
    if (place === undefined) return undefined;
    const cause = { Error: detail.error ?? detail.status, Cause: detail.cause ?? statusTexts[detail.status] ?? "" };
    return { ...placed(place.detector, place.kind), execution: detail.executionArn, failure: explainFailure(cause) };
}

const statusTexts: Readonly<Record<string, string>> = {
    TIMED_OUT: "the run took longer than it may",
    ABORTED: "the run was stopped by hand",
};

const liveInput = z.object({ run: z.object({ detector: z.string() }) });
const backfillInput = z.object({ detector: z.string() });

/** Detector and kind from the execution's input; from its name where the input was too long for the event. */
function placeOf({ input, name }: Detail): Pick<RunEnd, "detector" | "kind"> | undefined {
    const given = parseJson(input ?? "");
    const live = liveInput.safeParse(given);
    if (live.success) return { detector: live.data.run.detector, kind: "live" };
    const backfill = backfillInput.safeParse(given);
    if (backfill.success) return { detector: backfill.data.detector, kind: "backfill" };
    const [, filled] = /^bf-(.+)-[0-9a-f]{10}-\d+$/.exec(name) ?? [];
    if (filled !== undefined) return { detector: filled, kind: "backfill" };
    const [, ticked] = /^(.+)-\d{8}T\d{6}Z-\d+$/.exec(name) ?? [];
    return ticked === undefined ? undefined : { detector: ticked, kind: "live" };
}

function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
