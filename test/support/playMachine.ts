import type { Definition, State } from "../../components/machines/states";
import type { RunOptions, StateMachineDefinition } from "aws-local-stepfunctions" with { "resolution-mode": "import" };

type Handlers = NonNullable<NonNullable<RunOptions["overrides"]>["taskResourceLocalHandlers"]>;

/** Answers a task: what its function returns, or the error that it throws. */
export type Answer = (payload: Record<string, unknown>) => unknown;

export interface Playing {
    readonly definition: Definition;
    readonly input: Record<string, unknown>;
    /** Answers by state name. A task without one fails the test. */
    readonly tasks: Readonly<Record<string, Answer>>;
}

export interface Played {
    readonly status: "SUCCEEDED" | "FAILED";
    /** Error of the failed execution. */
    readonly error?: string;
    readonly output?: unknown;
    /** Calls in order, waits included: the state's name and what it was given. */
    readonly calls: readonly { readonly state: string; readonly payload: Record<string, unknown> }[];
}

/** An error as the service gives it for a function that threw. */
export class NamedError extends Error {
    constructor(name: string, message: string) {
        super(message);
        this.name = name;
    }
}

/** Runs a definition to its end by the interpreter, no time passing in waits and retries. */
export async function playMachine({ definition, input, tasks }: Playing): Promise<Played> {
    const { StateMachine } = await loadInterpreter();
    const calls: { state: string; payload: Record<string, unknown> }[] = [];
    const states = [...statesOf(definition)];
    const handlers = states
        .filter(([, state]) => state.Type === "Task")
        .map(([name]) => [
            name,
            async (parameters: Record<string, unknown>) => {
                const payload = (parameters.Payload ?? parameters) as Record<string, unknown>;
                calls.push({ state: name, payload });
                const answer = tasks[name];
                if (answer === undefined) {
                    throw new Error(`the machine came to ${name}, which the test does not answer`);
                }
                return { Payload: await answer(payload) };
            },
        ]);
    const zeros = (type: State["Type"]): Record<string, number> =>
        Object.fromEntries(states.filter(([, state]) => state.Type === type).map(([name]) => [name, 0]));
    const machine = new StateMachine(definition as unknown as StateMachineDefinition, {
        // Checking takes a second; another test does it once.
        validationOptions: { noValidate: true },
    });
    const run = machine.run(input as Parameters<typeof machine.run>[0], {
        overrides: {
            taskResourceLocalHandlers: Object.fromEntries(handlers) as Handlers,
            waitTimeOverrides: zeros("Wait"),
            retryIntervalOverrides: zeros("Task"),
        },
        context: {
            Execution: {
                Id: "arn:aws:states:us-east-1:123456789012:execution:lookout-dev-backfill:bf-1",
                Name: "bf-1",
                Input: input,
                RoleArn: "arn:aws:iam::123456789012:role/machine",
            },
            StateMachine: { Id: "arn:aws:states:us-east-1:123456789012:stateMachine:lookout-dev-backfill", Name: "x" },
        } as unknown as RunOptions["context"],
    });
    try {
        return { status: "SUCCEEDED", output: await run.result, calls };
    } catch (error) {
        const { name } = (error as Error).cause as Error;
        return { status: "FAILED", error: name, calls };
    }
}

/** Every state of a definition and of the maps in it, by name. */
export function* statesOf(definition: Definition): Generator<[string, State]> {
    for (const [name, state] of Object.entries(definition.States)) {
        yield [name, state];
        if (state.Type === "Map") {
            yield* statesOf(state.ItemProcessor);
        }
    }
}

/** The interpreter wants a function that Node 20 lacks. */
async function loadInterpreter() {
    const promises = Promise as { withResolvers?: unknown };
    promises.withResolvers ??= function withResolvers<T>() {
        let resolve!: (value: T) => void;
        let reject!: (reason: unknown) => void;
        const promise = new Promise<T>((...both) => ([resolve, reject] = both));
        return { promise, resolve, reject };
    };
    return await import("aws-local-stepfunctions");
}
