import type { GroupStore } from "../store/groups";
import { metricSetOfRun, type DetectorRecord, type MetricSetRecord, type ProgressRecord } from "../store/records";
import type { RunStore } from "../store/runs";
import { openCalendar, type Calendar } from "../worker/calendar";
import { mustReadDetector, runOf, type ApiContext } from "./context";

/** A detector's run as it stood at one moment. */
export interface ReadRun {
    readonly record: DetectorRecord;
    /** As it was when the run learned: the detector's own may have been changed since. */
    readonly metricSet: MetricSetRecord;
    readonly store: RunStore;
    readonly groups: GroupStore;
    readonly progress: ProgressRecord;
    readonly calendar: Calendar;
}

/**
 * Reads from a detector's run; `read` gets undefined while nothing has been learned. Throws ResourceNotFoundException when there is no
 * such detector.
 */
export async function readRun<T>(
    context: ApiContext,
    arn: string,
    read: (run: ReadRun | undefined, record: DetectorRecord) => Promise<T>,
): Promise<T> {
    const record = await mustReadDetector(context, arn);
    return read(await openRead(context, record), record);
}

async function openRead(context: ApiContext, record: DetectorRecord): Promise<ReadRun | undefined> {
    const run = runOf(context, record);
    const progress = (await run?.store.progress())?.record;
    if (run === undefined || progress === undefined || record.metricSet === undefined) return undefined;
    const metricSet = metricSetOfRun(record.metricSet, progress);
    return { ...run, record, metricSet, progress, calendar: openCalendar(metricSet.interval, metricSet.timeZone) };
}
