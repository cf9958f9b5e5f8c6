import type { MetricSetRecord } from "../../store/records";
import { openCalendar } from "../../worker/calendar";
import type { RowTable } from "../../worker/rowTable";
import { sourceOf } from "../../worker/sources";
import { openWindowReader } from "../../worker/windowReader";
import type { ApiContext } from "../context";
import { invalid } from "../errors";

/** How much of the data is read before the count is given as a part of the whole. */
export const mostRows = 2_000_000;
export const mostObjects = 300;
const mostCombinations = 200_000;

/** What was counted. */
export interface Counted {
    readonly combinations: readonly (readonly string[])[];
    readonly rows: number;
    /** False when there is more data than was read. */
    readonly isComplete: boolean;
}

/**
 * Counts what learning would find: reads the history as a learner does, and keeps nothing of it but the combinations of dimension values.
 * Throws ValidationException when nothing can be read, naming what is wrong.
 */
export async function countRows(context: ApiContext, detector: string, metricSet: MetricSetRecord): Promise<Counted> {
    const { buckets } = context;
    if (buckets === undefined) throw invalid("This service reads no data, so that there is nothing to count.");
    const reader = openWindowReader({
        source: sourceOf(metricSet, buckets, detector),
        metricSet,
        calendar: openCalendar(metricSet.interval, metricSet.timeZone),
        objects: buckets.store,
        bucketName: buckets.own,
        now: context.now(),
    });
    let counted: RowTable | undefined;
    let rows = 0;
    const stopAt = (isFull: boolean): void => {
        if (isFull) throw new EnoughError("enough is counted");
    };
    const prepare = (table: RowTable): void => {
        counted = table;
        table.add = () => stopAt(++rows >= mostRows || table.combinations.length >= mostCombinations);
    };
    const isComplete = await reader.past({ prepare, watch: (objects) => stopAt(objects >= mostObjects) }).then(
        () => true,
        (error: unknown) => {
            if (error instanceof EnoughError) return false;
            throw error;
        },
    );
    if (rows === 0 && counted?.firstLost !== undefined) throw invalid(`No row can be used: ${counted.firstLost}.`);
    return { combinations: counted?.combinations ?? [], rows, isComplete };
}

/** Ends a reading that has seen enough. */
class EnoughError extends Error {
    override readonly name = "EnoughError";
}
