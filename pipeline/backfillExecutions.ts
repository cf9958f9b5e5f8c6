import { z } from "zod";
import { executionArn, type Executions } from "./executions";
import { compact } from "./objectLayout";
import type { Interval } from "./records";

/** Most backfills of one generation that can be told apart by name; far more than anybody starts. */
const maxStarts = 200;

/** What a backfill execution is started with. */
export interface BackfillInput {
    readonly detector: string;
    readonly interval: Interval;
    readonly generation: string;
    /** Windows of the history to extract again, instead of those that are missing. */
    readonly replay?: {
        readonly windows: readonly { readonly start: string; readonly end: string }[];
        readonly force: boolean;
    };
}

/** A backfill execution that is running, and what it fills. */
export interface RunningBackfill {
    readonly arn: string;
    readonly generation: string;
}

/** How often a backfill was started, by an update of the stack or by a tick. */
export interface BackfillStarts {
    readonly count: number;
    /** When the last of them began; absent when there was none. */
    readonly last?: number;
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

/**
 * Starts a backfill under the first name that is free, beginning with the one of the given attempt. A call that is sent twice starts
 * the same execution twice, which is once: the service knows name and input.
 */
export async function startBackfill(
    executions: Executions,
    machineArn: string,
    input: BackfillInput,
    from = 1,
): Promise<string> {
    for (let attempt = from; attempt <= maxStarts; attempt += 1) {
        const name = nameOf(input, attempt);
        if ((await executions.start(machineArn, name, input)) === "started") return name;
    }
    throw new Error(
        `the backfill of "${input.detector}" was started ${maxStarts} times with its present query; names are free again after 90 days`,
    );
}

/** How often the backfill was started. Attempts are numbered without gaps, so that a few looks find the last, however many there are. */
export async function backfillStarts(
    executions: Executions,
    machineArn: string,
    input: BackfillInput,
): Promise<BackfillStarts> {
    const startOf = (attempt: number) => executions.startOf(executionArn(machineArn, nameOf(input, attempt)));
    let [count, last, free]: [number, number | undefined, number] = [0, undefined, 1];
    for (; free <= maxStarts; free *= 2) {
        const start = await startOf(free);
        if (start === undefined) break;
        [count, last] = [free, start];
    }
    while (free - count > 1) {
        const middle = Math.floor((count + free) / 2);
        const start = await startOf(middle);
        if (start === undefined) free = middle;
        else [count, last] = [middle, start];
    }
    return last === undefined ? { count } : { count, last };
}

/** Name of an execution that extracts windows again: known for a backfill's, and behind all numbers that these have. */
export const replayName = (input: BackfillInput, now: number): string =>
    `bf-${input.detector}-${input.generation}-${compact(now).replace(/\D/g, "")}`.slice(0, 80);

const nameOf = ({ detector, generation }: BackfillInput, attempt: number): string =>
    `bf-${detector}-${generation}-${attempt}`.slice(0, 80);
