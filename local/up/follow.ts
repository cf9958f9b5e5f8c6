import { setTimeout as sleep } from "node:timers/promises";
import type { Waiting } from "./fillAndLearn";
import { leadLimit, leadMs } from "./lead";
import type { UpContext } from "./upContext";

/** Wall time between two moves of the clock when it goes with the real one. */
const moveEveryMs = 1000;

/**
 * Plays what has happened since the stack's clock stood still: every tick in its turn, in steps of `stepMs`, up to `until`, which may go on
 * meanwhile. Ends early when it is told to stop.
 */
export async function catchUp(context: UpContext, waiting: Waiting, stepMs: number): Promise<void> {
    const { cloud } = context;
    const { until, stop, tell } = waiting;
    const began = cloud.clock.now();
    while (!stop.aborted && cloud.clock.now() < until()) {
        const at = Math.min(until(), cloud.clock.now() + stepMs);
        await cloud.advanceTo(at);
        const share = Math.floor((100 * (at - began)) / Math.max(1, until() - began));
        tell(`${new Date(at).toISOString().slice(0, 16).replace("T", " ")}, ${share} %`);
    }
    await finish(context, waiting);
}

/** Brings to its end what the last tick began, if it takes no longer than `leadMs`; where the clock may not run ahead, time passes for real. */
async function finish(context: UpContext, { until, present, stop }: Waiting): Promise<void> {
    const { cloud } = context;
    const enough = Math.max(until(), cloud.clock.now()) + leadMs;
    while (!stop.aborted) {
        const limit = leadLimit(context, { until, present });
        await cloud.runUntilIdle(Math.min(enough, limit));
        if (limit >= enough || cloud.executions().every(({ status }) => status !== "RUNNING")) return;
        await sleep(moveEveryMs, undefined, { signal: stop }).catch(() => undefined);
    }
}

/** Lets the clock go with the real one until it is told to stop; `worked` is called whenever executions have ended and none is running. */
export async function follow(
    { cloud }: UpContext,
    { until, stop }: Pick<Waiting, "until" | "stop">,
    worked: () => Promise<void>,
): Promise<void> {
    let ended = countEnded();
    while (!stop.aborted) {
        await sleep(moveEveryMs, undefined, { signal: stop }).catch(() => undefined);
        if (stop.aborted) return;
        await cloud.advanceTo(Math.max(until(), cloud.clock.now()));
        const executions = cloud.executions();
        if (executions.some(({ status }) => status === "RUNNING") || countEnded() === ended) continue;
        ended = countEnded();
        await worked();
    }

    function countEnded(): number {
        return cloud.executions().filter(({ status }) => status !== "RUNNING").length;
    }
}
