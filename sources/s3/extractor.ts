import type { S3Client } from "@aws-sdk/client-s3";
import { ConfigError, LookoutError, NotFoundError, QueryError } from "../../errors";
import { queryHash } from "../../pipeline/query";
import type { ExtractionSpec, WindowKind } from "../../pipeline/records";
import { durationSeconds, formatWindow, type Window } from "../../pipeline/windows";
import { clarified } from "../listedObject";
import type { Column, Extraction, Extractor, Inspection, OpenedSource, Ticket } from "../metricSource";
import { type About, columnsOf, withKeysOf } from "../sql/about";
import { columnNames } from "../sql/inspection";
import { csvBatchStream } from "../upload/csvRows";
import { finished } from "../upload/finished";
import { rowsTarget } from "../upload/target";
import { findRows, uploadRows } from "../upload/uploadRows";
import { adviseOn } from "./advice";
import type { S3Config, TableConfig } from "./config";
import { complete, mark, sortFailure, tooLong, tooSlow } from "./failures";
import { columnsIn, countRows } from "./look";
import { findObjects, findSome, openReader } from "./objects";
import { readQuery, type Selection } from "./query";
import { type FoundObject, readObject } from "./readObject";
import { type PickedRow, rowPicker } from "./rows";

/** What the extractor talks through; a test puts its own in. */
export interface S3Tools {
    /** Reads the objects. */
    readonly reader: S3Client;
    /** Writes the rows. @default a client of the bucket's region */
    readonly objects?: S3Client;
}

/** Objects that are opened to tell columns by, until one has a row. */
const objectsToTry = 5;

type Source = OpenedSource<S3Config>;

/** Run half of the s3 source: reads the objects of a window's time one after another and writes the rows that lie in it, in constant memory. */
export function open(source: Source, tools: S3Tools = openTools(source)): Extractor {
    return {
        start: (extraction) => start(source, tools, extraction),
        status: async (ticket) => finished(ticket),
        cancel: async () => undefined,
        describe: (spec, signal) => describe(source, tools, spec, signal),
        inspect: (spec, window, signal) => inspect(source, tools, { spec, window, ...(signal && { signal }) }),
        advise: async (spec) => adviseOn(spec, source.config),
    };
}

const openTools = ({ config, region }: Source): S3Tools => ({ reader: openReader(region, config) });

async function start(source: Source, tools: S3Tools, extraction: Extraction): Promise<Ticket> {
    const { detector, spec, window, signal, kind } = extraction;
    const { region, config } = source;
    const target = rowsTarget(extraction, { region, compression: config.compression, client: tools.objects });
    const ticket = { detector, window: formatWindow(window), key: target.key, queryHash: queryHash(spec.query) };
    const found = await findRows(target);
    if (found !== undefined) return { ...ticket, rows: null, bytes: found.bytes };
    const about = {
        source: source.name,
        detector,
        window: ticket.window,
        doing: "reading the objects",
        columns: columnsOf(spec),
    };
    return sorted(about, signal, async () => {
        let count = 0;
        const rows = windowRows(source, tools, { detector, spec, window, kind, ...(signal && { signal }) });
        const text = csvBatchStream(columnNames(spec), rows, (written) => (count = written));
        const { bytes, existed } = await uploadRows(text, target);
        return { ...ticket, rows: existed ? null : count, bytes };
    });
}

/** What is to be read. */
interface Reading {
    readonly detector: string;
    readonly spec: ExtractionSpec;
    readonly window: Window;
    readonly kind: WindowKind;
    readonly signal?: AbortSignal;
}

/** The window's rows, some at a time. */
async function* windowRows(
    source: Source,
    { reader }: S3Tools,
    reading: Reading,
): AsyncGenerator<readonly PickedRow[]> {
    const { detector, spec, window, kind, signal } = reading;
    const selection = readQuery(spec.query);
    const table = tableOf(source, selection);
    const picker = withKeysOf(detector, () => rowPicker(spec, selection, window));
    const path = kind === "backfill" ? (table.historyPath ?? table.path) : table.path;
    for (const object of await findObjects(reader, path, window, durationSeconds(table.arrival) * 1000)) {
        try {
            for await (const rows of readObject(reader, object, table, picker, signal)) {
                signal?.throwIfAborted();
                const picked = rows.map((row) => picker.pick(row)).filter((row) => row !== undefined);
                if (picked.length > 0) yield picked;
            }
        } catch (error) {
            throw mark(await clarified(reader, object, error), { object: placeOf(object) });
        }
    }
}

const placeOf = ({ bucket, key }: FoundObject): string => `s3://${bucket}/${key}`;

function tableOf({ name, config }: Source, { table }: Selection): TableConfig {
    const found = config.tables[table];
    if (found !== undefined) return found;
    throw new QueryError(
        `lookout:sources.${name}.tables has no table "${table}"; it has ${Object.keys(config.tables).join(", ")}`,
        { source: name },
    );
}

async function describe(
    source: Source,
    { reader }: S3Tools,
    spec: ExtractionSpec,
    signal: AbortSignal | undefined,
): Promise<readonly Column[]> {
    const about = { source: source.name, doing: "describing the objects", columns: columnsOf(spec) };
    return sorted(about, signal, async () => {
        const selection = readQuery(spec.query);
        const table = tableOf(source, selection);
        const objects = await findSome(reader, table, objectsToTry);
        for (const object of objects) {
            const read = () => columnsIn(reader, object, table, { spec, selection, ...(signal && { signal }) });
            const columns = await read().catch(async (error: unknown) => {
                throw mark(await clarified(reader, object, error), { object: placeOf(object) });
            });
            if (columns.some(({ type }) => type !== "empty")) return columns;
        }
        throw new NotFoundError(`${objects.map(placeOf).join(", ")} have no row to tell the columns by`);
    });
}

/** Looks where live rows lie, and where there is none also at the history: nobody says which of them a window will be read from. */
async function inspect(
    source: Source,
    tools: S3Tools,
    { spec, window, signal }: Pick<Reading, "spec" | "window" | "signal">,
): Promise<Inspection> {
    const described = await describe(source, tools, spec, signal);
    const about = {
        source: source.name,
        window: formatWindow(window),
        doing: "looking at the rows",
        columns: columnsOf(spec),
    };
    const look = (kind: WindowKind): Promise<Inspection> => {
        const reading = { detector: "<detector>", spec, window, kind, ...(signal && { signal }) };
        return countRows(windowRows(source, tools, reading), spec, described);
    };
    return sorted(about, signal, async () => {
        const live = await look("live");
        const { historyPath } = tableOf(source, readQuery(spec.query));
        return live.rows > 0 || historyPath === undefined ? live : look("backfill");
    });
}

/** Does some work, whose failures come out sorted and say what they were about. */
async function sorted<Result>(
    about: About,
    signal: AbortSignal | undefined,
    work: () => Promise<Result>,
): Promise<Result> {
    try {
        return await work();
    } catch (error) {
        if (signal?.aborted) throw about.detector === undefined ? tooSlow(about, error) : tooLong(about, error);
        if (error instanceof ConfigError || (error instanceof LookoutError && error.message.startsWith("Source ")))
            throw error;
        if (error instanceof QueryError || error instanceof NotFoundError) throw complete(error, about);
        if (error instanceof LookoutError) throw error;
        throw sortFailure(error, about);
    }
}
