import { SFNClient } from "@aws-sdk/client-sfn";
import type { ObjectStore } from "../../objects/objectStore";
import { openExecutions } from "../../pipeline/executions";
import { historyWindows } from "../../pipeline/history";
import { region, userCredentials, type Context } from "./context";
import { readDefinition, readLedger } from "./ledgerTotals";

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
 * Starts the backfill again of each detector that still needs one while none is running: the killed run's executions were aborted with
 * it. What is committed is not extracted again.
 */
export async function restartBackfills({ cloud, outputs, store, detectors }: Context): Promise<void> {
    const machine = outputs.backfillMachineArn;
    if (cloud.executions(machine).some(({ status }) => status === "RUNNING")) {
        return;
    }
    const executions = openExecutions(
        new SFNClient({ endpoint: cloud.endpoint, region, credentials: userCredentials }),
    );
    for (const { name } of detectors) {
        const { next, interval } = await readDefinition(store, name);
        if (next !== null) {
            const input = { detector: name, interval, generation: next };
            // A closed execution's name cannot be used again: count on until one is free.
            let attempt = 1;
            while ((await executions.start(machine, `bf-${next}-resume-${attempt}-${name}`, input)) === "taken") {
                attempt += 1;
            }
        }
    }
}
