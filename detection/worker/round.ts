import type { GroupRecord } from "../store/groupRecord";
import { runShapeOf, type ProgressRecord } from "../store/records";
import type { Progress } from "../store/runs";
import { noteAlerts, retractAlerts } from "./alertGroups";
import { amend } from "./amend";
import { afterLate } from "./late";
import { scoreReady, windowsPerWrite, type Scored } from "./scoreReady";
import { isCurrent, type ScoredWindows, type Work } from "./work";
import { writeRound } from "./writeRound";

/** What a round came to: the progress after it, and whether nothing more was ready. */
export interface RoundEnd {
    readonly record: ProgressRecord;
    readonly isLast: boolean;
}

/**
 * Scores again what came late, or else the next windows that are ready, and moves the progress past them; undefined when another worker
 * moved it first.
 */
export async function scoreRound(work: Work, before: Progress): Promise<RoundEnd | undefined> {
    const { store } = work;
    const { record } = before;
    const late = await work.reader.late(record.read ?? []);
    // While a detector runs, what it reads its data with cannot change: what an earlier version began gets it here.
    const learnedWith = record.learnedWith ?? runShapeOf(work.metricSet);
    const seen = { ...record, learnedWith, ...afterLate(record, late) };
    const again = await amend(work, record, late);
    const scored = again ?? (await scoreReady(work, record));
    const isLast = again === undefined && (scored === undefined || scored.windows.length < windowsPerWrite);
    if (scored !== undefined) return endRound(work, before, { seen, scored, isLast });
    if (late.length === 0) return { record, isLast };
    return (await store.advance(seen, before)) ? { record: seen, isLast } : undefined;
}

/** Writes what was scored, notes what there is to tell of it, and moves the progress. */
async function endRound(
    work: Work,
    before: Progress,
    { seen, scored, isLast }: { readonly seen: ProgressRecord; readonly scored: Scored; readonly isLast: boolean },
): Promise<RoundEnd | undefined> {
    const { record } = before;
    // A deletion may have come in between: nothing is to be left under a name that is free.
    if (!(await isCurrent(work))) return { record, isLast: true };
    const { after, groups, withdrawn } = await writeRound(work, seen, scored);
    // Before the progress says that they were found: a crash must not lose an alert.
    const { intervals, first, state } = scored;
    await noteAlerts(work, { groups, intervals, first, points: state.points });
    await retractAlerts(work, withdrawn);
    if (!(await work.store.advance(after, before))) return undefined;
    if (seen.isBacktest !== true) work.services.scored?.(scoredWindows(work, record, scored, groups));
    // Also where nothing was new: a worker that died here, or was overtaken, has noted what it did not have delivered.
    if (seen.isBacktest !== true) await work.services.alerting?.deliver(work.detector);
    const passed = [...(record.checkpoints ?? []), ...scored.checkpoints];
    await work.store.forget({ ...record, checkpoints: passed }, after, scored.amendment?.superseded);
    return { record: after, isLast };
}

function scoredWindows(
    { detector, metricSet, calendar, now }: Work,
    before: ProgressRecord,
    { intervals, through }: Scored,
    groups: readonly GroupRecord[],
): ScoredWindows {
    const known = new Set(before.groups.map(({ id }) => id));
    return {
        detector,
        intervalSeconds: calendar.intervalSeconds,
        windows: intervals.length,
        through,
        due: now - metricSet.offsetSeconds * 1000,
        found: groups.filter(({ id }) => !known.has(id)).map(({ severity }) => severity),
    };
}
