import { executionArn, type Executions } from "../../pipeline/executions";

/** An execution of the fake: running until the test ends it. */
export interface FakeExecution {
    readonly machineArn: string;
    readonly name: string;
    readonly input: unknown;
    readonly startedAt: number;
    status: "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED";
    /** Error and cause that it was stopped with. */
    stopped?: { readonly error: string; readonly cause: string };
}

export interface FakeExecutions extends Executions {
    /** All executions by ARN, in the order of their start. */
    readonly all: Map<string, FakeExecution>;
    /** Names, in the order of their start. */
    names(): string[];
    end(arn: string, status?: FakeExecution["status"]): void;
    /** Time at which executions start. */
    now: number;
    /** Runs before each start; a throw is its outcome. */
    beforeStart?: (name: string) => Promise<void> | void;
}

/** State machine executions in memory, with the service's rules on names. */
export function fakeExecutions(): FakeExecutions {
    const all = new Map<string, FakeExecution>();
    const fake: FakeExecutions = {
        all,
        now: 0,
        names: () => [...all.values()].map(({ name }) => name),
        end: (arn, status = "SUCCEEDED") => {
            const execution = all.get(arn);
            if (execution === undefined) throw new Error(`no execution ${arn}`);
            execution.status = status;
        },
        async start(machineArn, name, input) {
            await fake.beforeStart?.(name);
            const arn = executionArn(machineArn, name);
            const present = all.get(arn);
            if (present !== undefined) {
                const isSame = JSON.stringify(present.input) === JSON.stringify(input);
                return present.status === "RUNNING" && isSame ? "started" : "taken";
            }
            all.set(arn, { machineArn, name, input: structuredClone(input), startedAt: fake.now, status: "RUNNING" });
            return "started";
        },
        isRunning: async (arn) => all.get(arn)?.status === "RUNNING",
        startOf: async (arn) => all.get(arn)?.startedAt,
        input: async (arn) => all.get(arn)?.input,
        async stop(arn, error, cause) {
            const execution = all.get(arn);
            if (execution?.status !== "RUNNING") return;
            execution.status = "ABORTED";
            execution.stopped = { error, cause };
        },
        async *running(machineArn) {
            for (const [arn, execution] of [...all]) {
                if (execution.machineArn === machineArn && execution.status === "RUNNING") {
                    yield { arn, name: execution.name };
                }
            }
        },
    };
    return fake;
}
