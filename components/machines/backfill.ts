import { closed, closeRun, type EndingFunctions, endings, notify } from "./endings";
import { extractor, extractWindows, retryBusy, retryTransient, type WindowFunctions } from "./extractWindows";
import { type Callee, catchAll, type Definition, invoke, type State } from "./states";

/**
 * Seconds after which a backfill run of at most 40 windows is given up: an hour a window, two at a time, with room to spare. Also ends
 * the wait for a detector: a day of asking each minute is 1,440 polls of nine events, below the 25,000 that an execution may have.
 */
const timeoutSeconds = 24 * 3600;
/** Seconds that starting the next run may take. */
const startTimeoutSeconds = 60;

export type BackfillFunctions = WindowFunctions &
    EndingFunctions & { readonly planBackfill: Callee; readonly activateDetector: Callee };

/**
 * One detector's history: `{detector, interval, generation}`, and with `replay` windows of it that are extracted once more. Checks the configuration against the database, extracts up to 40 windows, starts itself again while some
 * remain, then activates the detector and waits until it learns.
 */
export function backfillDefinition(functions: BackfillFunctions): Definition {
    return {
        Comment: "Extracts one detector's history and lets the detector learn from it",
        StartAt: "Plan",
        TimeoutSeconds: timeoutSeconds,
        States: {
            ...planning(functions),
            ...checking(functions),
            ExtractWindows: extractWindows(functions, "CloseRun", "NotifyError"),
            CloseRun: closeRun(functions, "IsComplete", "NotifyError"),
            IsComplete: {
                Type: "Choice",
                Choices: [
                    // What the plan left out: an execution that was started twice plans nothing, and must start nothing. Windows
                    // that failed hold nothing up while others succeed: the last run tries them again, and tells of them.
                    {
                        And: [
                            { Variable: "$.remaining", NumericGreaterThan: 0 },
                            { Variable: `${closed}.committed`, NumericGreaterThan: 0 },
                        ],
                        Next: "StartNext",
                    },
                    { Variable: `${closed}.outcome`, StringEquals: "failed", Next: "NotifyParked" },
                ],
                Default: "Activate",
            },
            StartNext: startNext(functions.partition),
            ...activating(functions),
            ...endings(functions),
        },
    };
}

function planning(functions: BackfillFunctions): Record<"Plan" | "NotifyUnplanned", State> {
    const { partition, planBackfill } = functions;
    return {
        Plan: {
            ...invoke(partition, {
                function: planBackfill.arn,
                timeoutSeconds: planBackfill.timeoutSeconds,
                payload: {
                    "detector.$": "$.detector",
                    "interval.$": "$.interval",
                    "generation.$": "$.generation",
                    "startTime.$": "$$.Execution.StartTime",
                    "execution.$": "$$.Execution.Id",
                    "input.$": "$",
                },
            }),
            OutputPath: "$.Payload",
            Retry: [retryTransient],
            Catch: catchAll("NotifyUnplanned"),
            Next: "IsChecked",
        },
        NotifyUnplanned: notify(functions, { "detector.$": "$.detector", "error.$": "$.error" }, "Failed"),
    };
}

/**
 * One look at the database before anything is extracted: a mistake in the configuration is told once, by its key, and not once for each
 * window. Who goes on with an earlier execution's rest, or has nothing to extract, needs none.
 */
function checking(functions: BackfillFunctions): Record<"IsChecked" | "Check", State> {
    return {
        IsChecked: {
            Type: "Choice",
            Choices: [
                { Variable: `$$.Execution.Input.${startedBy}`, IsPresent: true, Next: "ExtractWindows" },
                { Variable: "$.windows[0]", IsPresent: true, Next: "Check" },
            ],
            Default: "ExtractWindows",
        },
        Check: {
            ...extractor(functions, { action: "check", "run.$": "$.run" }, functions.startTimeoutSeconds),
            ResultPath: null,
            Retry: [retryTransient, retryBusy],
            Catch: catchAll("NotifyError"),
            Next: "ExtractWindows",
        },
    };
}

/** The service's own key for the execution that started another; its console links the two. */
const startedBy = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID";

/** The name hangs on this execution alone, so that a retried start is the same start. */
function startNext(partition: string): State {
    return {
        Type: "Task",
        Comment: "A run's history is bounded: the rest is another run's",
        Resource: `arn:${partition}:states:::states:startExecution`,
        Parameters: {
            "StateMachineArn.$": "$$.StateMachine.Id",
            "Name.$": "States.Format('bf-{}-{}', $.run.generation, States.Hash($$.Execution.Id, 'SHA-1'))",
            Input: {
                "detector.$": "$.run.detector",
                "interval.$": "$.run.interval",
                "generation.$": "$.run.generation",
                [`${startedBy}.$`]: "$$.Execution.Id",
            },
        },
        TimeoutSeconds: startTimeoutSeconds,
        ResultPath: null,
        Retry: [
            {
                ErrorEquals: ["States.TaskFailed"],
                IntervalSeconds: 2,
                MaxAttempts: 5,
                BackoffRate: 2,
                JitterStrategy: "FULL",
            },
        ],
        Catch: catchAll("NotifyError"),
        Next: "Done",
    };
}

function activating({ partition, activateDetector }: BackfillFunctions): Record<string, State> {
    return {
        Activate: {
            ...invoke(partition, {
                function: activateDetector.arn,
                timeoutSeconds: activateDetector.timeoutSeconds,
                payload: { "run.$": "$.run" },
            }),
            ResultSelector: { "status.$": "$.Payload.status", "waitSeconds.$": "$.Payload.waitSeconds" },
            ResultPath: "$.activation",
            Retry: [retryTransient],
            Catch: catchAll("NotifyError"),
            Next: "IsLearning",
        },
        IsLearning: {
            Type: "Choice",
            Choices: [{ Variable: "$.activation.status", StringEquals: "ACTIVATING", Next: "WaitForDetector" }],
            Default: "NotifyOk",
        },
        WaitForDetector: { Type: "Wait", SecondsPath: "$.activation.waitSeconds", Next: "Activate" },
    };
}
