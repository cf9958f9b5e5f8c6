import { DataError } from "../../errors";
import type { ObjectStore } from "../../objects/objectStore";
import { readDocument } from "../../pipeline/documents";
import { generationKey, ledgerPrefix, manifestKey, parkedKey, parkedPrefix } from "../../pipeline/objectLayout";
import { generationRecord, manifest, parkedWindow, type Manifest } from "../../pipeline/records";
import type { MetricSetRecord } from "../store/records";
import type { Calendar } from "./calendar";
import { readCsv, type RowPlan } from "./csvRows";
import { renderTemplate } from "./pathTemplate";
import { createRowTable, type RowTable } from "./rowTable";
import { ownFormat, ownTimestampFormat, type RowSource } from "./sources";
import { timestampReader } from "./timestampFormat";

/** A stretch to be scored at once: rows, or the reason why there are none. Positions are inclusive. */
export interface ReadWindow {
    readonly first: number;
    readonly last: number;
    readonly table?: RowTable;
    /** Why the window failed, where it did. */
    readonly failure?: string;
}

/** Rows of the past, and where scoring goes on after them. */
export interface PastRows {
    readonly table: RowTable;
    /** Position after the last interval of the history; undefined when nothing is known of any. */
    readonly end?: number;
}

/** Reads a metric set's rows window by window. */
export interface WindowReader {
    /** All rows to learn from. */
    past(): Promise<PastRows>;
    /** Windows to score from a position on, in order, up to the last one that is ready; ends when nothing more is. */
    ready(from: number): AsyncGenerator<ReadWindow, void, undefined>;
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

/** Committed windows of the pipeline: the manifests' objects and no others. */
function ledgerReader(options: WindowReaderOptions, source: RowSource & { kind: "ledger" }): WindowReader {
    const { objects, calendar, bucketName } = options;
    const { detector, generation } = source;
    const plan = planOf(options, { format: ownTimestampFormat, timeZone: "UTC" });
    const readRows = async (window: Manifest, table: RowTable, positions: RowPlan["positions"]): Promise<void> => {
        for (const { key } of window.objects) {
            const bytes = await objects.stream(key);
            await readCsv(
                { object: `s3://${bucketName}/${key}`, bytes, format: ownFormat },
                { ...plan, positions },
                table,
            );
        }
    };
    return {
        past: async () => {
            const record = await readDocument(objects, generationKey(detector, generation), generationRecord);
            const table = createRowTable(shapeOf(options.metricSet));
            const history = record?.value.history;
            let end = history?.end;
            for await (const { key } of objects.list(ledgerPrefix(detector, generation))) {
                const start = startOfKey(key);
                if (start === undefined || (history !== undefined && start >= history.end)) continue;
                const window = await readManifest(objects, key);
                if (window?.kind !== "backfill") continue;
                end = Math.max(end ?? 0, window.window.end);
                await readRows(window, table, undefined);
            }
            return { table, end: end === undefined ? undefined : calendar.positionOf(end) };
        },
        ready: (from) => readyManifests(options, source, from, readRows),
    };
}

async function* readyManifests(
    { objects, calendar, metricSet }: WindowReaderOptions,
    { detector, generation }: { readonly detector: string; readonly generation: string },
    from: number,
    readRows: (window: Manifest, table: RowTable, positions: RowPlan["positions"]) => Promise<void>,
): AsyncGenerator<ReadWindow, void, undefined> {
    let next = from;
    let parked: Set<number> | undefined;
    const after = manifestKey(detector, generation, calendar.startOf(from) - 1000);
    for await (const { key } of objects.list(ledgerPrefix(detector, generation), after)) {
        const start = startOfKey(key);
        if (start === undefined || calendar.positionOf(start) < next) continue;
        // A committed window after parked ones: those are gaps. After one that is neither, nothing can be said yet.
        for (const position = calendar.positionOf(start); next < position; next++) {
            parked ??= await parkedPositions(objects, calendar, detector, generation);
            if (!parked.has(next)) return;
            yield {
                first: next,
                last: next,
                failure: await parkedReason(objects, detector, generation, calendar.startOf(next)),
            };
        }
        const window = await readManifest(objects, key);
        if (window === undefined) return;
        const last = calendar.positionOf(window.window.end) - 1;
        const table = createRowTable(shapeOf(metricSet));
        const failure = await failureOf(() => readRows(window, table, { first: next, last }));
        yield { first: next, last, table, failure };
        next = last + 1;
    }
}

const readManifest = async (objects: ObjectStore, key: string): Promise<Manifest | undefined> =>
    (await readDocument(objects, key, manifest))?.value;

async function parkedPositions(
    objects: ObjectStore,
    calendar: Calendar,
    detector: string,
    generation: string,
): Promise<Set<number>> {
    const positions = new Set<number>();
    for await (const { key } of objects.list(parkedPrefix(detector, generation))) {
        const start = startOfKey(key);
        if (start !== undefined) positions.add(calendar.positionOf(start));
    }
    return positions;
}

async function parkedReason(
    objects: ObjectStore,
    detector: string,
    generation: string,
    start: number,
): Promise<string> {
    const found = await readDocument(objects, parkedKey(detector, generation, start), parkedWindow);
    return found === undefined ? "The extraction failed." : `The extraction failed: ${found.value.message}`;
}

/** Anybody's objects: history listed below its path, live intervals by the templated path once end and offset have passed. */
function foreignReader(options: WindowReaderOptions, source: RowSource & { kind: "foreign" }): WindowReader {
    const { calendar, metricSet, now } = options;
    const plan = planOf(options, {
        format: metricSet.timestamp?.format ?? ownTimestampFormat,
        timeZone: metricSet.timeZone,
    });
    const readBelow = async (prefix: string, table: RowTable, positions: RowPlan["positions"]): Promise<void> => {
        for await (const { key } of source.bucket.list(prefix)) {
            const object = `s3://${source.bucketName}/${key}`;
            const bytes = await source.bucket.stream(key);
            await readCsv({ object, bytes, format: source.format }, { ...plan, positions }, table);
        }
    };
    const due = calendar.positionOf(now - metricSet.offsetSeconds * 1000) - 1;
    return {
        past: async () => {
            const table = createRowTable(shapeOf(metricSet));
            if (source.historical !== undefined)
                await readBelow(source.historical, table, { first: -Infinity, last: due });
            return { table, end: table.range === undefined ? due + 1 : table.range.last + 1 };
        },
        async *ready(from) {
            if (source.template === undefined) return;
            for (let position = from; position <= due; position++) {
                const path = renderTemplate(source.template, calendar.startOf(position), metricSet.timeZone);
                const prefix = path.endsWith("/") ? path : `${path}/`;
                const table = createRowTable(shapeOf(metricSet));
                const failure = await failureOf(() => readBelow(prefix, table, { first: position, last: position }));
                yield { first: position, last: position, table, failure };
            }
        },
    };
}

function planOf(
    { metricSet, calendar }: WindowReaderOptions,
    { format, timeZone }: { readonly format: string; readonly timeZone: string },
): RowPlan {
    return {
        timestamp: {
            column: metricSet.timestamp?.column ?? "timestamp",
            format,
            read: timestampReader(format, timeZone),
        },
        positionOf: (instant) => calendar.positionOf(instant),
        filters: metricSet.filters ?? [],
    };
}

const shapeOf = ({ measures, dimensions }: MetricSetRecord) => ({ measures, dimensions });

/** Data that cannot be used fail their interval; anything else fails the job, which is tried again. */
async function failureOf(read: () => Promise<void>): Promise<string | undefined> {
    try {
        await read();
        return undefined;
    } catch (error) {
        if (error instanceof DataError) return error.message;
        throw error;
    }
}

/** Start of the window that a manifest's or a parked window's key names. */
function startOfKey(key: string): number | undefined {
    const [, year, month, day, hour, minute, second] =
        /\/(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z\.json$/.exec(key) ?? [];
    return year === undefined ? undefined : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
