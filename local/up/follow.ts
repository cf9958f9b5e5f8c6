import { setTimeout as sleep } from "node:timers/promises";
import { leadMs, type Waiting } from "./fillAndLearn";
import type { UpContext } from "./upContext";

/** Wall time between two moves of the clock when it goes with the real one. */
const moveEveryMs = 1000;

/**
 * Plays what has happened since the stack's clock stood still: every tick in its turn, in steps of `stepMs`, up to `until`, which may go on
 * meanwhile. Ends early when it is told to stop.
 */
export async function catchUp({ cloud }: UpContext, { until, stop, tell }: Waiting, stepMs: number): Promise<void> {
    const began = cloud.clock.now();
    while (!stop.aborted && cloud.clock.now() < until()) {
        const at = Math.min(until(), cloud.clock.now() + stepMs);
        await cloud.advanceTo(at);
        const share = Math.floor((100 * (at - began)) / Math.max(1, until() - began));
        tell(`${new Date(at).toISOString().slice(0, 16).replace("T", " ")}, ${share} %`);
    }
    // What the last tick began is brought to its end.
    if (!stop.aborted) await cloud.runUntilIdle(Math.max(until(), cloud.clock.now()) + leadMs);
}

/** Lets the clock go with the real one until it is told to stop; `worked` is called whenever executions have ended and none is running. */
export async function follow(
    { cloud }: UpContext,
    { until, stop }: Omit<Waiting, "tell">,
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
