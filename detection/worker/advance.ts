import type { ProgressRecord } from "../store/records";
import { StaleProgressError } from "../store/runs";
import { scoreRound } from "./round";
import type { Work } from "./work";

/** Rounds lost to another worker before this one leaves the work to it. */
const mostLostRounds = 5;

/**
 * Scores every window that is ready, in order, and writes the progress now and then. Safe beside another worker on the same run: both
 * write the same, and only one moves the progress. Gives the progress as it then stands.
 */
export async function advance(work: Work): Promise<ProgressRecord | undefined> {
    for (let lost = 0; lost < mostLostRounds;) {
        const before = await work.store.progress();
        if (before === undefined) return undefined;
        const round = await scoreRound(work, before).catch(ignoreStale);
        // A window that is committed from now on brings an advance of its own.
        if (round?.isLast === true) return round.record;
        if (round === undefined) lost++;
    }
    return (await work.store.progress())?.record;
}

/** The run moved on while this worker read it: the round is lost, nothing else. */
function ignoreStale(error: unknown): undefined {
    if (error instanceof StaleProgressError) return undefined;
    throw error;
}
