import { prepareMachine, type Machine, type PreparedMachine } from "./machineDefinition";
import { checkDataLimit, runTask, TaskError, type TaskSurroundings } from "./machineTasks";
import type * as interpreterModule from "aws-local-stepfunctions" with { "resolution-mode": "import" };
import type { RunOptions, StateMachineDefinition } from "aws-local-stepfunctions" with { "resolution-mode": "import" };

/** How a run of a definition ended by itself. */
export type RunEnd =
    | { readonly status: "SUCCEEDED"; readonly output: string }
    | { readonly status: "FAILED"; readonly error: string; readonly cause: string };

/** The interpreter's package. It is loaded on first use, and wants a function that Node 20 lacks. */
async function loadInterpreter(): Promise<typeof interpreterModule> {
    const promises = Promise as { withResolvers?: unknown };
    promises.withResolvers ??= function withResolvers<T>() {
        let resolve!: (value: T) => void;
        let reject!: (reason: unknown) => void;
        const promise = new Promise<T>((...both) => ([resolve, reject] = both));
        return { promise, resolve, reject };
    };
    return await import("aws-local-stepfunctions");
}

/** Throws an Error that says what is wrong with a definition, or what the embedded cloud does not do of it. */
export async function checkMachine(definition: string): Promise<void> {
    const { StateMachine } = await loadInterpreter();
    const machine = JSON.parse(definition) as Machine;
    new StateMachine(machine as unknown as StateMachineDefinition);
    prepareMachine(machine);
}

/**
 * Runs a definition to its end, which `ended` is told. Resolves when the run has got as far as it can without a task that is under
 * way or the clock; the rest follows from those.
 */
export async function runMachine(
    machine: Machine,
    input: string,
    context: Record<string, unknown>,
    surroundings: TaskSurroundings,
    ended: (end: RunEnd) => void,
): Promise<void> {
    const { StateMachine } = await loadInterpreter();
    if (surroundings.signal.aborted) {
        return;
    }
    const prepared = prepareMachine(machine);
    const interpreter = new StateMachine(prepared.definition as unknown as StateMachineDefinition, {
        validationOptions: { noValidate: true },
    });
    const event: unknown = JSON.parse(input);
    const run = interpreter.run(event as Parameters<typeof interpreter.run>[0], {
        overrides: overrides(prepared, surroundings),
        context: { ...context, State: enteredTime(surroundings), Names: prepared.names },
    });
    surroundings.signal.addEventListener("abort", () => run.abort(), { once: true });
    run.result.then(
        (result) => ended(success(JSON.stringify(result) ?? "null")),
        (error: unknown) => ended(failure(error)),
    );
}

function overrides(prepared: PreparedMachine, surroundings: TaskSurroundings): RunOptions["overrides"] {
    const handlers = [...prepared.tasks].map(
        ([name, task]) => [name, (input: unknown) => runTask(name, task, input, surroundings)] as const,
    );
    return {
        taskResourceLocalHandlers: Object.fromEntries(handlers) as NonNullable<
            RunOptions["overrides"]
        >["taskResourceLocalHandlers"],
        retryIntervalOverrides: Object.fromEntries(prepared.retrying.map((name) => [name, 0])),
    };
}

/** `$$.State.EnteredTime`: a state's fields are read when it is entered, and no simulated time passes meanwhile. */
function enteredTime({ clock }: TaskSurroundings): object {
    return {
        get EnteredTime(): string {
            return new Date(clock.now()).toISOString();
        },
    };
}

function success(output: string): RunEnd {
    try {
        checkDataLimit(output, "output of the execution");
        return { status: "SUCCEEDED", output };
    } catch (error) {
        return failure(error);
    }
}

/** The interpreter wraps what ended a run. */
function failure(error: unknown): RunEnd {
    const inner = error instanceof Error && error.name === "ExecutionError" ? error.cause : error;
    const { name, message } = inner instanceof Error ? inner : new TaskError("States.Runtime", String(inner));
    return { status: "FAILED", error: name, cause: message };
}
