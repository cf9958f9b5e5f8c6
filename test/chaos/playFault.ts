import assert from "node:assert/strict";
import type { FaultCase } from "./faultTable";
import { requireTold } from "./incidents";
import type { ChaosWorld } from "./world";

/** Lets one fault strike and heal, and checks what must hold then. Gives its line of the table. */
export async function playFault(
    world: ChaosWorld,
    { name, strike, ticks = 1, told = [], mend }: FaultCase,
): Promise<string> {
    await strike(world);
    if (mend !== undefined) {
        await world.play(ticks - 1);
        await mend(world);
        await world.play(1);
    } else await world.play(ticks);
    const heard = world.heard();
    await world.check();
    assert.equal(heard.length, told.length, heard.join("; "));
    told.forEach((pattern, i) => assert.match(heard[i]!, pattern));
    requireTold({ heard, failedRuns: world.failedRuns(), failedWindows: world.failedBefore() });
    // What did not strike has not been tested.
    assert.equal(world.unstruck(), 0, "the fault has struck");
    return `${name} │ ${ticks} │ ${heard.join("; ") || "–"}`;
}

/** Ends a fault, so that the next one begins with a stack that is well. */
export async function calmDown(world: ChaosWorld, hasFailed: boolean): Promise<void> {
    world.stack.cloud.faults.clear();
    world.unstruck();
    if (hasFailed) {
        await world.play(3);
        world.heard();
    }
    world.failedRuns();
    world.failedBefore();
}
