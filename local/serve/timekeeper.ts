import type { Outbox } from "../../alerts/outbox";
import { dispatchDue, type Undispatched } from "../../detection/api/tick";
import type { DetectorStore } from "../../detection/store/detectors";
import { nextDues } from "./dueTimes";
import type { JobQueue } from "./jobQueue";
import type { SavedClock } from "./savedClock";
import { openWorkFailures, type FailedWork, type WorkFailures } from "./workFailures";

/** Lets detectors score when their time has come. Instants are milliseconds since 1970. */
export interface Timekeeper {
    readonly now: () => number;
    /** Looks for what an earlier service on the folder left, and lets the clock run. */
    readonly start: () => void;
    /** Lets simulated time pass; resolves when all that was due until then is done or has failed. Absent with the real clock. */
    readonly advance?: (to: number) => Promise<Advanced>;
    readonly stop: () => void;
}

export interface Advanced {
    /** Instants at which something was due. */
    readonly ticks: number;
    readonly failed: readonly FailedWork[];
}

export interface Work {
    readonly detectors: DetectorStore;
    readonly outbox: Pick<Outbox, "detectors">;
    readonly queue: JobQueue;
}

/** Longest wait of the real clock between two looks, in milliseconds: what is activated in between is seen at the next. */
const longestWaitMs = 30_000;

/** Has all that is unfinished gone on with, and alerts told that still wait; gives what could not be handed on. */
async function dispatchAll({ detectors, outbox, queue }: Work): Promise<readonly Undispatched[]> {
    return (await dispatchDue({ detectors, outbox, dispatch: queue.dispatch })).failed;
}

/**
 * The clock on the wall: a timer for the next interval's end, and a look at what else may be left every half minute. `failed` is told of
 * each thing that could not be looked at.
 */
export function keepRealTime(work: Work, failed: (failure: Undispatched) => void): Timekeeper {
    let timer: NodeJS.Timeout | undefined;
    let isStopped = false;
    const look = async (): Promise<number> => {
        for (const failure of await dispatchAll(work)) failed(failure);
        // A record that cannot be read has been told of just now.
        const { dues } = await nextDues(work.detectors, Date.now());
        // A second more than needed at most: a timer that fires early would find nothing due.
        return Math.max(1, Math.min(...dues.map(({ at }) => at)) - Date.now() + 5);
    };
    const turn = async (): Promise<void> => {
        const waitMs = await look().catch((error: unknown) => {
            failed({ job: "advance", error });
            return longestWaitMs;
        });
        if (!isStopped) timer = setTimeout(() => void turn(), Math.min(longestWaitMs, waitMs));
    };
    return {
        now: () => Date.now(),
        start: () => void turn(),
        stop: () => {
            isStopped = true;
            clearTimeout(timer);
        },
    };
}

interface Simulation {
    readonly work: Work;
    readonly clock: SavedClock;
    isStopped: boolean;
    /** Ends when the call before has. */
    turn: Promise<unknown>;
}

/** A simulated clock, which stands still until it is advanced. Calls that come together are served one after another. */
export function keepSimulatedTime(work: Work, clock: SavedClock): Timekeeper {
    const simulation: Simulation = { work, clock, isStopped: false, turn: Promise.resolve() };
    return {
        now: clock.now,
        start: () => {
            // What fails here is looked for again by the first advance.
            simulation.turn = dispatchAll(work).catch(() => undefined);
        },
        advance: (to) => {
            const next = simulation.turn.then(
                () => advance(simulation, to),
                () => advance(simulation, to),
            );
            simulation.turn = next;
            return next;
        },
        stop: () => {
            simulation.isStopped = true;
        },
    };
}

/** Goes from one due instant to the next. What fails is noted, and keeps neither the clock nor the others from going on. */
async function advance(simulation: Simulation, to: number): Promise<Advanced> {
    const { work, clock } = simulation;
    const failures = openWorkFailures();
    failures.undispatched(await dispatchAll(work));
    failures.jobs(await work.queue.idle());
    let ticks = 0;
    for (; !simulation.isStopped; ticks += 1) {
        const { dues, failed } = await nextDues(work.detectors, clock.now());
        failures.undispatched(failed);
        const at = Math.min(...dues.map((due) => due.at));
        if (at > to) break;
        clock.set(at);
        for (const due of dues.filter((other) => other.at === at))
            await work.queue.dispatch({ job: "advance", detector: due.detector });
        await deliver(work, failures);
        failures.jobs(await work.queue.idle());
    }
    if (!simulation.isStopped) clock.set(to);
    return { ticks, failed: failures.all() };
}

async function deliver({ outbox, queue }: Work, failures: WorkFailures): Promise<void> {
    try {
        for (const detector of await outbox.detectors()) await queue.dispatch({ job: "deliver", detector });
    } catch (error) {
        failures.undispatched([{ job: "deliver", error }]);
    }
}
