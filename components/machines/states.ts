/*
 * The Amazon States Language as far as our machines use it (JSONPath), and builders for what recurs. Plain values: a machine's
 * definition is decided here and in its own file, and tested without creating anything.
 */

export interface Retrier {
    readonly ErrorEquals: readonly string[];
    readonly IntervalSeconds: number;
    readonly MaxAttempts: number;
    readonly BackoffRate: number;
    readonly MaxDelaySeconds?: number;
    readonly JitterStrategy?: "FULL" | "NONE";
}

export interface Catcher {
    readonly ErrorEquals: readonly string[];
    readonly ResultPath: string;
    readonly Next: string;
}

/** Where a state goes on, or that it is the last. */
export type Onward = { readonly Next: string } | { readonly End: true };

/** JSON with references: a key that ends in `.$` holds a path or an intrinsic function. */
export type Template = { readonly [key: string]: string | number | boolean | null | Template };

interface Data {
    readonly Comment?: string;
    readonly ResultPath?: string | null;
    readonly ResultSelector?: Template;
    readonly OutputPath?: string;
}

export interface TaskState extends Data {
    readonly Type: "Task";
    readonly Resource: string;
    readonly Parameters: Template;
    readonly TimeoutSeconds: number;
    readonly Retry?: readonly Retrier[];
    readonly Catch?: readonly Catcher[];
}

export interface MapState extends Data {
    readonly Type: "Map";
    readonly ItemsPath: string;
    readonly MaxConcurrencyPath?: string;
    readonly MaxConcurrency?: number;
    /** Names the iterations of a distributed Map, at most 40 characters. */
    readonly Label?: string;
    readonly ItemSelector: Template;
    readonly ItemProcessor: Definition & {
        readonly ProcessorConfig:
            | { readonly Mode: "INLINE" }
            | { readonly Mode: "DISTRIBUTED"; readonly ExecutionType: "STANDARD" | "EXPRESS" };
    };
    readonly Catch?: readonly Catcher[];
}

export interface ChoiceRule {
    readonly Variable?: string;
    readonly StringEquals?: string;
    readonly NumericLessThan?: number;
    readonly NumericGreaterThan?: number;
    readonly IsPresent?: boolean;
    readonly And?: readonly ChoiceRule[];
    readonly Or?: readonly ChoiceRule[];
}

export interface ChoiceState {
    readonly Type: "Choice";
    readonly Choices: readonly (ChoiceRule & { readonly Next: string })[];
    readonly Default: string;
}

export type State =
    | (TaskState & Onward)
    | (MapState & Onward)
    | ChoiceState
    | ({ readonly Type: "Pass"; readonly Parameters?: Template } & Data & Onward)
    | ({ readonly Type: "Wait"; readonly SecondsPath?: string; readonly Seconds?: number } & Onward)
    | { readonly Type: "Succeed" }
    | { readonly Type: "Fail"; readonly Error: string; readonly Cause: string };

export interface Definition {
    readonly Comment?: string;
    readonly StartAt: string;
    readonly TimeoutSeconds?: number;
    readonly States: Readonly<Record<string, State>>;
}

/** A function that a machine calls. */
export interface Callee {
    readonly arn: string;
    /** The function's own timeout in seconds; the task allows a little more, so that the function's error is the one seen. */
    readonly timeoutSeconds: number;
}

/** Seconds that a task waits beyond its function's timeout: cold start and the service's own queue. */
const graceSeconds = 30;

/** A task that calls a function; its answer is under `$.Payload` for ResultSelector and OutputPath. */
export function invoke(
    partition: string,
    call: {
        readonly function: string | { readonly path: string };
        readonly timeoutSeconds: number;
        readonly payload: Template;
    },
): TaskState {
    const name: Template =
        typeof call.function === "string" ? { FunctionName: call.function } : { "FunctionName.$": call.function.path };
    return {
        Type: "Task",
        Resource: `arn:${partition}:states:::lambda:invoke`,
        Parameters: { ...name, Payload: call.payload },
        TimeoutSeconds: call.timeoutSeconds + graceSeconds,
    };
}

/** Sends every error that can be caught to `next`, as `{Error, Cause}` at `path`. */
export function catchAll(next: string, path = "$.error"): readonly Catcher[] {
    return [{ ErrorEquals: ["States.ALL"], ResultPath: path, Next: next }];
}
