import { noQuality } from "../store/quality";
import { presentAmendment, type CheckpointRecord, type ProgressRecord, type WindowRead } from "../store/records";
import type { AmendedStretch } from "../store/runs";
import type { Stretch, StretchInterval } from "../store/stretch";
import type { GroupRecord } from "../store/groupRecord";
import type { Calendar } from "./calendar";
import { engineOptionsOf } from "./engineOptions";
import { readMarks } from "./feedbackMarks";
import { groupOf, namesOf } from "./groupRecords";
import { openPastStates } from "./pastState";
import { scoreWindow, type RunState } from "./scoring";
import type { ReadWindow } from "./windowReader";
import type { Work } from "./work";

/** Windows between two writes of the progress: what a crash costs. */
export const windowsPerWrite = 48;

/** What scoring some windows in memory gave. */
export interface Scored {
    readonly state: RunState;
    readonly intervals: readonly StretchInterval[];
    readonly windows: readonly WindowRead[];
    /** Checkpoints that were passed, their files written. */
    readonly checkpoints: readonly CheckpointRecord[];
    /** Position of the first interval, and the start of the one after the last. */
    readonly first: number;
    readonly through: number;
    /** Set when it was scored for a second time. */
    readonly amendment?: Amendment;
}

/** What scoring again takes the place of. */
export interface Amendment {
    readonly id: string;
    /** The checkpoint that it began from. */
    readonly since: CheckpointRecord;
    /** The stretch of scores that ends where it began. */
    readonly stretch: Stretch;
    /** Groups that may have become others: those that were open at the checkpoint, or began later. */
    readonly before: readonly GroupRecord[];
    readonly superseded: readonly AmendedStretch[];
}

/** Scores windows as they are read, so that one at a time is in memory; undefined when none is ready. */
export async function scoreReady(work: Work, record: ProgressRecord): Promise<Scored | undefined> {
    const { calendar } = work;
    const from = calendar.positionOf(record.scoredThrough);
    const intervals: StretchInterval[] = [];
    const windows: WindowRead[] = [];
    const past = openPastStates(work, calendar.positionOf(record.scoredFrom), presentAmendment(record));
    let state: RunState | undefined;
    let last = from;
    for await (const window of work.reader.ready(from)) {
        state ??= await openState(work, record);
        // The state at the end of the round is written with it.
        if (window.first > from && record.isBacktest !== true) await past.pass(state, window.first);
        intervals.push(...scoreWindow(state, window, (at) => noDataReason(work, at)));
        windows.push(readOf(window, calendar));
        last = window.last;
        if (windows.length >= windowsPerWrite) break;
    }
    if (state === undefined) return undefined;
    const checkpoints = await past.write(last + 1);
    return { state, intervals, windows, checkpoints, first: from, through: calendar.startOf(last + 1) };
}

async function openState(work: Work, record: ProgressRecord): Promise<RunState> {
    const { store } = work;
    const names = namesOf(work);
    const combinations = [...(await store.combinations(record))];
    return {
        engine: await store.takeModel(record),
        combinations,
        options: engineOptionsOf(work.record.options, work.metricSet, work.calendar),
        feedback: await readMarks(work, combinations),
        open: record.groups.filter(({ isOpen }) => isOpen).map((group) => groupOf(names, group)),
        closed: [],
        points: record.points,
        quality: noQuality(),
    };
}

/** What is remembered of a window that was read. */
export function readOf({ first, tag, attempt, table }: ReadWindow, calendar: Calendar): WindowRead {
    const read = { start: calendar.startOf(first), tag, rows: table?.quality.rows ?? 0 };
    return attempt === undefined ? read : { ...read, attempt };
}

/** As the old service said it, its times in UTC; then the place that was looked at. */
export function noDataReason({ calendar, reader }: Work, position: number): string {
    const at = (instant: number): string => new Date(instant).toISOString();
    const [from, to] = [calendar.startOf(position), calendar.startOf(position + 1)];
    const places = reader.placesOf?.(position);
    const looked = places === undefined ? "" : ` Looked under ${places}`;
    return `No datapoint was found at the source location for time interval from ${at(from)} to ${at(to)}.${looked}`;
}
