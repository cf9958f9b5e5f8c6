import { dispatchDue } from "../../detection/api/tick";
import type { DetectorStore } from "../../detection/store/detectors";
import { nextDues } from "./dueTimes";
import type { JobQueue } from "./jobQueue";
import type { SavedClock } from "./savedClock";

/** Lets detectors score when their time has come. Instants are milliseconds since 1970. */
export interface Timekeeper {
    readonly now: () => number;
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
    readonly queue: JobQueue;
}

/** Longest wait of the real clock between two looks, in milliseconds: what is activated in between is seen at the next. */
const longestWaitMs = 30_000;

/** The clock on the wall: a timer for the next interval's end, and a look at what else may be left every half minute. */
export function keepRealTime({ detectors, queue }: Work, failed: (error: unknown) => void): Timekeeper {
    let timer: NodeJS.Timeout | undefined;
    let isStopped = false;
    const look = async (): Promise<void> => {
        await dispatchDue(detectors, queue.dispatch);
        const now = Date.now();
        const next = Math.min(...(await nextDues(detectors, now)).map(({ at }) => at));
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
    turn();
    return {
        now: () => Date.now(),
        stop: () => {
            isStopped = true;
            clearTimeout(timer);
        },
    };
}

/** A simulated clock, which stands still until it is advanced. Calls that come together are served one after another. */
export function keepSimulatedTime({ detectors, queue }: Work, clock: SavedClock): Timekeeper {
    let isStopped = false;
    const settle = async (): Promise<void> => {
        const [failure] = await queue.idle();
        if (failure === undefined) return;
        const { job, error } = failure;
        throw new Error(`The job ${job.job} of the detector "${job.detector}" failed: ${error.message}`);
    };
    const advance = async (to: number): Promise<Advanced> => {
        await dispatchDue(detectors, queue.dispatch);
        await settle();
        let ticks = 0;
        for (; !isStopped; ticks += 1) {
            const dues = await nextDues(detectors, clock.now());
            const at = Math.min(...dues.map((due) => due.at));
            if (at > to) break;
            clock.set(at);
            for (const due of dues.filter((other) => other.at === at))
                await queue.dispatch({ job: "advance", detector: due.detector });
            await settle();
        }
        if (!isStopped) clock.set(to);
        return { ticks };
    };
    let turn: Promise<unknown> = dispatchDue(detectors, queue.dispatch);
    return {
        now: clock.now,
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
