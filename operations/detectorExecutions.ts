import { z } from "zod";
import type { ObjectStore } from "../objects/objectStore";
import type { Executions } from "../pipeline/executions";
import type { Interval } from "../pipeline/records";

/** Error name of an execution that was ended on purpose: nobody needs to be told. */
export const stoppedOnPurpose = "StoppedOnPurpose";

/** Most backfills of one generation that can be told apart by name; far more than anybody starts. */
const maxStarts = 200;

/** What a backfill execution is started with. */
export interface BackfillInput {
    readonly detector: string;
    readonly interval: Interval;
    readonly generation: string;
}

/** A backfill execution that is running, and what it fills. */
export interface RunningBackfill {
    readonly arn: string;
    readonly generation: string;
}

const backfillInput = z.object({ detector: z.string(), generation: z.string() });

/**
 * The running backfills of a detector. An execution that a machine started to go on with the rest is named by its generation alone,
 * so those of the given generations are looked into.
 */
export async function runningBackfills(
    executions: Executions,
    machineArn: string,
    detector: string,
    generations: ReadonlySet<string>,
): Promise<RunningBackfill[]> {
    const found: RunningBackfill[] = [];
    for await (const { arn, name } of executions.running(machineArn)) {
        const chained = /^bf-([0-9a-f]{10})-/.exec(name)?.[1];
        if (!name.startsWith(`bf-${detector}-`) && !(chained !== undefined && generations.has(chained))) continue;
        const input = backfillInput.safeParse(await executions.input(arn));
        if (input.success && input.data.detector === detector) found.push({ arn, generation: input.data.generation });
    }
    return found;
}

/** The running live executions of a detector: `<detector>-<scheduled time>-<fence>`. */
export async function runningLive(executions: Executions, machineArn: string, detector: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { arn, name } of executions.running(machineArn)) {
        const isOurs = name.startsWith(`${detector}-`) && /^\d{8}T\d{6}Z-\d+$/.test(name.slice(detector.length + 1));
        if (isOurs) found.push(arn);
    }
    return found;
}

/**
 * Starts a backfill under the first name that is free. A call that is sent twice starts the same execution twice, which is once:
 * the service knows name and input.
 */
export async function startBackfill(executions: Executions, machineArn: string, input: BackfillInput): Promise<string> {
    for (let attempt = 1; attempt <= maxStarts; attempt += 1) {
        const name = `bf-${input.detector}-${input.generation}-${attempt}`.slice(0, 80);
        if ((await executions.start(machineArn, name, input)) === "started") return name;
    }
    throw new Error(
        `the backfill of "${input.detector}" was started ${maxStarts} times with its present query; names are free again after 90 days`,
    );
}

/** Stops the queries under way whose tickets lie below a prefix. */
export async function cancelTickets(
    store: ObjectStore,
    prefix: string,
    cancel: (ticketKey: string) => Promise<void>,
): Promise<void> {
    for await (const { key } of store.list(prefix)) {
        // The database may be gone, or unreachable: its own timeout ends the query then, and what it writes counts nowhere.
        await cancel(key).catch(() => undefined);
        await store.delete([key]);
    }
}
