import { DataError } from "../../errors";
import type { LearningAttempts } from "../store/learning";
import type { DetectorStatus } from "../store/records";
import { ActivationError } from "./dataErrors";
import type { Work } from "./work";

/** Times that a run is tried before its detector fails: it cannot be deleted or corrected while it is being activated. */
const mostAttempts = 5;
/** Milliseconds within which attempts are one: tries of the same job, and jobs that came together. */
const sameAttemptMs = 60_000;

/**
 * Does what gets a run to work, and counts: an attempt when it begins, so that one whose process dies of it counts too, unless the run has
 * learned and each attempt takes it further; and one when it fails. Throws ActivationError, which fails the detector, when that was tried
 * often enough; before that the error as it was, so that the job is tried again.
 */
export async function attempt(work: Work, act: () => Promise<void>): Promise<void> {
    if (!(await isUnderWay(work))) {
        const tried = await work.learning.attempts();
        if (tried !== undefined && tried.count >= limitOf(work) && !isSame(tried, work.now))
            throw givenUp(tried.count, tried.reason ?? "the worker died of it, for want of memory or time");
        await count(work, tried?.reason);
    }
    await counted(work, act);
}

/** Does a part of what gets a run to work, and counts its failures alone. */
export async function counted(work: Work, act: () => Promise<void>): Promise<void> {
    try {
        await act();
    } catch (error) {
        if (isFinal(error) || !(await isToBeginWork(work))) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        const tried = await count(work, reason);
        if (tried.count < limitOf(work)) throw error;
        throw givenUp(tried.count, reason, error);
    }
}

/** False once the detector works: what failed then was only the answer, or what comes after. */
async function isToBeginWork({ services, detector, run }: Work): Promise<boolean> {
    const current = await services.detectors.read(detector);
    return current?.run === run && beginning.has(current.status);
}

const beginning: ReadonlySet<DetectorStatus> = new Set(["ACTIVATING", "BACK_TEST_ACTIVATING", "BACK_TEST_ACTIVE"]);

/** Whether trying again comes to the same. */
export const isFinal = (error: unknown): boolean => error instanceof ActivationError || error instanceof DataError;

/** Whether the run has learned, or has shards that others learn. */
async function isUnderWay({ store, learning, services }: Work): Promise<boolean> {
    if ((await store.progress()) !== undefined) return true;
    return services.learnShards !== undefined && (await learning.plan()) !== undefined;
}

async function count({ learning, now }: Work, reason: string | undefined): Promise<LearningAttempts> {
    const tried = await learning.attempts();
    const attempts: LearningAttempts =
        tried !== undefined && isSame(tried, now)
            ? { ...tried, reason: reason ?? tried.reason }
            : { version: 1, count: (tried?.count ?? 0) + 1, at: now, reason };
    await learning.writeAttempts(attempts);
    return attempts;
}

const isSame = ({ at }: LearningAttempts, now: number): boolean => Math.abs(now - at) < sameAttemptMs;

const limitOf = ({ services }: Work): number => services.mostAttempts ?? mostAttempts;

const givenUp = (count: number, reason: string, cause?: unknown): ActivationError =>
    new ActivationError(`Tried ${count} times, the last time in vain as well: ${reason}`, { cause });
