import type { TaskError } from "./run";

/** What went wrong, for people: the error's name and its text. */
export interface Failure {
    readonly error: string;
    readonly message: string;
}

/** Texts for errors that the state machine raises itself and says nothing about. */
const silentErrors: Readonly<Record<string, string>> = {
    "States.Timeout": "no answer came within the time allowed",
    "Lambda.Unknown": "the function ended without an answer, out of memory or time",
};

/** Reads the `{Error, Cause}` of a failed task. The cause of a function's error is JSON that holds the name and text it threw. */
export function explainFailure({ Error: name, Cause: cause }: TaskError): Failure {
    const thrown = parseCause(cause);
    const message = thrown?.errorMessage ?? cause;
    return {
        error: thrown?.errorType ?? name,
        message: message.trim() === "" ? (silentErrors[name] ?? "no reason was given") : message.trim(),
    };
}

function parseCause(cause: string): { readonly errorType?: string; readonly errorMessage?: string } | undefined {
    try {
        const parsed: unknown = JSON.parse(cause);
        if (typeof parsed !== "object" || parsed === null) return undefined;
        const { errorType, errorMessage } = parsed as Record<string, unknown>;
        return {
            ...(typeof errorType === "string" ? { errorType } : {}),
            ...(typeof errorMessage === "string" ? { errorMessage } : {}),
        };
    } catch {
        // Not JSON: the text is the cause itself.
        return undefined;
    }
}
