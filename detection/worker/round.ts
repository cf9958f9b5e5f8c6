import { seriesCount } from "../engine/state";
import type { GroupRecord } from "../store/groupRecord";
import { openGroups } from "../store/groups";
import { addQuality, noQuality } from "../store/quality";
import type { QualityRecord } from "../store/quality";
import { runShapeOf, type ProgressRecord, type WindowRead } from "../store/records";
import type { Progress } from "../store/runs";
import type { StretchInterval } from "../store/stretch";
import { noteAlerts } from "./alertGroups";
import type { Calendar } from "./calendar";
import { engineOptionsOf } from "./engineOptions";
import { readMarks } from "./feedbackMarks";
import { completeDays, groupOf, recordOf, type GroupNames } from "./groupRecords";
import { scoreWindow, type RunState } from "./scoring";
import type { LateWindow, ReadWindow } from "./windowReader";
import { isCurrent, type Work } from "./work";
import { writeScores } from "./writeScores";

/** Windows between two writes of the progress: what a crash costs. */
const windowsPerWrite = 48;
/** Windows of which is kept what they were read from. */
const windowsKept = 24;

/** What a round came to: the progress after it, and whether nothing more was ready. */
export interface RoundEnd {
    readonly record: ProgressRecord;
    readonly isLast: boolean;
}

/** What scoring some windows in memory gave. */
interface Scored {
    readonly state: RunState;
    readonly intervals: readonly StretchInterval[];
    readonly windows: readonly WindowRead[];
    /** Position of the first interval, and the start of the one after the last. */
    readonly first: number;
    readonly through: number;
}

/** Scores the next windows that are ready and moves the progress past them; undefined when another worker moved it first. */
export async function scoreRound(work: Work, before: Progress): Promise<RoundEnd | undefined> {
    const { store } = work;
    const { record } = before;
    const late = await work.reader.late(record.read ?? []);
    const scored = await scoreWindows(work, record);
    const isLast = scored === undefined || scored.windows.length < windowsPerWrite;
    if (scored === undefined && late.length === 0) return { record, isLast };
    // While a detector runs, what it reads its data with cannot change: what an earlier version began gets it here.
    const learnedWith = record.learnedWith ?? runShapeOf(work.metricSet);
    const seen = { ...record, learnedWith, ...afterLate(record, late) };
    if (scored === undefined) return (await store.advance(seen, before)) ? { record: seen, isLast } : undefined;
    // A deletion may have come in between: nothing is to be left under a name that is free.
    if (!(await isCurrent(work))) return { record, isLast: true };
    const { after, groups } = await writeRound(work, seen, scored);
    // Before the progress says that they were found: a crash must not lose an alert.
    const { intervals, first, state } = scored;
    await noteAlerts(work, { groups, intervals, first, points: state.points });
    if (!(await store.advance(after, before))) return undefined;
    // Also where nothing was new: a worker that died here, or was overtaken, has noted what it did not have delivered.
    if (seen.isBacktest !== true) await work.services.alerting?.deliver(work.detector);
    await store.forget(record.scoredThrough);
    return { record: after, isLast };
}

/** Scores windows as they are read, so that one at a time is in memory; undefined when none is ready. */
async function scoreWindows(work: Work, record: ProgressRecord): Promise<Scored | undefined> {
    const { calendar } = work;
    const from = calendar.positionOf(record.scoredThrough);
    const intervals: StretchInterval[] = [];
    const windows: WindowRead[] = [];
    let state: RunState | undefined;
    let last = from;
    for await (const window of work.reader.ready(from)) {
        state ??= await openState(work, record);
        intervals.push(...scoreWindow(state, window, (at) => noDataReason(work, at)));
        windows.push(readOf(window, calendar));
        last = window.last;
        if (windows.length >= windowsPerWrite) break;
    }
    if (state === undefined) return undefined;
    return { state, intervals, windows, first: from, through: calendar.startOf(last + 1) };
}

async function openState(work: Work, record: ProgressRecord): Promise<RunState> {
    const { store } = work;
    const names = namesOf(work);
    const combinations = [...(await store.combinations(record.combinations))];
    return {
        engine: await store.takeModel(record.scoredThrough),
        combinations,
        options: engineOptionsOf(work.record.options, work.metricSet, work.calendar),
        feedback: await readMarks(work, combinations),
        open: record.groups.filter(({ isOpen }) => isOpen).map((group) => groupOf(names, group)),
        closed: [],
        points: record.points,
        quality: noQuality(),
    };
}

/** Writes all that the new progress names; gives it, and the groups that were open in the round. */
async function writeRound(
    work: Work,
    seen: ProgressRecord,
    scored: Scored,
): Promise<{ readonly after: ProgressRecord; readonly groups: readonly GroupRecord[] }> {
    const { store } = work;
    const { state, through } = scored;
    const open = await store.open(seen.scoredThrough);
    const openSince = await writeScores(work, open, scored.intervals, through, seriesCount(state.engine));
    const names = namesOf(work);
    const groups = [
        ...state.closed.map((group) => recordOf(names, state.combinations, group, false)),
        ...state.open.map((group) => recordOf(names, state.combinations, group, true)),
    ];
    const known = seen.groups.filter(({ isOpen }) => !isOpen);
    const { days, ...recent } = completeDays([...known, ...groups], through);
    const groupStore = openGroups(work.services.buckets.store, work.detector, work.run);
    await groupStore.writeDays(days, { from: seen.groupsSince, to: recent.groupsSince });
    if (state.combinations.length !== seen.combinations) await store.writeCombinations(state.combinations);
    await store.writeModel(through, state.engine);
    const after = {
        ...seen,
        ...recent,
        openSince,
        scoredThrough: through,
        points: state.points,
        combinations: state.combinations.length,
        quality: addQuality(seen.quality, state.quality),
        ...(seen.isBacktest === true ? {} : { read: [...(seen.read ?? []), ...scored.windows].slice(-windowsKept) }),
    };
    return { after, groups };
}

function namesOf({ run, calendar, metricSet }: Work): GroupNames {
    return { run, calendar, measures: metricSet.measures.map(({ name }) => name) };
}

function readOf({ first, tag, table }: ReadWindow, calendar: Calendar): WindowRead {
    return { start: calendar.startOf(first), tag, rows: table?.quality.rows ?? 0 };
}

/** What came too late is counted, and from then on known. */
function afterLate(record: ProgressRecord, late: readonly LateWindow[]): Pick<ProgressRecord, "quality" | "read"> {
    const read = record.read?.map((window) => {
        const now = late.find(({ start }) => start === window.start);
        return now === undefined ? window : { start: now.start, tag: now.tag, rows: Math.max(now.rows, window.rows) };
    });
    const came: QualityRecord = { ...noQuality(), examples: late.map(({ finding }) => `late: ${finding}`) };
    for (const { start, rows } of late)
        came.lateRows += Math.max(0, rows - (record.read?.find((window) => window.start === start)?.rows ?? 0));
    return { read, quality: addQuality(record.quality, came) };
}

/** As the old service said it, its times in UTC; then the place that was looked at. */
function noDataReason({ calendar, reader }: Work, position: number): string {
    const at = (instant: number): string => new Date(instant).toISOString();
    const [from, to] = [calendar.startOf(position), calendar.startOf(position + 1)];
    const places = reader.placesOf?.(position);
    const looked = places === undefined ? "" : ` Looked under ${places}`;
    return `No datapoint was found at the source location for time interval from ${at(from)} to ${at(to)}.${looked}`;
}
