import { appendIntervals, emptyStretch, stretchLength, type Stretch, type StretchInterval } from "../store/stretch";
import { openGroups } from "../store/groups";
import type { DetectorRecord, MetricSetRecord, ProgressRecord } from "../store/records";
import { openRun, StaleProgressError, type Progress, type RunCache, type RunStore } from "../store/runs";
import type { DetectorStore } from "../store/detectors";
import type { Alerting } from "../../alerts/alerting";
import { noOptions } from "../engine/options";
import { seriesCount } from "../engine/state";
import { noteAlerts } from "./alertGroups";
import { openCalendar, type Calendar } from "./calendar";
import { completeDays, groupOf, recordOf, type GroupNames } from "./groupRecords";
import { scoreWindow, stretchOf, type RunState } from "./scoring";
import { sourceOf, type Buckets } from "./sources";
import { openWindowReader, type ReadWindow, type WindowReader } from "./windowReader";

/** What the worker works with. */
export interface WorkerServices {
    readonly detectors: DetectorStore;
    readonly buckets: Buckets;
    readonly cache: RunCache;
    /** What is done about alerts; nothing unless given. */
    readonly alerting?: Alerting;
}

/** A run of a detector that has a metric set, opened for work. */
export interface Work {
    readonly detector: string;
    /** The detector as it was when the work was opened. */
    readonly record: DetectorRecord;
    /** Milliseconds since 1970. */
    readonly now: number;
    readonly run: string;
    readonly metricSet: MetricSetRecord;
    readonly calendar: Calendar;
    readonly store: RunStore;
    readonly reader: WindowReader;
    readonly services: WorkerServices;
}

/** Windows between two writes of the progress: what a crash costs. */
const windowsPerWrite = 48;
/** Rounds lost to another worker before this one leaves the work to it. */
const mostLostRounds = 5;

/** Opens what a record names; undefined when it has nothing to work on. Throws DataError for a source that is not read. */
export function openWork(record: DetectorRecord, services: WorkerServices, now: number): Work | undefined {
    const { name, run, metricSet } = record;
    if (run === undefined || metricSet === undefined) return undefined;
    const { buckets } = services;
    const calendar = openCalendar(metricSet.interval, metricSet.timeZone);
    const source = sourceOf(metricSet, buckets, name);
    const options = { source, metricSet, calendar, objects: buckets.store, bucketName: buckets.own, now };
    return {
        detector: name,
        record,
        now,
        run,
        metricSet,
        calendar,
        store: openRun(buckets.store, name, run, services.cache),
        reader: openWindowReader(options),
        services,
    };
}

/**
 * Scores every window that is ready, in order, and writes the progress now and then. Safe beside another worker on the same run: both
 * write the same, and only one moves the progress. Gives the progress as it then stands.
 */
export async function advance(work: Work): Promise<ProgressRecord | undefined> {
    for (let lost = 0; lost < mostLostRounds;) {
        const before = await work.store.progress();
        if (before === undefined) return undefined;
        const windows = await take(work.reader.ready(work.calendar.positionOf(before.record.scoredThrough)));
        if (windows.length === 0) return before.record;
        const after = await scoreAndWrite(work, before, windows).catch(ignoreStale);
        // A window that is committed from now on brings an advance of its own.
        if (after !== undefined && windows.length < windowsPerWrite) return after;
        if (after === undefined) lost++;
    }
    return (await work.store.progress())?.record;
}

async function take(windows: AsyncGenerator<ReadWindow>): Promise<ReadWindow[]> {
    const taken: ReadWindow[] = [];
    for await (const window of windows) if (taken.push(window) >= windowsPerWrite) break;
    return taken;
}

/** The run moved on while this worker read it: the round is lost, nothing else. */
function ignoreStale(error: unknown): undefined {
    if (error instanceof StaleProgressError) return undefined;
    throw error;
}

/** Gives the new progress, or undefined when another worker moved it first. */
async function scoreAndWrite(
    work: Work,
    before: Progress,
    windows: readonly ReadWindow[],
): Promise<ProgressRecord | undefined> {
    const { store, calendar } = work;
    const { record } = before;
    const names: GroupNames = { run: work.run, calendar, measures: work.metricSet.measures.map(({ name }) => name) };
    const state: RunState = {
        engine: await store.takeModel(record.scoredThrough),
        combinations: [...(await store.combinations(record.combinations))],
        options: noOptions,
        feedback: [],
        open: record.groups.filter(({ isOpen }) => isOpen).map((group) => groupOf(names, group)),
        closed: [],
        points: record.points,
        quality: record.quality,
    };
    const intervals = windows.flatMap((window) => scoreWindow(state, window, (at) => noDataReason(calendar, at)));
    const through = calendar.startOf(windows.at(-1)!.last + 1);
    const stretches = await store.open(record.scoredThrough);
    const openSince = await writeScores(work, stretches, intervals, through, seriesCount(state.engine));
    const found = [
        ...state.closed.map((group) => recordOf(names, state.combinations, group, false)),
        ...state.open.map((group) => recordOf(names, state.combinations, group, true)),
    ];
    const groups = [...record.groups.filter(({ isOpen }) => !isOpen), ...found];
    const { days, ...recent } = completeDays(groups, through);
    const groupStore = openGroups(work.services.buckets.store, work.detector, work.run);
    await groupStore.writeDays(days, { from: record.groupsSince, to: recent.groupsSince });
    if (state.combinations.length !== record.combinations) await store.writeCombinations(state.combinations);
    await store.writeModel(through, state.engine);
    const after: ProgressRecord = {
        ...record,
        ...recent,
        openSince,
        scoredThrough: through,
        points: state.points,
        combinations: state.combinations.length,
        quality: state.quality,
    };
    const round = { groups: found, intervals, first: windows[0]!.first, points: state.points };
    // Before the progress says that they were found: a crash must not lose an alert.
    const notices = await noteAlerts(work, round);
    if (!(await store.advance(after, before))) return undefined;
    if (notices > 0) await work.services.alerting?.deliver(work.detector);
    await store.forget(record.scoredThrough);
    return after;
}

/** Puts intervals at the end of the growing stretch and closes the ones that are full; gives the start of the one that grows on. */
export async function writeScores(
    work: Pick<Work, "store" | "calendar">,
    open: Stretch,
    intervals: readonly StretchInterval[],
    through: number,
    series: number,
): Promise<number> {
    const { store, calendar } = work;
    let growing = open;
    for (let i = 0; i < intervals.length;) {
        const next = growing.first + growing.outcomes.length;
        const room = stretchOf(growing.first) + stretchLength - next;
        growing = appendIntervals(growing, series, intervals.slice(i, i + room));
        i += room;
        if (intervals.length >= i) {
            await store.writeClosed(calendar.startOf(stretchOf(growing.first)), growing);
            growing = emptyStretch(growing.first + growing.outcomes.length, series);
        }
    }
    await store.writeOpen(through, growing);
    return calendar.startOf(growing.first);
}

function noDataReason(calendar: Calendar, position: number): string {
    const at = (instant: number): string => new Date(instant).toISOString().slice(0, 23);
    const [from, to] = [calendar.startOf(position), calendar.startOf(position + 1)];
    return `No datapoint was found at the source location for time interval from ${at(from)} to ${at(to)}.`;
}
