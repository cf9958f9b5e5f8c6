import { runFailed } from "../../pipeline/errorNames";
import { retryTransient } from "./extractWindows";
import { type Callee, catchAll, invoke, type State, type Template } from "./states";

/** The functions that end a run. */
export interface EndingFunctions {
    readonly partition: string;
    readonly closeRun: Callee;
    readonly notify: Callee;
}

/** What CloseRun leaves: `outcome` (`ok` or `failed`), counts, watermark and message. */
export const closed = "$.closed.result";

/** Draws up what came of the windows and gives the lease back. */
export function closeRun({ partition, closeRun }: EndingFunctions, next: string, failed: string): State {
    return {
        ...invoke(partition, {
            function: closeRun.arn,
            timeoutSeconds: closeRun.timeoutSeconds,
            payload: { "run.$": "$.run", "results.$": "$.results" },
        }),
        ResultSelector: { "result.$": "$.Payload" },
        ResultPath: "$.closed",
        Retry: [retryTransient],
        Catch: catchAll(failed),
        Next: next,
    };
}

/**
 * The ways a run ends. `NotifyError` and `NotifyParked` tell and then fail; `NotifyOk` tells of a recovery, if there was an
 * incident, and succeeds. What cannot be told here reaches the same function through the event of the failed execution.
 */
export function endings(
    functions: EndingFunctions,
): Record<"NotifyError" | "NotifyParked" | "NotifyOk" | "Failed" | "Done", State> {
    const summary = { "run.$": "$.run", "result.$": closed };
    return {
        NotifyError: notify(
            functions,
            { "run.$": "$.run", "detector.$": "$.run.detector", "error.$": "$.error" },
            "Failed",
        ),
        NotifyParked: notify(functions, summary, "Failed"),
        NotifyOk: notify(functions, summary, "Done"),
        Failed: {
            Type: "Fail",
            Error: runFailed,
            Cause: "The run failed, or parked a window; the message to the operations topic and this history say why",
        },
        Done: { Type: "Succeed" },
    };
}

/** Tells the notifier, which decides whether there is something to say, and goes on whether or not that worked. */
export function notify({ partition, notify }: EndingFunctions, payload: Template, next: string): State {
    return {
        ...invoke(partition, { function: notify.arn, timeoutSeconds: notify.timeoutSeconds, payload }),
        ResultPath: null,
        Retry: [retryTransient],
        Catch: catchAll(next, "$.notifyError"),
        Next: next,
    };
}
