import { z } from "zod";
import { explainFailure, type Failure } from "../pipeline/failure";
import {
    deliveryIncidentKey,
    planningIncidentKey,
    scoringIncidentKey,
    tickIncidentKey,
} from "../pipeline/objectLayout";
import { type Interval, intervalName } from "../pipeline/records";
import type { Ending } from "./incidents";

/*
 * Functions that are called without anybody waiting for them: Lambda tries twice more, and then sends the notifier a record of what
 * became of the call. Which job it was shows in the event that the function was called with.
 */

/** What Lambda sends to a destination, as far as it is used here. */
export const callRecord = z.object({
    requestContext: z.object({
        requestId: z.string(),
        functionArn: z.string(),
        /** `Success`, `RetriesExhausted` or `EventAgeExceeded`. */
        condition: z.string(),
        approximateInvokeCount: z.int(),
    }),
    requestPayload: z.unknown(),
    /** What the function returned, or its error. Absent when it was never called. */
    responsePayload: z.unknown(),
});
export type CallRecord = z.output<typeof callRecord>;

/** What a function was called for. */
export type Job =
    | { readonly kind: "planning"; readonly interval: Interval }
    /** Learning and scoring, by the detector's name in the detection service. */
    | { readonly kind: "scoring"; readonly detectorName: string }
    /** Telling of anomalies. */
    | { readonly kind: "delivery"; readonly detectorName: string }
    | { readonly kind: "tick" };

/** The outcome of a call that nobody waited for. */
export interface CallEnd extends Ending {
    readonly job: Job;
    /** Name of the function. */
    readonly functionName: string;
    /** How often it was called, roughly. */
    readonly calls: number;
}

/**
 * What a record tells of; undefined for a call with an event of somebody's own, which is theirs to follow, and for a delivery that found
 * nothing to deliver, which proves nothing. A delivery fails where alerts wait that have failed, though its call did not.
 */
export function callEndOf({ requestContext, requestPayload, responsePayload }: CallRecord): CallEnd | undefined {
    const job = jobOf(requestPayload);
    if (job === undefined) return undefined;
    const delivery = job.kind === "delivery" ? delivered.safeParse(responsePayload).data : undefined;
    if (delivery?.delivered === 0 && delivery.waiting === 0) return undefined;
    const { requestId, functionArn, condition, approximateInvokeCount } = requestContext;
    return {
        job,
        incident: incidentOf(job),
        execution: requestId,
        functionName: /:function:([^:]+)/.exec(functionArn)?.[1] ?? functionArn,
        calls: approximateInvokeCount,
        ...failureIn(condition, responsePayload, delivery),
    };
}

const planningEvent = z.object({ interval: intervalName, scheduledTime: z.string() });
const scoringEvent = z.object({ job: z.string(), detectorArn: z.string() });
const delivered = z.object({ delivered: z.int(), waiting: z.int().default(0), failure: z.string().default("") });
const tickEvent = z.object({ scheduledTime: z.string() });

function jobOf(payload: unknown): Job | undefined {
    const planning = planningEvent.safeParse(payload);
    if (planning.success) return { kind: "planning", interval: planning.data.interval };
    const scoring = scoringEvent.safeParse(payload);
    if (scoring.success) {
        const kind = scoring.data.job === "deliver" ? "delivery" : "scoring";
        return { kind, detectorName: lastPart(scoring.data.detectorArn) };
    }
    return tickEvent.safeParse(payload).success ? { kind: "tick" } : undefined;
}

const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);

function incidentOf(job: Job): string {
    switch (job.kind) {
        case "planning":
            return planningIncidentKey(job.interval);
        case "scoring":
            return scoringIncidentKey(job.detectorName);
        case "delivery":
            return deliveryIncidentKey(job.detectorName);
        case "tick":
            return tickIncidentKey;
    }
}

function failureIn(
    condition: string,
    response: unknown,
    delivery: z.output<typeof delivered> | undefined,
): { readonly failure?: Failure } {
    if (condition !== "Success") return { failure: explain(condition, response) };
    if (delivery === undefined || delivery.waiting === 0) return {};
    return { failure: { error: "UndeliveredError", message: delivery.failure } };
}

const thrown = z.object({ errorType: z.string().optional(), errorMessage: z.string().optional() });

/** Name and text of the error; the trace stays in the function's log. */
function explain(condition: string, response: unknown): Failure {
    const { errorType, errorMessage = "" } = thrown.safeParse(response).data ?? {};
    if (errorMessage.trim() === "")
        return { error: errorType ?? condition, message: conditionTexts[condition] ?? "no reason was given" };
    // What a machine caught holds the function's own error in its text.
    return explainFailure({ Error: errorType ?? condition, Cause: errorMessage });
}

const conditionTexts: Readonly<Record<string, string>> = {
    EventAgeExceeded: "the call could not be made, or repeated, in the time that it may wait",
    RetriesExhausted: "the function ended without an answer",
};
