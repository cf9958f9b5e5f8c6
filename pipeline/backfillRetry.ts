import { backfillStarts, runningBackfills, startBackfill } from "./backfillExecutions";
import type { ObjectStore } from "../objects/objectStore";
import type { Executions } from "./executions";
import { isHeld, readLease } from "./lease";
import { generationKey } from "./objectLayout";
import { retryPeriod, tickMs } from "./retryPeriod";
import type { DetectorDefinition } from "./records";

export interface BackfillRetryWorld {
    readonly store: ObjectStore;
    readonly executions: Executions;
    /** ARN of the backfill state machine. */
    readonly backfillMachine: string;
}

/**
 * Starts the backfill of the generation that a detector is to read next, when none is running: the last one failed, was ended, or
 * was never started. After n starts it waits 2^(n-1) ticks from the last one, at most a day. `now` is the tick's time. Tells
 * whether it started one.
 */
export async function retryBackfill(
    { store, executions, backfillMachine }: BackfillRetryWorld,
    { name: detector, interval, next: generation }: DetectorDefinition,
    now: number,
): Promise<boolean> {
    if (generation === null) return false;
    if (await isHeld(await readLease(store, detector, "backfill"), (arn) => executions.isRunning(arn))) return false;
    // Recorded last by an update of the stack, which is still at it or was cut off; it starts the backfill itself.
    if ((await store.get(generationKey(detector, generation))) === undefined) return false;
    const input = { detector, interval, generation };
    const { count, last } = await backfillStarts(executions, backfillMachine, input);
    const tickOf = (instant: number): number => Math.floor(instant / tickMs[interval]);
    if (last !== undefined && tickOf(now) - tickOf(last) < retryPeriod(count, interval)) return false;
    // One that lets the detector learn has given its lease back, and is running all the same.
    if ((await runningBackfills(executions, backfillMachine, detector, new Set([generation]))).length > 0) return false;
    await startBackfill(executions, backfillMachine, input, count + 1);
    return true;
}
