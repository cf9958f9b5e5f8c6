import { createHash } from "node:crypto";
import { join } from "node:path";
import type { ActivityCounter } from "./activity";
import { Journal } from "./journal";
import type { Machine } from "./machineDefinition";
import type { Lambda } from "./lambda";
import { runMachine, type RunEnd } from "./machineRun";
import { dataLimit, type TaskServices } from "./machineTasks";
import { CloudError, type Clock, type Need, type Timer } from "./service";
import type { ResourceStore, StoredResource } from "./state";

export const machineType = "aws:sfn/stateMachine:StateMachine";

export type ExecutionStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";

/** One execution of a state machine. Instants are milliseconds since 1970. */
export interface Execution {
    readonly arn: string;
    readonly name: string;
    readonly machineArn: string;
    readonly status: ExecutionStatus;
    /** JSON text. */
    readonly input: string;
    /** JSON text; only of one that succeeded. */
    readonly output?: string;
    readonly error?: string;
    readonly cause?: string;
    readonly startedAt: number;
    readonly stoppedAt?: number;
}

/** What executions use of the cloud. */
export interface ExecutionSurroundings {
    readonly clock: Clock;
    readonly activity: ActivityCounter;
    readonly resources: ResourceStore;
    readonly folder: string;
    readonly functions: Lambda;
    readonly wire: { allows(roleArn: string, need: Need): boolean };
    /** Told of every change of an execution's status. */
    changed(execution: Execution): void;
}

interface Running {
    readonly abort: AbortController;
    readonly timeout?: Timer;
}

/** A closed execution's name cannot be used again for so long. */
const nameReuseMs = 90 * 86_400_000;

/** The executions of all state machines, kept in the folder's `executions.jsonl`. */
export class Executions {
    private readonly journal: Journal<Execution>;
    private readonly running = new Map<string, Running>();

    /** Opens what the folder holds: executions that were running when their process died are ABORTED; nobody is told of those. */
    constructor(private readonly cloud: ExecutionSurroundings) {
        this.journal = new Journal(join(cloud.folder, "executions.jsonl"));
        for (const execution of this.journal.values().filter(({ status }) => status === "RUNNING")) {
            this.journal.set(execution.arn, {
                ...execution,
                status: "ABORTED",
                error: "ProcessEnded",
                cause: "The process that ran the embedded cloud ended.",
                stoppedAt: cloud.clock.now(),
            });
        }
    }

    /** Executions in the order of their start, of one machine or of all. */
    list(machineArn?: string): Execution[] {
        return this.journal
            .values()
            .filter((execution) => machineArn === undefined || execution.machineArn === machineArn);
    }

    /** Throws CloudError for an ARN of which there is none. */
    describe(arn: string): Execution {
        const execution = this.journal.get(arn);
        if (execution === undefined) {
            throw new CloudError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
        }
        return execution;
    }

    /**
     * Starts an execution. A second call with the name and input of a running one is answered with that one; any other use of a name within
     * 90 days is refused.
     */
    start(machineArn: string, input: string, name?: string): Execution {
        const machine = this.machine(machineArn);
        const chosen = name ?? this.makeName(machineArn);
        checkName(chosen);
        checkInput(input);
        const arn = `${machineArn.replace(":stateMachine:", ":execution:")}:${chosen}`;
        const earlier = this.journal.get(arn);
        const now = this.cloud.clock.now();
        if (earlier?.status === "RUNNING" && earlier.input === input) {
            return earlier;
        }
        if (earlier !== undefined && (earlier.stoppedAt ?? now) + nameReuseMs > now) {
            throw new CloudError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
        }
        const execution: Execution = { arn, name: chosen, machineArn, status: "RUNNING", input, startedAt: now };
        this.journal.delete(arn);
        this.journal.set(arn, execution);
        this.run(machine, execution);
        this.cloud.changed(execution);
        return execution;
    }

    /** Stops a running execution; silent for one that has ended. */
    stop(arn: string, error?: string, cause?: string): Execution {
        const execution = this.describe(arn);
        if (execution.status === "RUNNING") {
            this.end(arn, { status: "ABORTED", error, cause });
        }
        return this.describe(arn);
    }

    /** Ends and forgets the executions of a machine that is being deleted. */
    forget(machineArn: string): void {
        for (const { arn } of this.list(machineArn)) {
            this.stop(arn);
            this.journal.delete(arn);
        }
    }

    /** Leaves every run where it is; its execution stays RUNNING in the folder. */
    close(): void {
        for (const { abort, timeout } of this.running.values()) {
            timeout?.cancel();
            abort.abort(new Error("the embedded cloud was closed"));
        }
        this.running.clear();
    }

    private machine(machineArn: string): StoredResource {
        const machine = this.cloud.resources.find(machineType, machineArn);
        if (machine === undefined) {
            throw new CloudError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${machineArn}'`);
        }
        return machine;
    }

    private makeName(machineArn: string): string {
        const count = this.list(machineArn).length;
        const digits = createHash("sha256").update(`${machineArn} ${count} ${this.cloud.clock.now()}`).digest("hex");
        return [8, 12, 16, 20, 32]
            .map((end, index, ends) => digits.slice(index === 0 ? 0 : ends[index - 1], end))
            .join("-");
    }

    private run(machine: StoredResource, execution: Execution): void {
        const { arn, startedAt } = execution;
        const definition = JSON.parse(String(machine.inputs.definition)) as Machine;
        const abort = new AbortController();
        const timeout =
            definition.TimeoutSeconds === undefined
                ? undefined
                : this.cloud.clock.at(
                      startedAt + definition.TimeoutSeconds * 1000,
                      () => this.end(arn, { status: "TIMED_OUT" }),
                      {
                          background: true,
                      },
                  );
        this.running.set(arn, { abort, timeout });
        const role = String(machine.inputs.roleArn);
        const surroundings = {
            clock: this.cloud.clock,
            services: this.services(role, arn),
            seed: arn,
            signal: abort.signal,
        };
        // Not counted as activity as a whole: what it does between waits is (see `services`).
        this.cloud.activity.start(async () => {
            const context = {
                Run: {
                    Id: arn,
                    Name: execution.name,
                    Input: JSON.parse(execution.input) as unknown,
                    StartTime: formatInstant(startedAt),
                    RoleArn: role,
                },
                StateMachine: { Id: execution.machineArn, Name: String(machine.outputs.name) },
            };
            await runMachine(definition, execution.input, context, surroundings, (end) => this.end(arn, end));
        });
    }

    private end(
        arn: string,
        end: RunEnd | { status: "TIMED_OUT" } | { status: "ABORTED"; error?: string; cause?: string },
    ): void {
        const running = this.running.get(arn);
        if (running === undefined) {
            return;
        }
        this.running.delete(arn);
        running.timeout?.cancel();
        const execution = { ...this.describe(arn), ...end, stoppedAt: this.cloud.clock.now() };
        this.journal.set(arn, execution);
        running.abort.abort(new Error(`execution ${arn} is ${end.status}`));
        this.cloud.changed(execution);
    }

    private services(role: string, executionArn: string): TaskServices {
        const { activity } = this.cloud;
        const authorize = (action: string, resource: string): void => {
            if (!this.cloud.wire.allows(role, { action, resource })) {
                throw new CloudError(
                    action.startsWith("lambda:") ? "AWSLambdaException" : "AccessDenied",
                    `User: ${role} of ${executionArn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
                    403,
                );
            }
        };
        return {
            invoke: (functionName, payload) =>
                activity.run(async () => {
                    authorize("lambda:InvokeFunction", String(this.cloud.functions.find(functionName).outputs.arn));
                    return await this.cloud.functions.invoke(functionName, payload);
                }),
            start: async (machineArn, input, name) => {
                authorize("states:StartExecution", machineArn);
                return this.start(machineArn, input, name);
            },
        };
    }
}

/** An instant as the service writes it in events and in the context object. */
export function formatInstant(instant: number): string {
    return new Date(instant).toISOString();
}

function checkName(name: string): void {
    if (name.length === 0 || name.length > 80 || /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/.test(name)) {
        throw new CloudError("InvalidName", `Invalid Name: '${name}'`);
    }
}

function checkInput(input: string): void {
    try {
        JSON.parse(input);
    } catch {
        throw new CloudError("InvalidExecutionInput", "Invalid State Machine Execution Input: not JSON");
    }
    if (Buffer.byteLength(input) > dataLimit) {
        throw new CloudError(
            "InvalidExecutionInput",
            `Invalid State Machine Execution Input: longer than ${dataLimit} bytes`,
        );
    }
}
