import { openDetectorStore } from "../../detection/store/detectors";
import type { DetectorStatus } from "../../detection/store/records";
import { createRunCache, openRun } from "../../detection/store/runs";
import { pointsNeeded } from "../../detection/worker/pointsNeeded";
import { learnedDelaySeconds } from "../../pipeline/arrival";
import type { ArrivalEvent } from "../../pipeline/arrivalRecord";
import { historyWindows } from "../../pipeline/history";
import { isCommitted } from "../../pipeline/ledger";
import { readArrival } from "../../pipeline/noteArrival";
import type { DetectorDefinition } from "../../pipeline/records";
import type { ObjectStore } from "../../objects/objectStore";
import { type LedgerState, readLedgerState } from "./ledgerRows";

/** How a detector is. Instants in milliseconds since 1970. */
export interface DetectorState {
    readonly name: string;
    /** At the detection service; undefined while it is not there. */
    readonly status?: DetectorStatus;
    /** Why it failed. */
    readonly failure?: string;
    /** Windows of the history; absent before it has begun. */
    readonly backfill?: { readonly committed: number; readonly planned: number; readonly parked: number };
    readonly watermark?: number;
    /** Live windows that failed and wait for their next try. */
    readonly parked: number;
    /** Intervals with data that it has, and needs to be ACTIVE; absent before it has learned. */
    readonly learning?: { readonly points: number; readonly needed: number };
    /** End of the newest interval that was scored; absent before the first. */
    readonly scoredThrough?: number;
    readonly arrival?: {
        readonly offsetSeconds: number;
        readonly learnedDelaySeconds?: number;
        readonly changedWindows: number;
        readonly missing?: ArrivalEvent;
        readonly late?: ArrivalEvent;
    };
}

/** Reads how a detector is out of the stack's bucket; `arn` is the one under which the detection service knows it. */
export async function readDetectorState(
    store: ObjectStore,
    definition: DetectorDefinition,
    arn: string,
): Promise<DetectorState> {
    const ledger = await readLedgerState(store, definition);
    return {
        name: definition.name,
        parked: ledger === undefined ? 0 : liveParked(ledger),
        ...(ledger === undefined ? {} : { backfill: backfillOf(ledger), watermark: ledger.view.watermark }),
        ...(await detectionState(store, arn.slice(arn.lastIndexOf(":") + 1))),
        ...(await arrivalState(store, definition)),
    };
}

const liveParked = ({ view }: LedgerState): number =>
    [...view.parkedStarts].filter((start) => start >= view.history.end).length;

function backfillOf({ view }: LedgerState): DetectorState["backfill"] {
    const planned = historyWindows(view.record);
    return {
        committed: planned.filter((window) => isCommitted(view, window)).length,
        planned: planned.length,
        parked: planned.filter(({ start }) => view.parkedStarts.has(start)).length,
    };
}

async function detectionState(
    store: ObjectStore,
    name: string,
): Promise<Pick<DetectorState, "status" | "failure" | "learning" | "scoredThrough">> {
    const record = await openDetectorStore(store).read(name);
    if (record === undefined) return {};
    const { status, failure, run, interval } = record;
    const progress =
        run === undefined ? undefined : (await openRun(store, name, run, createRunCache()).progress())?.record;
    return {
        status,
        ...(failure === undefined ? {} : { failure: failure.reason }),
        ...(progress === undefined ? {} : { learning: { points: progress.points, needed: pointsNeeded(interval) } }),
        ...(progress === undefined || progress.scoredThrough === progress.scoredFrom
            ? {}
            : { scoredThrough: progress.scoredThrough }),
    };
}

async function arrivalState(
    store: ObjectStore,
    { name, live, offsetSeconds }: DetectorDefinition,
): Promise<Pick<DetectorState, "arrival">> {
    const record = live === null ? undefined : await readArrival(store, name, live);
    if (record === undefined) return {};
    const delay = learnedDelaySeconds(record);
    const changed = record.recent.filter(({ firstAt, changedAt }) => changedAt > firstAt).length;
    return {
        arrival: {
            offsetSeconds,
            changedWindows: record.changed + changed,
            ...(delay === undefined ? {} : { learnedDelaySeconds: delay }),
            ...(record.missing === undefined ? {} : { missing: record.missing }),
            ...(record.late === undefined ? {} : { late: record.late }),
        },
    };
}
