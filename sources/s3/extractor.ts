import type { S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { ConfigError, LookoutError, NotFoundError, QueryError } from "../../errors";
import { queryHash } from "../../pipeline/query";
import type { ExtractionSpec, WindowKind } from "../../pipeline/records";
import { durationSeconds, formatWindow, type Window } from "../../pipeline/windows";
import type { Column, Extraction, Extractor, Inspection, OpenedSource, Ticket } from "../metricSource";
import { type About, columnHint, columnsOf, contextOf, endSentence, whereOf, withKeysOf } from "../sql/about";
import { columnNames } from "../sql/inspection";
import { csvStream } from "../upload/csvRows";
import { findRows, rowsEnding, uploadRows, type UploadTarget } from "../upload/uploadRows";
import { columnsOfRow, countRows } from "./look";
import type { S3Config, TableConfig } from "./config";
import { sortFailure, tooLong } from "./failures";
import { findAny, findObjects, openReader } from "./objects";
import { readQuery, type Selection } from "./query";
import { type FoundObject, readObject } from "./readObject";
import { requireColumns, rowPicker } from "./rows";

/** What the extractor talks through; a test puts its own in. */
export interface S3Tools {
    /** Reads the objects. */
    readonly reader: S3Client;
    /** Writes the rows. @default a client of the bucket's region */
    readonly objects?: S3Client;
}

type Source = OpenedSource<S3Config>;

/** The ticket of an extraction that is over when `start` answers. `rows` is null when an earlier call of the same attempt wrote them. */
const ticketSchema = z.object({ rows: z.int().nullable() });

/** Run half of the s3 source: reads the objects of a window's time one after another and writes the rows that lie in it, in constant memory. */
export function open(source: Source, tools: S3Tools = openTools(source)): Extractor {
    return {
        start: (extraction) => start(source, tools, extraction),
        status: async (ticket) => {
            const { rows } = ticketSchema.parse(ticket);
            return { state: "finished", ...(rows !== null && { rows }) };
        },
        cancel: async () => undefined,
        describe: (spec) => describe(source, tools, spec),
        inspect: (spec, window) => inspect(source, tools, spec, window),
    };
}

const openTools = ({ config, region }: Source): S3Tools => ({ reader: openReader(region, config.roleArn) });

async function start(source: Source, tools: S3Tools, extraction: Extraction): Promise<Ticket> {
    const { detector, spec, window, signal, kind } = extraction;
    const target = targetOf(source, tools, extraction);
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
        const text = csvStream(columnNames(spec), rows, (written) => (count = written));
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

async function* windowRows(source: Source, { reader }: S3Tools, reading: Reading): AsyncGenerator<(string | null)[]> {
    const { detector, spec, window, kind, signal } = reading;
    const selection = readQuery(spec.query);
    const table = tableOf(source, selection);
    const picker = withKeysOf(detector, () => rowPicker(spec, selection, window));
    const path = kind === "backfill" ? (table.historyPath ?? table.path) : table.path;
    for (const object of await findObjects(reader, path, window, durationSeconds(table.arrival) * 1000)) {
        let isFirst = true;
        try {
            for await (const row of readObject(reader, object, table, picker.columns, signal)) {
                if (isFirst && table.format !== "JSON") requireColumns(row, picker.columns, object.key);
                isFirst = false;
                const picked = picker.pick(row);
                if (picked !== undefined) yield picked;
            }
        } catch (error) {
            throw withObject(error, object);
        }
    }
}

/** Remembers which object a failure was about. */
function withObject(error: unknown, { bucket, key }: FoundObject): unknown {
    if (error instanceof Error && !(error instanceof LookoutError))
        Object.assign(error, { object: `s3://${bucket}/${key}` });
    return error;
}

function tableOf({ name, config }: Source, { table }: Selection): TableConfig {
    const found = config.tables[table];
    if (found !== undefined) return found;
    throw new QueryError(
        `lookout:sources.${name}.tables has no table "${table}"; it has ${Object.keys(config.tables).join(", ")}`,
        { source: name },
    );
}

async function describe(source: Source, { reader }: S3Tools, spec: ExtractionSpec): Promise<readonly Column[]> {
    const about = { source: source.name, doing: "describing the objects", columns: columnsOf(spec) };
    return sorted(about, undefined, async () => {
        const selection = readQuery(spec.query);
        const table = tableOf(source, selection);
        const object = await findAny(reader, table);
        for await (const row of readObject(reader, object, table, undefined)) return columnsOfRow(row, selection);
        throw new NotFoundError(`s3://${object.bucket}/${object.key} has no row to tell its columns by`);
    });
}

async function inspect(source: Source, tools: S3Tools, spec: ExtractionSpec, window: Window): Promise<Inspection> {
    const described = await describe(source, tools, spec);
    const about = {
        source: source.name,
        window: formatWindow(window),
        doing: "looking at the rows",
        columns: columnsOf(spec),
    };
    return sorted(about, undefined, () =>
        countRows(windowRows(source, tools, { detector: "<detector>", spec, window, kind: "live" }), spec, described),
    );
}

function targetOf({ config, region }: Source, { objects }: S3Tools, extraction: Extraction): UploadTarget {
    const { bucket, prefix, signal } = extraction;
    return {
        bucket,
        key: `${prefix}rows${rowsEnding(config.compression)}`,
        region,
        compression: config.compression,
        ...(signal && { signal }),
        ...(objects && { client: objects }),
    };
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
        if (signal?.aborted) throw tooLong(about, error);
        if (error instanceof ConfigError || (error instanceof LookoutError && error.message.startsWith("Source ")))
            throw error;
        if (error instanceof QueryError || error instanceof NotFoundError) throw complete(error, about);
        if (error instanceof LookoutError) throw error;
        const object = (error as { object?: string }).object;
        throw sortFailure(error, { ...about, ...(object !== undefined && { object }) });
    }
}

/** A finding that knew neither source nor detector, with both, and with the key of a column that is missing. */
function complete(error: QueryError | NotFoundError, about: About): LookoutError {
    const [, missing] = /has no column "([^"]+)"/.exec(error.message) ?? [];
    const hint = missing === undefined ? undefined : columnHint(missing, about);
    const text = `${whereOf(about)}: ${endSentence(error.message)}${hint === undefined ? "" : ` ${hint}`}`;
    const context = { ...contextOf(about), cause: error };
    return error instanceof QueryError ? new QueryError(text, context) : new NotFoundError(text, context);
}
