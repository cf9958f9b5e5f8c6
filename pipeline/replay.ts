import { DataError, LookoutError } from "../errors";
import type { ObjectStore } from "../objects/objectStore";
import { type BackfillInput, replayName } from "./backfillExecutions";
import { updateDocument } from "./documents";
import { executionArn, type Executions } from "./executions";
import { historyWindows } from "./history";
import { historyDigest } from "./historyDigest";
import { isHeld, type LeaseState, readLease, releaseLease, takeLease } from "./lease";
import { readGeneration } from "./ledger";
import { windowsPerRun } from "./livePlan";
import { compact, definitionKey } from "./objectLayout";
import { type DetectorDefinition, detectorDefinition, type WindowKind } from "./records";
import { liveRun } from "./tick";
import { formatWindow, type Window, windowsBetween, windowTexts } from "./windows";

export interface ReplayWorld {
    readonly store: ObjectStore;
    readonly executions: Executions;
    /** ARNs of the state machines. */
    readonly liveMachine: string;
    readonly backfillMachine: string;
}

/** Windows of one kind to extract again. */
export interface Replay {
    readonly kind: WindowKind;
    readonly windows: readonly Window[];
    /** Whether windows are to count anew also when their rows are the same. */
    readonly force: boolean;
}

/** Somebody else extracts the detector's windows at this moment. */
export class DetectorBusyError extends LookoutError {
    override readonly name = "DetectorBusyError";
}

/**
 * The windows of a stretch, by kind: those of the history that it touches, which are long and extracted as a whole, and the live ones that lie
 * within it and whose end plus offset has passed: before that not all of their rows are there. Throws DataError for a stretch that holds none.
 */
export async function windowsToReplay(
    store: ObjectStore,
    { name, live, interval, timeZone, offsetSeconds }: DetectorDefinition,
    stretch: Window,
    now: number,
): Promise<Readonly<Record<WindowKind, readonly Window[]>>> {
    const record = live === null ? undefined : await readGeneration(store, name, live);
    const history = record?.history;
    if (record === undefined || history === undefined)
        throw new DataError(`"${name}" has no windows to replay yet: its history is still being extracted`, {
            detector: name,
        });
    const [from, to] = [Math.max(stretch.start, history.end), Math.min(stretch.end, now - offsetSeconds * 1000)];
    const windows = {
        backfill: historyWindows(record).filter(({ start, end }) => start < stretch.end && end > stretch.start),
        live: [...windowsBetween(from, to, interval, timeZone)],
    };
    if (windows.backfill.length + windows.live.length === 0)
        throw new DataError(
            `no window of "${name}" (${interval}) lies within ${formatWindow(stretch)}, and is over: one is when its offset of ` +
                `${offsetSeconds} s has passed after its end`,
            { detector: name },
        );
    return windows;
}

/**
 * Starts one run that extracts windows again, at most as many as a run may have; gives its ARN, and how many it took. Throws
 * DetectorBusyError while another run of the kind is under way.
 */
export async function startReplay(
    world: ReplayWorld,
    definition: DetectorDefinition,
    replay: Replay,
    now: number,
): Promise<{ readonly execution: string; readonly taken: number }> {
    const { name: detector, live: generation } = definition;
    const state = await readLease(world.store, detector, replay.kind);
    if (generation === null || (await isHeld(state, (arn) => world.executions.isRunning(arn)))) throw busy(detector);
    const own = replay.windows.slice(0, windowsPerRun);
    const start = replay.kind === "live" ? startLive : startHistory;
    const execution = await start(world, { definition, generation, state, now, replay: { ...replay, windows: own } });
    return { execution, taken: own.length };
}

interface Start {
    readonly definition: DetectorDefinition;
    readonly generation: string;
    /** The lease of the kind as it was found free: whoever takes it since has it. */
    readonly state: LeaseState;
    readonly replay: Replay;
    readonly now: number;
}

async function startLive(
    { store, executions, liveMachine }: ReplayWorld,
    { definition, generation, state, replay: { windows, force }, now }: Start,
): Promise<string> {
    const { name: detector } = definition;
    const nameOf = (fence: number): string => `${detector}-${compact(now)}-${fence}`;
    const lease = await takeLease(store, detector, "live", state, (fence) => executionArn(liveMachine, nameOf(fence)));
    if (lease === undefined) throw busy(detector);
    const run = { ...liveRun(definition, generation, lease), ...(force ? { force } : {}) };
    try {
        await executions.start(liveMachine, nameOf(lease.fence), { run, windows: windows.map(windowTexts) });
    } catch (error) {
        await releaseLease(store, detector, "live", lease);
        throw error;
    }
    return lease.owner;
}

/** The run takes its lease itself, and in the end lets the detector learn what has changed. */
async function startHistory(
    { store, executions, backfillMachine }: ReplayWorld,
    { definition, generation, replay: { windows, force }, now }: Start,
): Promise<string> {
    const { name: detector, interval } = definition;
    await rememberLearned(store, definition, generation);
    const input: BackfillInput = {
        detector,
        interval,
        generation,
        replay: { windows: windows.map(windowTexts), force },
    };
    const name = replayName(input, now);
    if ((await executions.start(backfillMachine, name, input)) === "taken") throw busy(detector);
    return executionArn(backfillMachine, name);
}

/** What a detector has learned that an earlier version activated is what is there now, before anything is extracted again. */
async function rememberLearned(store: ObjectStore, definition: DetectorDefinition, generation: string): Promise<void> {
    if (definition.learned !== undefined) return;
    const learned = await historyDigest(store, { detector: definition.name, generation });
    const key = definitionKey(definition.interval, definition.name);
    await updateDocument(store, key, detectorDefinition, (current = definition) =>
        current.learned === undefined && current.live === generation ? { ...current, learned } : current,
    );
}

const busy = (detector: string): DetectorBusyError =>
    new DetectorBusyError(`"${detector}" is being extracted at this moment; try again in a few minutes`, { detector });
