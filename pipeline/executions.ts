import {
    DescribeExecutionCommand,
    type DescribeExecutionCommandOutput,
    paginateListExecutions,
    type SFNClient,
    StartExecutionCommand,
    StopExecutionCommand,
} from "@aws-sdk/client-sfn";

/** A running execution of a state machine. */
export interface RunningExecution {
    readonly arn: string;
    readonly name: string;
}

/** State machine executions, as far as the pipeline deals with them. */
export interface Executions {
    /**
     * Starts an execution. `started` also when the very same one is running already; `taken` when an execution of that name has
     * ended or has another input: names are not free again for 90 days.
     */
    start(machineArn: string, name: string, input: object): Promise<"started" | "taken">;
    /** Whether an execution is running; one that does not exist is not. */
    readonly isRunning: (arn: string) => Promise<boolean>;
    /** When an execution began; undefined when it does not exist. */
    startOf(arn: string): Promise<number | undefined>;
    /** The input of an execution; undefined when it does not exist or its input is not JSON. */
    input(arn: string): Promise<unknown>;
    /** Ends an execution as aborted; silent when it has ended or does not exist. */
    stop(arn: string, error: string, cause: string): Promise<void>;
    /** The running executions of a machine; none when it does not exist. */
    running(machineArn: string): AsyncIterable<RunningExecution>;
}

/** ARN of the execution of a name, which need not exist yet. */
export function executionArn(machineArn: string, name: string): string {
    return `${machineArn.replace(":stateMachine:", ":execution:")}:${name}`;
}

/** Executions in AWS Step Functions, standard workflows. */
export function openExecutions(client: SFNClient): Executions {
    const describe = async (executionArn: string): Promise<DescribeExecutionCommandOutput | undefined> =>
        client.send(new DescribeExecutionCommand({ executionArn })).catch(ignoring("ExecutionDoesNotExist"));
    return {
        async start(stateMachineArn, name, input) {
            const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
            const answer = await client.send(command).catch(ignoring("ExecutionAlreadyExists"));
            return answer === undefined ? "taken" : "started";
        },
        isRunning: async (arn) => (await describe(arn))?.status === "RUNNING",
        startOf: async (arn) => (await describe(arn))?.startDate?.getTime(),
        async input(arn) {
            const text = (await describe(arn))?.input;
            try {
                return text === undefined ? undefined : (JSON.parse(text) as unknown);
            } catch {
                return undefined;
            }
        },
        async stop(executionArn, error, cause) {
            await client
                .send(new StopExecutionCommand({ executionArn, error, cause }))
                .catch(ignoring("ExecutionDoesNotExist"));
        },
        async *running(stateMachineArn) {
            const pages = paginateListExecutions({ client }, { stateMachineArn, statusFilter: "RUNNING" });
            try {
                for await (const { executions = [] } of pages) {
                    for (const { executionArn = "", name = "" } of executions) yield { arn: executionArn, name };
                }
            } catch (error) {
                // A machine that is gone runs nothing.
                ignoring("StateMachineDoesNotExist")(error);
            }
        },
    };
}

/** Turns one expected error into undefined. */
function ignoring(name: string): (error: unknown) => undefined {
    return (error) => {
        if (error instanceof Error && error.name === name) return undefined;
        throw error;
    };
}
