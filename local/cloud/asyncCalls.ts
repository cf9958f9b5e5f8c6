import { lastPart } from "./providers/kind";
import type { InvokeResult } from "./service";
import type { ResourceStore } from "./state";

export const functionType = "aws:lambda/function:Function";
export const eventInvokeConfigType = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";

/** A call that nobody waits for. */
export interface AsyncCall {
    readonly functionName: string;
    readonly functionArn: string;
    readonly payload: string;
    readonly requestId: string;
    /** When it was accepted, in milliseconds since 1970. */
    readonly at: number;
}

/** What a function's configuration says about calls that nobody waits for. */
export interface AsyncSettings {
    /** Milliseconds before each further try. */
    readonly retryDelaysMs: readonly number[];
    /** Milliseconds after which no further try is begun. */
    readonly maxAgeMs: number;
    /** ARNs of those who are told what became of a call. */
    readonly onSuccess?: string;
    readonly onFailure?: string;
    /** ARN of the queue that gets the events of calls that failed for the last time. */
    readonly deadLetters?: string;
}

/** Lambda waits one minute before the second try and two before the third. */
const retryDelaysMs = [60_000, 120_000];
const defaultMaxAgeSeconds = 6 * 3600;

/** The settings of a function; Lambda's own where the program has none. */
export function asyncSettingsOf(resources: ResourceStore, functionName: string): AsyncSettings {
    const inputs = resources
        .ofType(eventInvokeConfigType)
        .find((config) => lastPart(String(config.inputs.functionName)) === functionName)?.inputs;
    const retries = (inputs?.maximumRetryAttempts as number | undefined) ?? retryDelaysMs.length;
    const maxAgeSeconds = (inputs?.maximumEventAgeInSeconds as number | undefined) ?? defaultMaxAgeSeconds;
    const { onSuccess, onFailure } = destinationsOf(inputs ?? {});
    const deadLetters = deadLettersOf(resources.find(functionType, functionName)?.inputs ?? {});
    return {
        retryDelaysMs: retryDelaysMs.slice(0, retries),
        maxAgeMs: maxAgeSeconds * 1000,
        onSuccess,
        onFailure,
        deadLetters,
    };
}

/** The queue of dead letters that a function names. */
export function deadLettersOf(inputs: Readonly<Record<string, unknown>>): string | undefined {
    return (inputs.deadLetterConfig as { readonly targetArn?: string } | undefined)?.targetArn;
}

/** The destinations that a configuration names. */
export function destinationsOf(inputs: Readonly<Record<string, unknown>>): { onSuccess?: string; onFailure?: string } {
    type Target = { readonly destination: string } | undefined;
    const { onSuccess, onFailure } = (inputs.destinationConfig ?? {}) as { onSuccess?: Target; onFailure?: Target };
    return { onSuccess: onSuccess?.destination, onFailure: onFailure?.destination };
}

/** What a destination is sent, as Lambda writes it. `calls` is how often the function was called, `now` in milliseconds since 1970. */
export function destinationRecord(
    call: AsyncCall,
    outcome: {
        readonly condition: string;
        readonly calls: number;
        readonly result: InvokeResult;
        readonly now: number;
    },
): string {
    const { condition, calls, result, now } = outcome;
    return JSON.stringify({
        version: "1.0",
        timestamp: new Date(now).toISOString(),
        requestContext: {
            requestId: call.requestId,
            functionArn: `${call.functionArn}:$LATEST`,
            condition,
            approximateInvokeCount: calls,
        },
        requestPayload: JSON.parse(call.payload || "{}") as unknown,
        responseContext: {
            statusCode: 200,
            executedVersion: "$LATEST",
            ...(result.functionError === undefined ? {} : { functionError: result.functionError }),
        },
        responsePayload: JSON.parse(result.payload) as unknown,
    });
}
