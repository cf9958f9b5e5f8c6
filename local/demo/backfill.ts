import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { ObjectStore } from "../../objects/objectStore";
import { chunksBetween, durationSeconds } from "../../pipeline/windows";
import { region, userCredentials, type Context } from "./context";
import { readDefinition, readLedger } from "./ledgerTotals";

const daySeconds = 86_400;

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
        const { history, spec } = ledger?.record ?? {};
        if (ledger === undefined || history === undefined || spec === undefined) {
            done = false;
            continue;
        }
        const chunkDays = durationSeconds(spec.chunk) / daySeconds;
        const windows = [...chunksBetween(history.start, history.end, chunkDays, spec.interval, spec.timeZone)].length;
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
    const client = new SFNClient({ endpoint: cloud.endpoint, region, credentials: userCredentials });
    if (cloud.executions(outputs.backfillMachineArn).some(({ status }) => status === "RUNNING")) {
        return;
    }
    for (const { name } of detectors) {
        const { next, interval } = await readDefinition(store, name);
        if (next !== null) {
            const input = JSON.stringify({ detector: name, interval, generation: next });
            await startUnderFreeName(client, outputs.backfillMachineArn, `bf-${name}-${next}`, input);
        }
    }
}

/** A closed execution's name cannot be used again: counts on until one is free. */
async function startUnderFreeName(
    client: SFNClient,
    stateMachineArn: string,
    name: string,
    input: string,
): Promise<void> {
    for (let attempt = 2; ; attempt += 1) {
        try {
            await client.send(
                new StartExecutionCommand({ stateMachineArn, name: `${name.slice(0, 72)}-r${attempt}`, input }),
            );
            return;
        } catch (error) {
            if (!(error instanceof ExecutionAlreadyExists)) {
                throw error;
            }
        }
    }
}
