import { DataError } from "../../errors";
import type { ObjectStore } from "../../objects/objectStore";
import type { MetricSetRecord, WindowRead } from "../store/records";
import type { Calendar } from "./calendar";
import { UnreadableObjectError } from "./dataErrors";
import { foreignReader } from "./foreignReader";
import { ledgerReader } from "./ledgerReader";
import type { RowPlan } from "./rowIntake";
import { note, type RowTable } from "./rowTable";
import type { RowSource } from "./sources";
import { timestampReader } from "./timestampFormat";

/** A stretch to be scored at once: rows, or the reason why there are none. Positions are inclusive. */
export interface ReadWindow {
    readonly first: number;
    readonly last: number;
    readonly table?: Pick<RowTable, "combinations" | "quality" | "values">;
    /** Why the window failed, where it did; what was read of it is not scored then. */
    readonly failure?: string;
    /** What it was read from: see `WindowRead`. */
    readonly tag: string;
    readonly attempt?: string;
}

/** Rows of the past, and where scoring goes on after them. */
export interface PastRows {
    readonly table: RowTable;
    /** Position after the last interval of the history; undefined when nothing is known of any. */
    readonly end?: number;
    /** Paths of a history below which there is no object, for messages. */
    readonly empty?: readonly string[];
}

export interface PastOptions {
    /** Told after each object how many have been read. */
    readonly watch?: (objects: number) => void;
    /** Given the table before there are rows in it. */
    readonly prepare?: (table: RowTable) => void;
}

/** A window that had been scored when there came more of it. */
export interface LateWindow extends WindowRead {
    /** For people: what came, and where; absent when it holds the very rows that were scored. */
    readonly finding?: string;
    /** Reads it as it is now. */
    read(): Promise<ReadWindow>;
}

/** Reads a metric set's rows window by window. */
export interface WindowReader {
    /** Scored windows of which it is to be remembered what they were read from, the latest ones. */
    readonly remembers: number;
    /** All rows to learn from. */
    past(options?: PastOptions): Promise<PastRows>;
    /** Where the rows of an interval are looked for, for messages; undefined where no place is known. */
    placesOf?(position: number): string | undefined;
    /** Windows to score from a position on, in order, up to the last one that is ready; ends when nothing more is. */
    ready(from: number): AsyncGenerator<ReadWindow, void, undefined>;
    /** Those of the windows that were read of which there is more now; looks at the latest ones. */
    late(read: readonly WindowRead[]): Promise<LateWindow[]>;
}

export interface WindowReaderOptions {
    readonly source: RowSource;
    readonly metricSet: MetricSetRecord;
    readonly calendar: Calendar;
    /** The stack's own bucket. */
    readonly objects: ObjectStore;
    /** Name of that bucket, for messages. */
    readonly bucketName: string;
    /** Milliseconds since 1970. */
    readonly now: number;
}

export function openWindowReader(options: WindowReaderOptions): WindowReader {
    return options.source.kind === "ledger"
        ? ledgerReader(options, options.source)
        : foreignReader(options, options.source);
}

/** How rows are read. Throws DataError for a timestamp format that is not understood. */
export function planOf(
    { metricSet, calendar }: WindowReaderOptions,
    { format, timeZone }: { readonly format: string; readonly timeZone: string },
): RowPlan {
    try {
        const column = metricSet.timestamp?.column ?? "timestamp";
        return {
            timestamp: { column, format, read: timestampReader(format, timeZone) },
            positionOf: (instant) => calendar.positionOf(instant),
            filters: metricSet.filters ?? [],
        };
    } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new DataError(`metric set "${metricSet.name}": ${error.message}`, { cause: error });
    }
}

export const shapeOf = ({ measures, dimensions }: MetricSetRecord) => ({ measures, dimensions });

/** Reads an object; gives why that failed, where it is the fault of what is in it. Anything else, the way there too, fails the job, which is tried again. */
export async function readOrNote(table: RowTable, read: () => Promise<void>): Promise<string | undefined> {
    try {
        await read();
        return undefined;
    } catch (error) {
        if (!(error instanceof UnreadableObjectError)) throw error;
        table.quality.badObjects++;
        table.firstLost ??= error.message;
        note(table.quality, error.message);
        return error.message;
    }
}
