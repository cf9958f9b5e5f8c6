import { DataError, LookoutError } from "../errors";
import type { ObjectStore } from "../objects/objectStore";
import { executionArn, type Executions } from "./executions";
import { isHeld, readLease, releaseLease, takeLease } from "./lease";
import { readGeneration } from "./ledger";
import { liveRun } from "./tick";
import { windowsPerRun } from "./livePlan";
import { compact } from "./objectLayout";
import type { DetectorDefinition } from "./records";
import { formatInstant, formatWindow, type Window, windowsBetween } from "./windows";

export interface ReplayWorld {
    readonly store: ObjectStore;
    readonly executions: Executions;
    /** ARN of the live state machine. */
    readonly machineArn: string;
}

/** Windows to extract again. */
export interface Replay {
    readonly windows: readonly Window[];
    /** Whether windows are to count anew also when their rows are the same. */
    readonly force: boolean;
}

/** Somebody else extracts the detector's windows at this moment. */
export class DetectorBusyError extends LookoutError {
    override readonly name = "DetectorBusyError";
}

/**
 * The live windows of a stretch. Throws DataError for one that holds none, or reaches before the first live window: a history is extracted
 * as a whole.
 */
export async function windowsToReplay(
    store: ObjectStore,
    { name, live, interval, timeZone }: DetectorDefinition,
    stretch: Window,
    now: number,
): Promise<Window[]> {
    const history = live === null ? undefined : (await readGeneration(store, name, live)).history;
    if (history === undefined)
        throw new DataError(`"${name}" has no live windows yet: its history is still being extracted`, {
            detector: name,
        });
    if (stretch.start < history.end)
        throw new DataError(
            `the live windows of "${name}" begin at ${formatInstant(history.end)}; what lies before is its history, which is extracted as a ` +
                "whole: by a changed query, or a changed history",
            { detector: name },
        );
    const windows = [...windowsBetween(stretch.start, Math.min(stretch.end, now), interval, timeZone)];
    if (windows.length === 0)
        throw new DataError(`no window of "${name}" (${interval}) lies within ${formatWindow(stretch)}, and is over`, {
            detector: name,
        });
    return windows;
}

/**
 * Starts one run that extracts windows again, at most as many as a run may have; gives its ARN, and how many it took. Throws
 * DetectorBusyError while another run has the lease.
 */
export async function startReplay(
    { store, executions, machineArn }: ReplayWorld,
    definition: DetectorDefinition,
    { windows, force }: Replay,
    now: number,
): Promise<{ readonly execution: string; readonly taken: number }> {
    const { name: detector, live: generation } = definition;
    const busy = () =>
        new DetectorBusyError(`"${detector}" is being extracted at this moment; try again in a few minutes`, {
            detector,
        });
    const state = await readLease(store, detector, "live");
    if (generation === null || (await isHeld(state, (arn) => executions.isRunning(arn)))) throw busy();
    const nameOf = (fence: number): string => `${detector}-${compact(now)}-${fence}`;
    const lease = await takeLease(store, detector, "live", state, (fence) => executionArn(machineArn, nameOf(fence)));
    if (lease === undefined) throw busy();
    const run = { ...liveRun(definition, generation, lease), ...(force ? { force } : {}) };
    const own = windows.slice(0, windowsPerRun);
    try {
        const input = {
            run,
            windows: own.map(({ start, end }) => ({ start: formatInstant(start), end: formatInstant(end) })),
        };
        await executions.start(machineArn, nameOf(lease.fence), input);
    } catch (error) {
        await releaseLease(store, detector, "live", lease);
        throw error;
    }
    return { execution: lease.owner, taken: own.length };
}
