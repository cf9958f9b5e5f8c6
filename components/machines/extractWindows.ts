import { busyErrors, transientErrors } from "../../pipeline/errorNames";
import { type Callee, catchAll, type Definition, invoke, type MapState, type Retrier, type State } from "./states";

/** The functions that move one window. The extractor is the source's own and named by the run. */
export interface WindowFunctions {
    readonly partition: string;
    /** Seconds that starting an extraction may take: the timeout of the slowest of the sources' extractors. */
    readonly startTimeoutSeconds: number;
    readonly commitWindow: Callee;
    readonly parkWindow: Callee;
}

/** Attempts at one window in a run, each a statement of its own: a role just attached to a warehouse is in sync after minutes only. */
const maxAttempts = 8;
/** Seconds between an attempt that found the source busy and the next. */
const attemptPauseSeconds = 60;
/**
 * Polls of one window over all its attempts, about an hour at 2, 4, 8 … 60 s. Also keeps 40 windows of an execution below the
 * 25,000 events that its history may have: nine a poll.
 */
const maxPolls = 60;
/** Seconds that asking for an extraction's state, or cancelling it, may take. */
const briefSeconds = 60;
/** Polls that an attempt in vain counts for: it takes 32 events, with its start, the tries of its last poll, cancelling and pause. */
const pollsPerAttempt = 4;

/** The function may not have run at all. */
export const retryTransient: Retrier = {
    ErrorEquals: transientErrors,
    IntervalSeconds: 2,
    MaxAttempts: 5,
    BackoffRate: 2,
    MaxDelaySeconds: 60,
    JitterStrategy: "FULL",
};

export const retryBusy: Retrier = {
    ErrorEquals: busyErrors,
    IntervalSeconds: 15,
    MaxAttempts: 8,
    BackoffRate: 2,
    MaxDelaySeconds: 300,
    JitterStrategy: "FULL",
};

/** A poll that was throttled says nothing of the query, which goes on; giving up sooner would cancel a healthy one. */
const retryBusyPoll: Retrier = {
    ErrorEquals: busyErrors,
    IntervalSeconds: 5,
    MaxAttempts: 3,
    BackoffRate: 2,
    JitterStrategy: "FULL",
};

/**
 * Extracts every window of `$.windows`, as many at once as the source allows, and leaves one outcome each in `$.results`: a
 * window is committed or parked, and none stops the others.
 */
export function extractWindows(functions: WindowFunctions, next: string, failed: string): State {
    return {
        Type: "Map",
        Comment: "One window at a time is extracted, committed or parked",
        ItemsPath: "$.windows",
        MaxConcurrencyPath: "$.run.maxConcurrentStatements",
        ItemSelector: {
            "run.$": "$.run",
            "window.$": "$$.Map.Item.Value",
            attempt: 1,
            extraction: { ticketKey: null, attemptId: null },
            poll: { waitSeconds: 2, polls: 0 },
        },
        ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, ...extractWindow(functions) },
        ResultPath: "$.results",
        Catch: catchAll(failed),
        Next: next,
    } satisfies MapState & { Next: string };
}

function extractWindow(functions: WindowFunctions): Definition {
    return { StartAt: "Start", States: { ...polling(functions), ...givingUp(functions), ...ending(functions) } };
}

function polling(functions: WindowFunctions): Record<string, State> {
    return {
        Start: {
            ...extractor(
                functions,
                { action: "start", "run.$": "$.run", "window.$": "$.window", "attempt.$": "$.attempt" },
                functions.startTimeoutSeconds,
            ),
            ResultSelector: { "ticketKey.$": "$.Payload.ticketKey", "attemptId.$": "$.Payload.attemptId" },
            ResultPath: "$.extraction",
            Retry: [retryTransient, retryBusy],
            Catch: catchAll("Park"),
            Next: "Wait",
        },
        Wait: { Type: "Wait", SecondsPath: "$.poll.waitSeconds", Next: "Status" },
        Status: {
            ...extractor(functions, {
                action: "status",
                "ticketKey.$": "$.extraction.ticketKey",
                "polls.$": "$.poll.polls",
            }),
            ResultSelector: {
                "state.$": "$.Payload.state",
                "waitSeconds.$": "$.Payload.waitSeconds",
                "polls.$": "$.Payload.polls",
            },
            ResultPath: "$.poll",
            Retry: [retryTransient, retryBusyPoll],
            Catch: catchAll("Cancel"),
            Next: "IsFinished",
        },
        IsFinished: {
            Type: "Choice",
            Choices: [
                { Variable: "$.poll.state", StringEquals: "finished", Next: "Commit" },
                { Variable: "$.poll.polls", NumericLessThan: maxPolls, Next: "Wait" },
            ],
            Default: "TookTooLong",
        },
    };
}

function givingUp(functions: WindowFunctions): Record<string, State> {
    return {
        TookTooLong: {
            Type: "Pass",
            Parameters: {
                Error: "ExtractionTimeout",
                Cause: `The query was still running after ${maxPolls} polls, about an hour, and was cancelled; make it faster, or history.chunk shorter.`,
            },
            ResultPath: "$.error",
            Next: "Cancel",
        },
        Cancel: {
            Comment: "Nothing is left running, whatever went wrong; failing to cancel changes nothing for the window",
            ...extractor(functions, { action: "cancel", "ticketKey.$": "$.extraction.ticketKey" }),
            ResultPath: null,
            Retry: [retryTransient],
            Catch: catchAll("MayTryAgain", "$.cancelError"),
            Next: "MayTryAgain",
        },
        MayTryAgain: {
            Type: "Choice",
            Choices: [
                {
                    And: [
                        { Or: busyErrors.map((name) => ({ Variable: "$.error.Error", StringEquals: name })) },
                        { Variable: "$.attempt", NumericLessThan: maxAttempts },
                    ],
                    Next: "Pause",
                },
            ],
            Default: "Park",
        },
        Pause: { Type: "Wait", Seconds: attemptPauseSeconds, Next: "NextAttempt" },
        NextAttempt: {
            Type: "Pass",
            Parameters: {
                "run.$": "$.run",
                "window.$": "$.window",
                "attempt.$": "States.MathAdd($.attempt, 1)",
                "extraction.$": "$.extraction",
                poll: { waitSeconds: 2, "polls.$": `States.MathAdd($.poll.polls, ${pollsPerAttempt})` },
            },
            Next: "Start",
        },
    };
}

function ending(functions: WindowFunctions): Record<string, State> {
    const { partition, commitWindow, parkWindow } = functions;
    return {
        Commit: {
            ...invoke(partition, {
                function: commitWindow.arn,
                timeoutSeconds: commitWindow.timeoutSeconds,
                payload: {
                    "run.$": "$.run",
                    "window.$": "$.window",
                    "ticketKey.$": "$.extraction.ticketKey",
                    "attemptId.$": "$.extraction.attemptId",
                },
            }),
            OutputPath: "$.Payload",
            Retry: [retryTransient],
            Catch: catchAll("Park"),
            End: true,
        },
        Park: {
            ...invoke(partition, {
                function: parkWindow.arn,
                timeoutSeconds: parkWindow.timeoutSeconds,
                payload: {
                    "run.$": "$.run",
                    "window.$": "$.window",
                    "ticketKey.$": "$.extraction.ticketKey",
                    "error.$": "$.error",
                },
            }),
            OutputPath: "$.Payload",
            Retry: [retryTransient],
            End: true,
        },
    };
}

/** Calls the extractor of the run's source. */
export function extractor(
    { partition }: WindowFunctions,
    payload: Parameters<typeof invoke>[1]["payload"],
    timeoutSeconds = briefSeconds,
) {
    return invoke(partition, { function: { path: "$.run.extractor" }, timeoutSeconds, payload });
}
