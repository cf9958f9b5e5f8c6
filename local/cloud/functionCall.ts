import { callContext } from "./functionEnvironment";
import { namedError, type Handler } from "./functionInstance";
import type { InvokeResult } from "./service";
import type { StoredResource } from "./state";

/** Bytes that an invocation may give or take when somebody waits for it. */
export const payloadLimit = 6 * 1024 * 1024;
/** Error name of a function that ran out of time. */
export const timeoutName = "Sandbox.Timedout";

/** A function never gets less real time than this, whatever its timeout says: laptops are slower than they should be. */
const leastTimeoutSeconds = 60;

export type CallEnd = { readonly payload: string; readonly error?: undefined } | { readonly error: Error };

/** Calls a handler with an event, within the function's timeout in real time, which `expired` may end before; never rejects. */
export async function callHandler(
    handler: Handler,
    resource: StoredResource,
    event: unknown,
    expired: Promise<void>,
): Promise<CallEnd> {
    const timeoutSeconds = (resource.inputs.timeout as number | undefined) ?? 3;
    try {
        const result = await withTimeout(
            async () => handler(event, callContext(resource, timeoutSeconds)),
            expired,
            timeoutSeconds,
        );
        const payload = JSON.stringify(result) ?? "null";
        const size = Buffer.byteLength(payload);
        if (size > payloadLimit) {
            const text = `Response payload size (${size} bytes) exceeded maximum allowed payload size (${payloadLimit} bytes).`;
            return { error: namedError("Function.ResponseSizeTooLarge", text) };
        }
        return { payload };
    } catch (error) {
        return { error: error instanceof Error ? error : namedError(typeof error, String(error)) };
    }
}

/** The result of a failed invocation: the error as Lambda reports it. */
export function failure(error: unknown): InvokeResult {
    return { payload: JSON.stringify(describeError(error)), functionError: "Unhandled" };
}

async function withTimeout<T>(work: () => Promise<T>, expired: Promise<void>, seconds: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, Math.max(seconds, leastTimeoutSeconds) * 1000);
    });
    const timeout = Promise.race([over, expired]).then((): never => {
        throw namedError(timeoutName, `Task timed out after ${seconds.toFixed(2)} seconds`);
    });
    try {
        return await Promise.race([work(), timeout]);
    } finally {
        clearTimeout(timer);
    }
}

function describeError(error: unknown): { errorType: string; errorMessage: string; trace: string[] } {
    if (!(error instanceof Error)) {
        return { errorType: typeof error, errorMessage: String(error), trace: [] };
    }
    return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split("\n") ?? [] };
}
