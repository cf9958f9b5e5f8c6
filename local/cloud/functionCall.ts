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

/** Calls a handler with an event, within the function's timeout in real time; never rejects. */
export async function callHandler(handler: Handler, resource: StoredResource, event: unknown): Promise<CallEnd> {
    const timeoutSeconds = (resource.inputs.timeout as number | undefined) ?? 3;
    try {
        const result = await withTimeout(
            async () => handler(event, callContext(resource, timeoutSeconds)),
            Math.max(timeoutSeconds, leastTimeoutSeconds),
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

async function withTimeout<T>(work: () => Promise<T>, seconds: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(
            () => reject(namedError(timeoutName, `Task timed out after ${seconds.toFixed(2)} seconds`)),
            seconds * 1000,
        );
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
