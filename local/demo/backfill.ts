import type { ObjectStore } from "../../objects/objectStore";
import { historyWindows } from "../../pipeline/history";
import type { Context } from "./context";
import { readDefinition, readLedger } from "./ledgerTotals";
import { intervalMs, offsetMs } from "./sample";

/** Ticks within which a backfill is started again, however often that was: a day's. */
const mostTicks = 24;

/** How far the backfills of some detectors are, in windows. */
export interface BackfillState {
    readonly committed: number;
    readonly planned: number;
    /** True when every window of every detector is committed. */
    readonly done: boolean;
}

/** Reads from the ledgers how far the backfills are; a detector whose backfill has not started counts as not done. */
export async function readBackfill(store: ObjectStore, detectors: readonly string[]): Promise<BackfillState> {
    let [committed, planned, done] = [0, 0, true];
    for (const detector of detectors) {
        const ledger = await readLedger(store, detector);
        if (ledger?.record.history === undefined) {
            done = false;
            continue;
        }
        const windows = historyWindows(ledger.record).length;
        const own = ledger.manifests.filter(({ kind }) => kind === "backfill").length;
        committed += own;
        planned += windows;
        done &&= own >= windows;
    }
    return { committed, planned, done };
}

/**
 * Lets the clock come to the tick that starts the backfills again, where a detector still needs one and none is running: the killed
 * run's executions were aborted with it. What is committed is not extracted again.
 */
export async function waitForRestart({ cloud, outputs, store, detectors }: Context): Promise<void> {
    const isRunning = (): boolean =>
        cloud.executions(outputs.backfillMachineArn).some(({ status }) => status === "RUNNING");
    const isWanted = async (): Promise<boolean> => {
        const definitions = await Promise.all(detectors.map(({ name }) => readDefinition(store, name)));
        return definitions.some(({ next }) => next !== null);
    };
    for (let tick = 1; tick <= mostTicks && !isRunning() && (await isWanted()); tick += 1) {
        const now = cloud.clock.now();
        await cloud.advanceTo(now - (now % intervalMs) + intervalMs + offsetMs);
    }
}
