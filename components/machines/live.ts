import { closed, closeRun, type EndingFunctions, endings } from "./endings";
import { extractWindows, type WindowFunctions } from "./extractWindows";
import type { Definition } from "./states";

/** Seconds after which a live run is given up. Longer than any window may take; the next tick plans what is left. */
const timeoutSeconds = 6 * 3600;

export type LiveFunctions = WindowFunctions & EndingFunctions;

/**
 * One detector's due windows, planned by the tick: `{run, windows: [{start, end}]}`. Fails when a window was parked, after it
 * has told so.
 */
export function liveDefinition(functions: LiveFunctions): Definition {
    return {
        Comment: "Extracts one detector's due windows",
        StartAt: "ExtractWindows",
        TimeoutSeconds: timeoutSeconds,
        States: {
            ExtractWindows: extractWindows(functions, "CloseRun", "NotifyError"),
            CloseRun: closeRun(functions, "IsOk", "NotifyError"),
            IsOk: {
                Type: "Choice",
                Choices: [{ Variable: `${closed}.outcome`, StringEquals: "ok", Next: "NotifyOk" }],
                Default: "NotifyParked",
            },
            ...endings(functions),
        },
    };
}
