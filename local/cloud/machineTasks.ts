import { createHash } from "node:crypto";
import type { PreparedTask, Retrier } from "./machineDefinition";
import { CloudError, type Clock } from "./service";

/** A failure inside of an execution. `name` is what `Retry` and `Catch` compare, the message is the cause. */
export class TaskError extends Error {
    /** False for failures that `States.ALL` does not match; read by the interpreter. */
    readonly isRetryable: boolean;
    readonly isCatchable: boolean;

    constructor(
        override readonly name: string,
        cause: string,
    ) {
        super(cause);
        this.isRetryable = this.isCatchable = name !== dataLimitError && name !== "States.Runtime";
    }
}

/** What tasks may do. */
export interface TaskServices {
    /** Invokes a function as the machine's role; resolves with its payload. */
    invoke(functionName: string, payload: string): Promise<{ payload: string; functionError?: string }>;
    /** Starts an execution as the machine's role; resolves with its ARN and start (milliseconds since 1970). */
    start(machineArn: string, input: string, name?: string): Promise<{ arn: string; startedAt: number }>;
}

export interface TaskSurroundings {
    readonly clock: Clock;
    readonly services: TaskServices;
    /** Decides the jitter of retries. */
    readonly seed: string;
    /** Aborted when the execution ends. */
    readonly signal: AbortSignal;
}

/** Largest payload that may pass between states, in bytes. */
export const dataLimit = 256 * 1024;
const dataLimitError = "States.DataLimitExceeded";

/** Throws when a payload is larger than may pass between states. */
export function checkDataLimit(json: string, where: string): void {
    const size = Buffer.byteLength(json);
    if (size > dataLimit) {
        throw new TaskError(
            dataLimitError,
            `The ${where} is ${size} bytes long; at most ${dataLimit} bytes may pass between states.`,
        );
    }
}

/** Runs one Wait or Task state, retries included, on the simulated clock. `input` is what its Parameters gave. */
export async function runTask(
    name: string,
    task: PreparedTask,
    input: unknown,
    surroundings: TaskSurroundings,
): Promise<unknown> {
    if (task.kind === "wait") {
        await wait(name, input as WaitInput, surroundings);
        return null;
    }
    const attempts = task.retry.map(() => 0);
    for (;;) {
        surroundings.signal.throwIfAborted();
        try {
            const result = await call(task.resource, input, surroundings.services);
            checkDataLimit(JSON.stringify(result) ?? "null", `result of state "${name}"`);
            return result;
        } catch (error) {
            const failure = error instanceof TaskError ? error : new TaskError("States.Runtime", String(error));
            const index = task.retry.findIndex((retrier) => matches(retrier, failure));
            const retrier = task.retry[index];
            if (retrier === undefined || attempts[index]! >= (retrier.MaxAttempts ?? 3)) {
                throw failure;
            }
            const delay = retryDelayMs(retrier, attempts[index]!, `${surroundings.seed} ${name} ${attempts.join(" ")}`);
            attempts[index]! += 1;
            await surroundings.clock.sleep(delay, surroundings.signal);
        }
    }
}

interface WaitInput {
    readonly seconds?: unknown;
    readonly timestamp?: unknown;
}

async function wait(name: string, input: WaitInput, { clock, signal }: TaskSurroundings): Promise<void> {
    const until =
        input.seconds === undefined ? Date.parse(String(input.timestamp)) : clock.now() + Number(input.seconds) * 1000;
    if (!Number.isFinite(until) || (input.seconds !== undefined && typeof input.seconds !== "number")) {
        throw new TaskError("States.Runtime", `State "${name}" cannot wait for ${JSON.stringify(input)}.`);
    }
    if (until > clock.now()) {
        await clock.sleep(until - clock.now(), signal);
    }
}

function matches({ ErrorEquals }: Retrier, error: TaskError): boolean {
    return (
        error.isRetryable &&
        ErrorEquals.some(
            (wanted) =>
                wanted === error.name ||
                wanted === "States.ALL" ||
                (wanted === "States.TaskFailed" && error.name !== "States.Timeout"),
        )
    );
}

/** Simulated milliseconds before the next try; `attempts` have been made before. Full jitter takes a part of it that the seed decides. */
export function retryDelayMs(retrier: Retrier, attempts: number, seed: string): number {
    const seconds = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** attempts;
    const bounded = Math.min(seconds, retrier.MaxDelaySeconds ?? Infinity);
    const share =
        retrier.JitterStrategy === "FULL" ? createHash("sha256").update(seed).digest().readUInt32BE() / 2 ** 32 : 1;
    return Math.round(bounded * 1000 * share);
}

async function call(resource: string, input: unknown, services: TaskServices): Promise<unknown> {
    if (/^arn:[^:]+:states:::lambda:invoke$/.test(resource)) {
        const { FunctionName, Payload } = input as { FunctionName?: unknown; Payload?: unknown };
        const payload = await invoke(String(FunctionName), Payload, services);
        return { ExecutedVersion: "$LATEST", Payload: payload, StatusCode: 200 };
    }
    if (/^arn:[^:]+:states:::states:startExecution$/.test(resource)) {
        return await startExecution(input as StartInput, services);
    }
    if (/^arn:[^:]+:lambda:[^:]+:\d+:function:/.test(resource)) {
        return await invoke(resource, input, services);
    }
    throw new TaskError("States.Runtime", `The embedded cloud has no task of the resource ${resource}.`);
}

async function invoke(functionName: string, event: unknown, services: TaskServices): Promise<unknown> {
    try {
        const { payload, functionError } = await services.invoke(functionName, JSON.stringify(event ?? {}));
        if (functionError === undefined) {
            return JSON.parse(payload) as unknown;
        }
        const { errorType } = JSON.parse(payload) as { errorType?: string };
        throw new TaskError(errorType ?? "Lambda.Unknown", payload);
    } catch (error) {
        throw error instanceof CloudError ? new TaskError(`Lambda.${error.name}`, error.message) : error;
    }
}

interface StartInput {
    readonly StateMachineArn?: string;
    readonly Input?: unknown;
    readonly Name?: string;
}

async function startExecution({ StateMachineArn, Input, Name }: StartInput, services: TaskServices): Promise<unknown> {
    try {
        const input = typeof Input === "string" ? Input : JSON.stringify(Input ?? {});
        const { arn, startedAt } = await services.start(String(StateMachineArn), input, Name);
        return { ExecutionArn: arn, StartDate: new Date(startedAt).toISOString() };
    } catch (error) {
        throw error instanceof CloudError
            ? new TaskError(`StepFunctions.${error.name}Exception`, error.message)
            : error;
    }
}
