import { createHash } from "node:crypto";
import { noQuality } from "../store/quality";
import { amendmentAt, presentAmendment, type CheckpointRecord, type ProgressRecord } from "../store/records";
import type { AmendedStretch } from "../store/runs";
import { emptyStretch, stretchLength, type Stretch, type StretchInterval } from "../store/stretch";
import { checkpointFor } from "./checkpoints";
import { engineOptionsOf } from "./engineOptions";
import { marksOf, readOwn } from "./feedbackMarks";
import { groupOf, namesOf } from "./groupRecords";
import { openPastStates } from "./pastState";
import { headOf, isAsScored, openScored, type ScoredWindows } from "./scoredWindows";
import { noDataReason, type Amendment, type Scored } from "./scoreReady";
import { scoreWindow, stretchOf, type RunState } from "./scoring";
import type { LateWindow, ReadWindow } from "./windowReader";
import type { Work } from "./work";

/*
 * Rows that came after their interval was scored. Scoring goes back to the newest state that had not seen the interval, and comes forward
 * again: with the late windows as they are now, and every other interval as it was read then, out of the stored scores. What that gives is
 * what a detector gives that had the right rows from the beginning.
 *
 *   checkpoint   late window              head
 *       ●────────────[✱]────────────────────●
 *       └── judged again, written under a name of its own; the progress then names it
 */

/** Scores again what late windows change; undefined when they change nothing, or only what is too far back. */
export async function amend(
    work: Work,
    record: ProgressRecord,
    late: readonly LateWindow[],
): Promise<Scored | undefined> {
    if (record.isBacktest === true || record.checkpoints === undefined) return undefined;
    const stored = openScored(work, record);
    const changed = new Map<number, ReadWindow>();
    for (const window of late) {
        const hasOtherRows = window.finding !== undefined;
        if (!hasOtherRows || checkpointFor(record.checkpoints, window.start) === undefined) continue;
        const read = await window.read();
        if (read.last < stored.head && !(await isAsScored(stored, read))) changed.set(read.first, read);
    }
    if (changed.size === 0) return undefined;
    const start = work.calendar.startOf(Math.min(...changed.keys()));
    return scoreAgain(work, record, { since: checkpointFor(record.checkpoints, start)!, changed, stored });
}

async function scoreAgain(
    work: Work,
    record: ProgressRecord,
    {
        since,
        changed,
        stored,
    }: { since: CheckpointRecord; changed: ReadonlyMap<number, ReadWindow>; stored: ScoredWindows },
): Promise<Scored> {
    const { calendar, store } = work;
    const first = calendar.positionOf(since.at);
    const { engine, open } = await store.takeCheckpoint(since);
    const id = nameOf(record, changed);
    const past = openPastStates(work, calendar.positionOf(record.scoredFrom), id);
    const names = namesOf(work);
    const feedback = await readOwn(work);
    const state: RunState & { feedback: RunState["feedback"] } = {
        engine,
        combinations: (await store.combinations(record)).slice(0, since.combinations),
        options: engineOptionsOf(work.record.options, work.metricSet, calendar),
        feedback: [],
        open: open.map((group) => groupOf(names, group)),
        closed: [],
        points: since.points,
        quality: noQuality(),
    };
    const intervals: StretchInterval[] = [];
    for (let position = first; position < stored.head;) {
        if (position > first) await past.pass(state, position);
        // What people said of it later they said of what they were shown: it does not count backwards.
        state.feedback = marksOf(work, feedback, state.combinations, calendar.startOf(position + 1));
        const window = changed.get(position) ?? (await stored.window(position));
        intervals.push(...scoreWindow(state, window, (at) => noDataReason(work, at)));
        position = window.last + 1;
    }
    const checkpoints = await past.write(stored.head);
    const amendment: Amendment = {
        id,
        since,
        stretch: await stretchBefore(stored, first, since.combinations * work.metricSet.measures.length),
        before: record.groups.filter(({ id, start }) => start >= since.at || open.some((group) => group.id === id)),
        superseded: supersededBy(work, record, first),
    };
    // The rows of these windows were counted when they were found to be late.
    state.quality = noQuality();
    return { state, intervals, windows: [], checkpoints, first, through: record.scoredThrough, amendment };
}

/** The same for whoever scores the same windows again, another one for any other. */
function nameOf(record: ProgressRecord, changed: ReadonlyMap<number, ReadWindow>): string {
    const windows = [...changed].map(([position, { tag }]) => [position, tag]);
    return createHash("sha256")
        .update(JSON.stringify([presentAmendment(record), record.scoredThrough, windows]))
        .digest("hex")
        .slice(0, 12);
}

/** What the stretch that holds a position had before it. */
async function stretchBefore(stored: ScoredWindows, position: number, series: number): Promise<Stretch> {
    const stretch = await stored.stretch(position);
    const from = stretch?.first ?? position;
    return stretch === undefined || from >= position
        ? emptyStretch(position, series)
        : headOf(stretch, position - from, series);
}

/** Closed stretches of earlier amendments that are written anew from a position on. */
function supersededBy({ calendar }: Work, record: ProgressRecord, position: number): AmendedStretch[] {
    const superseded: AmendedStretch[] = [];
    const end = stretchOf(calendar.positionOf(record.openSince));
    for (let at = stretchOf(position); at < end; at += stretchLength) {
        const start = calendar.startOf(at);
        const amendment = amendmentAt(record, start);
        if (amendment !== undefined) superseded.push({ start, amendment });
    }
    return superseded;
}
