import { setTimeout as sleep } from "node:timers/promises";
import { retryBackfill } from "../../pipeline/backfillRetry";
import { StageError, type Tell } from "../demo/stages";
import { counted } from "../demo/table";
import { type DetectorState } from "../stack/detectorState";
import { findDefinition } from "../stack/ledgerRows";
import { isSettled } from "../stack/statusText";
import { leadLimit } from "./lead";
import { readStates, type UpContext } from "./upContext";

const dayMs = 86_400_000;
/** Wall time between two looks at what is under way. */
const lookEveryMs = 200;

export interface Waiting {
    /** Where the clock is to come to, in milliseconds since 1970; the present, where that is not given. */
    readonly until: () => number;
    /** The real clock, in milliseconds since 1970. */
    readonly present: () => number;
    readonly stop: AbortSignal;
    readonly tell: Tell;
}

/**
 * Lets every detector have its history and learn from it. Backfills that a killed run left undone are begun again; what is committed is
 * not extracted again. Resolves to how the detectors are, some of which may have failed; throws StageError when all have.
 */
export async function fillAndLearn(context: UpContext, waiting: Waiting): Promise<DetectorState[]> {
    const { cloud, outputs } = context;
    await restartBackfills(context);
    for (;;) {
        await looking(context, waiting.tell, () => cloud.runUntilIdle(leadLimit(context, waiting)));
        const states = await readStates(context);
        const isRunning = cloud.executions(outputs.backfillMachineArn).some(({ status }) => status === "RUNNING");
        if (waiting.stop.aborted || states.every(isSettled) || !isRunning) return requireOne(states, waiting.stop);
        // A backfill waits for a database that is busy: time has to pass for real.
        await sleep(lookEveryMs * 5);
        await cloud.advanceTo(Math.max(waiting.until(), cloud.clock.now()));
    }
}

/** Begins the backfills that detectors still need and that nobody is at: a killed run's were aborted with it. */
async function restartBackfills({ store, executions, outputs, detectors, cloud }: UpContext): Promise<void> {
    const world = { store, executions, backfillMachine: outputs.backfillMachineArn };
    for (const { name } of detectors)
        await retryBackfill(world, await findDefinition(store, name), cloud.clock.now() + dayMs);
}

function requireOne(states: DetectorState[], { aborted }: AbortSignal): DetectorState[] {
    const failed = states.filter((state) => !isSettled(state) || state.status === "FAILED");
    if (aborted || failed.length < states.length) return states;
    const reasons = failed.flatMap(({ name, failure }) => (failure === undefined ? [] : [`${name}: ${failure}`]));
    const which = states.length === 1 ? `detector ${states[0]!.name} has` : "no detector has";
    throw new StageError(`${which} learned from its history${reasons.length === 0 ? "" : `: ${reasons.join("; ")}`}`);
}

/** Does some work, and tells meanwhile how far the histories are. */
async function looking(context: UpContext, tell: Tell, work: () => Promise<void>): Promise<void> {
    let isDone = false;
    const show = async (): Promise<void> => {
        while (!isDone) {
            tell(progressText(await readStates(context)));
            await sleep(lookEveryMs);
        }
    };
    // Only shows: what fails here fails below too, and must not end the process meanwhile.
    const shown = show().catch(() => undefined);
    try {
        await work();
    } finally {
        isDone = true;
        await shown;
    }
    tell(progressText(await readStates(context)));
}

function progressText(states: readonly DetectorState[]): string {
    const sum = (pick: (state: DetectorState) => number): number =>
        states.reduce((total, state) => total + pick(state), 0);
    const committed = sum(({ backfill }) => backfill?.committed ?? 0);
    const planned = sum(({ backfill }) => backfill?.planned ?? 0);
    const learned = states.filter(isSettled).length;
    return `${committed} of ${counted(planned, "window")}, ${learned} of ${counted(states.length, "detector")} learned`;
}
