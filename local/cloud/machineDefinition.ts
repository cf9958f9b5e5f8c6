/** A state of a States Language definition, as far as it is rewritten here. */
export interface State {
    readonly Type: string;
    readonly Resource?: string;
    readonly Retry?: readonly Retrier[];
    readonly ItemProcessor?: Machine;
    readonly Iterator?: Machine;
    readonly Branches?: readonly Machine[];
    readonly [key: string]: unknown;
}

export interface Machine {
    readonly StartAt: string;
    readonly States: Readonly<Record<string, State>>;
    readonly TimeoutSeconds?: number;
    readonly ProcessorConfig?: { readonly Mode?: string; readonly ExecutionType?: string };
    readonly [key: string]: unknown;
}

/** One entry of a state's `Retry`. */
export interface Retrier {
    readonly ErrorEquals: readonly string[];
    /** Seconds before the first retry; default 1. */
    readonly IntervalSeconds?: number;
    /** Default 3. */
    readonly MaxAttempts?: number;
    /** Default 2. */
    readonly BackoffRate?: number;
    readonly MaxDelaySeconds?: number;
    readonly JitterStrategy?: "FULL" | "NONE";
}

/** A definition made ready for an interpreter that lives in real time, and what was taken out of it. */
export interface PreparedMachine {
    readonly definition: Machine;
    /** What each state that is to be run outside of the interpreter does, by the state's name. */
    readonly tasks: ReadonlyMap<string, PreparedTask>;
    /** Names of the other states that retry; they do so without waiting. */
    readonly retrying: readonly string[];
    /** Simulated seconds after which an execution times out; undefined for never. */
    readonly timeoutSeconds?: number;
    /** Context object's `Names`: what `$$.State.Name` was in each state that asks for it. */
    readonly names: Readonly<Record<string, string>>;
}

export type PreparedTask =
    | { readonly kind: "wait" }
    | { readonly kind: "task"; readonly resource: string; readonly retry: readonly Retrier[] };

/** The interpreter waits at most so long, in seconds, for a task: the longest that a Node timer can be set to. */
const longestTimeoutSeconds = 2_147_483;
const waitResource = "arn:aws:lambda:us-east-1:123456789012:function:wait";

/**
 * Rewrites a definition so that time passes on the simulated clock only: Wait states become tasks that sleep on it, retries of tasks are
 * taken out to be done there, timeouts too. The context's `$$.Execution` becomes `$$.Run`, since the interpreter fills the former from the wall clock.
 * Throws an Error that names the state and the field for what the embedded cloud does not do.
 */
export function prepareMachine(machine: Machine): PreparedMachine {
    const prepared = {
        tasks: new Map<string, PreparedTask>(),
        retrying: [] as string[],
        names: {} as Record<string, string>,
    };
    const definition = rewriteMachine(machine, prepared);
    return { definition, timeoutSeconds: machine.TimeoutSeconds, ...prepared };
}

interface Found {
    readonly tasks: Map<string, PreparedTask>;
    readonly retrying: string[];
    readonly names: Record<string, string>;
}

function rewriteMachine(machine: Machine, found: Found): Machine {
    refuse("the state machine", machine, { QueryLanguage: "JSONata" });
    const { TimeoutSeconds: _taken, ...rest } = machine;
    const states = Object.entries(machine.States).map(
        ([name, state]) => [name, rewriteState(name, state, found)] as const,
    );
    return { ...rest, States: Object.fromEntries(states) };
}

function rewriteState(name: string, state: State, found: Found): State {
    refuse(`state "${name}"`, state, {
        QueryLanguage: "JSONata",
        TimeoutSecondsPath: undefined,
        HeartbeatSeconds: undefined,
        HeartbeatSecondsPath: undefined,
        ItemReader: undefined,
        ItemBatcher: undefined,
        ResultWriter: undefined,
        ToleratedFailureCount: undefined,
        ToleratedFailurePercentage: undefined,
    });
    const own = rewritePaths(state, name, found) as State;
    switch (state.Type) {
        case "Wait":
            return rewriteWait(name, own, found);
        case "Task":
            return rewriteTask(name, own, found);
        case "Map":
        case "Parallel":
            return rewriteNested(name, state, own, found);
        default:
            return own;
    }
}

function rewriteWait(name: string, state: State, found: Found): State {
    refuse(`state "${name}"`, state, { InputPath: undefined });
    const { Seconds, SecondsPath, Timestamp, TimestampPath, ...rest } = state;
    found.tasks.set(name, { kind: "wait" });
    const asked = { seconds: Seconds, "seconds.$": SecondsPath, timestamp: Timestamp, "timestamp.$": TimestampPath };
    return {
        ...rest,
        Type: "Task",
        Resource: waitResource,
        Parameters: Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)),
        ResultPath: null,
        TimeoutSeconds: longestTimeoutSeconds,
    };
}

function rewriteTask(name: string, state: State, found: Found): State {
    const { Retry = [], Resource, ...rest } = state;
    found.tasks.set(name, { kind: "task", resource: String(Resource), retry: Retry });
    return { ...rest, Resource, TimeoutSeconds: longestTimeoutSeconds };
}

function rewriteNested(name: string, state: State, own: State, found: Found): State {
    if (state.Retry !== undefined) {
        found.retrying.push(name);
    }
    const processor = state.ItemProcessor && inlineProcessor(name, state.ItemProcessor);
    const { Label: _label, ...inlined } = own;
    return {
        ...inlined,
        ...(processor && { ItemProcessor: rewriteMachine(processor, found) }),
        ...(state.Iterator && { Iterator: rewriteMachine(state.Iterator, found) }),
        ...(state.Branches && { Branches: state.Branches.map((branch) => rewriteMachine(branch, found)) }),
    };
}

/** A distributed Map over items in its input gives what an inline one gives, so it is run as one; its iterations do not show as executions. */
function inlineProcessor(name: string, processor: Machine): Machine {
    if (processor.ProcessorConfig?.Mode !== "DISTRIBUTED") {
        return processor;
    }
    if (!["STANDARD", "EXPRESS"].includes(String(processor.ProcessorConfig.ExecutionType))) {
        throw new Error(`state "${name}": a distributed Map needs the ExecutionType STANDARD or EXPRESS`);
    }
    return { ...processor, ProcessorConfig: { Mode: "INLINE" } };
}

/** Rewrites the references to the context object in a state's own fields; nested machines have their turn later. */
function rewritePaths(value: unknown, stateName: string, found: Found): unknown {
    if (Array.isArray(value)) {
        return value.map((item) => rewritePaths(item, stateName, found));
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    return Object.fromEntries(
        Object.entries(value).map(([key, item]) => {
            if (key === "ItemProcessor" || key === "Iterator" || key === "Branches") {
                return [key, item];
            }
            return typeof item === "string" && /(\.\$|Path|^Variable)$/.test(key)
                ? [key, rewritePath(item, stateName, found)]
                : [key, rewritePaths(item, stateName, found)];
        }),
    );
}

function rewritePath(path: string, stateName: string, found: Found): string {
    return path.replace(/\$\$\.Execution\b/g, "$$$$.Run").replace(/\$\$\.State\.Name\b/g, () => {
        const known = Object.keys(found.names).find((key) => found.names[key] === stateName);
        const key = known ?? `state${Object.keys(found.names).length}`;
        found.names[key] = stateName;
        return `$$.Names.${key}`;
    });
}

/** Throws for a field that is there, or has the value that is not done. */
function refuse(
    where: string,
    holder: Readonly<Record<string, unknown>>,
    fields: Record<string, string | undefined>,
): void {
    for (const [field, value] of Object.entries(fields)) {
        if (holder[field] !== undefined && (value === undefined || holder[field] === value)) {
            const what = value === undefined ? field : `${field} ${value}`;
            throw new Error(`${where}: the embedded cloud does not do ${what}; leave it out, or try it on AWS`);
        }
    }
}
