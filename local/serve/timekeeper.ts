import type { Outbox } from "../../alerts/outbox";
import { dispatchDue } from "../../detection/api/tick";
import type { DetectorStore } from "../../detection/store/detectors";
import { nextDues } from "./dueTimes";
import type { JobQueue } from "./jobQueue";
import type { SavedClock } from "./savedClock";

/** Lets detectors score when their time has come. Instants are milliseconds since 1970. */
export interface Timekeeper {
    readonly now: () => number;
    /** Looks for what an earlier service on the folder left, and lets the clock run. */
    readonly start: () => void;
    /** Lets simulated time pass; resolves when all that was due until then is done. Absent with the real clock. */
    readonly advance?: (to: number) => Promise<Advanced>;
    readonly stop: () => void;
}

export interface Advanced {
    /** Instants at which something was due. */
    readonly ticks: number;
}

export interface Work {
    readonly detectors: DetectorStore;
    readonly outbox: Pick<Outbox, "detectors">;
    readonly queue: JobQueue;
}

/** Longest wait of the real clock between two looks, in milliseconds: what is activated in between is seen at the next. */
const longestWaitMs = 30_000;

/** Has all that is unfinished gone on with, and alerts told that still wait. */
async function dispatchAll({ detectors, outbox, queue }: Work): Promise<void> {
    await dispatchDue(detectors, queue.dispatch);
    for (const detector of await outbox.detectors()) await queue.dispatch({ job: "deliver", detector });
}

/** The clock on the wall: a timer for the next interval's end, and a look at what else may be left every half minute. */
export function keepRealTime(work: Work, failed: (error: unknown) => void): Timekeeper {
    let timer: NodeJS.Timeout | undefined;
    let isStopped = false;
    const look = async (): Promise<void> => {
        await dispatchAll(work);
        const now = Date.now();
        const next = Math.min(...(await nextDues(work.detectors, now)).map(({ at }) => at));
        // A second more than needed at most: a timer that fires early would find nothing due.
        const waitMs = Math.min(longestWaitMs, Math.max(1, next - Date.now() + 5));
        if (!isStopped) timer = setTimeout(turn, waitMs);
    };
    const turn = (): void => {
        look().catch((error: unknown) => {
            failed(error);
            if (!isStopped) timer = setTimeout(turn, longestWaitMs);
        });
    };
    return {
        now: () => Date.now(),
        start: turn,
        stop: () => {
            isStopped = true;
            clearTimeout(timer);
        },
    };
}

/** A simulated clock, which stands still until it is advanced. Calls that come together are served one after another. */
export function keepSimulatedTime(work: Work, clock: SavedClock): Timekeeper {
    const { detectors, outbox, queue } = work;
    let isStopped = false;
    const settle = async (): Promise<void> => {
        const [failure] = await queue.idle();
        if (failure === undefined) return;
        const { job, error } = failure;
        throw new Error(`The job ${job.job} of the detector "${job.detector}" failed: ${error.message}`);
    };
    const advance = async (to: number): Promise<Advanced> => {
        await dispatchAll(work);
        await settle();
        let ticks = 0;
        for (; !isStopped; ticks += 1) {
            const dues = await nextDues(detectors, clock.now());
            const at = Math.min(...dues.map((due) => due.at));
            if (at > to) break;
            clock.set(at);
            for (const due of dues.filter((other) => other.at === at))
                await queue.dispatch({ job: "advance", detector: due.detector });
            for (const detector of await outbox.detectors()) await queue.dispatch({ job: "deliver", detector });
            await settle();
        }
        if (!isStopped) clock.set(to);
        return { ticks };
    };
    let turn: Promise<unknown> = Promise.resolve();
    return {
        now: clock.now,
        start: () => {
            // What fails here is looked for again by the first advance.
            turn = dispatchAll(work).catch(() => undefined);
        },
        advance: (to) => {
            const next = turn.then(
                () => advance(to),
                () => advance(to),
            );
            turn = next;
            return next;
        },
        stop: () => {
            isStopped = true;
        },
    };
}
