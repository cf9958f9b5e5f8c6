import { z } from "zod";
import { explainFailure } from "../pipeline/failure";
import { type Run, runRecord, runResult, taskError } from "../pipeline/run";
import { stoppedOnPurpose } from "./detectorExecutions";
import type { RunEnd } from "./incidents";

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

/** What the notifier is called with. */
export const notifyEvent = z.union([statusChange, closedRun, caughtError]);
export type NotifyEvent = z.output<typeof notifyEvent>;

/** An ended run, and what its own summary says where it was closed. */
export type HeardEnd = RunEnd & { readonly summary?: string };

/** The run's end that an event tells of; undefined when it tells of none that matters. */
export function runEndOf(event: NotifyEvent): HeardEnd | undefined {
    if ("detail" in event) return endOfExecution(event.detail);
    if ("result" in event) return endOfRun(event.run, event.result);
    const { detector, run, error } = event;
    // Only a backfill can fail before it has a run: a live run is planned before its execution is started.
    return {
        detector,
        kind: run?.kind ?? "backfill",
        execution: run?.execution ?? null,
        failure: explainFailure(error),
    };
}

function endOfRun(run: Run, { outcome, message }: z.output<typeof runResult>): HeardEnd {
    const { detector, kind, execution } = run;
    const failure = outcome === "failed" ? { error: "WindowsFailed", message } : undefined;
    return { detector, kind, execution, summary: message, ...(failure === undefined ? {} : { failure }) };
}

type Detail = z.output<typeof statusChange>["detail"];

function endOfExecution(detail: Detail): HeardEnd | undefined {
    if (detail.error === stoppedOnPurpose || detail.status === "SUCCEEDED" || detail.status === "RUNNING")
        return undefined;
    const place = placeOf(detail);
    if (place === undefined) return undefined;
    const cause = { Error: detail.error ?? detail.status, Cause: detail.cause ?? statusTexts[detail.status] ?? "" };
    return { ...place, execution: detail.executionArn, failure: explainFailure(cause) };
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
