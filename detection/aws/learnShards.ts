import { ActivationError } from "../worker/dataErrors";
import { executionArn, type Executions } from "../../pipeline/executions";

/** Executions of one run's learning: each that ended without an end to the learning is followed by the next. */
const mostExecutions = 20;

/**
 * Has the shards of a run learned and merged by a state machine; done when an execution runs, however often it is asked for. Throws
 * ActivationError, naming the machine, when executions go on failing.
 */
export async function learnByMachine(
    executions: Pick<Executions, "start" | "isRunning">,
    machineArn: string,
    learning: {
        readonly detector: string;
        readonly detectorArn: string;
        readonly run: string;
        readonly shards: number;
    },
): Promise<void> {
    const { detector, detectorArn, run, shards } = learning;
    const input = { detectorArn, run, shards: Array.from({ length: shards }, (_, shard) => shard) };
    for (let number = 1; number <= mostExecutions; number++) {
        const name = `${detector.slice(0, 48)}-${run.slice(0, 24)}-${number}`;
        if ((await executions.start(machineArn, name, input)) === "started") return;
        if (await executions.isRunning(executionArn(machineArn, name))) return;
    }
    const machine = machineArn.slice(machineArn.lastIndexOf(":") + 1);
    throw new ActivationError(
        `learning in shards failed ${mostExecutions} times; see the executions of the state machine ${machine}`,
    );
}
