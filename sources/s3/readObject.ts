import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { singly } from "../upload/csvRows";
import type { TableConfig } from "./config";
import { createCsvReader, type Field } from "./csvReader";
import { jsonRows } from "./jsonLines";
import type { SoughtTime } from "./parquetStatistics";
import { readParquet } from "./readParquet";
import { missingField, requireColumns } from "./rows";

/** An object as a listing has it. */
export interface FoundObject {
    readonly bucket: string;
    readonly key: string;
    readonly size: number;
    /** The version that was listed: one that is written meanwhile is refused. */
    readonly etag: string;
}

/** A row as it lies in an object: text by column, null for NULL; exactly as it is written. */
export type ObjectRow = Readonly<Record<string, string | null>>;

/** What is wanted of an object. */
export interface Wanted {
    /** The columns that are needed, the timestamp's first. */
    readonly columns: readonly string[];
    /** Which rows are: others may be left out. */
    readonly time: SoughtTime;
}

/**
 * The rows of one object, some at a time, in constant memory. Throws QueryError for a column that it has not, and whatever its reader finds.
 */
export async function* readObject(
    s3: S3Client,
    object: FoundObject,
    table: TableConfig,
    wanted: Wanted,
    signal?: AbortSignal,
): AsyncGenerator<readonly ObjectRow[]> {
    if (table.format === "PARQUET") {
        yield* singly(readParquet(s3, object, wanted, signal));
        return;
    }
    const { column } = wanted.time;
    const text = await openText(s3, object, signal);
    try {
        if (table.format === "CSV") {
            const header = (names: readonly string[]): readonly string[] => {
                requireColumns(names, wanted.columns, object);
                return wanted.columns;
            };
            yield* csvRows(text.rows, table.delimiter, { header, areAllNeeded: true });
        } else {
            const require = (found: readonly string[]): void => requireColumns(found, [column], object);
            yield* singly(requireTime(jsonRows(text.rows), column, require));
        }
    } finally {
        text.body.destroy();
    }
}

/** The first rows of a CSV or JSON object, up to `count`, and its columns, which the header names where there is one. */
export async function readBeginning(
    s3: S3Client,
    object: FoundObject,
    { format, delimiter }: TableConfig,
    { count, signal }: { readonly count: number; readonly signal?: AbortSignal },
): Promise<{ columns: readonly string[]; rows: readonly ObjectRow[] }> {
    const text = await openText(s3, object, signal);
    const rows: ObjectRow[] = [];
    let header: readonly string[] = [];
    const hear = { header: (names: readonly string[]) => (header = names), areAllNeeded: false };
    const all = format === "CSV" ? csvRows(text.rows, delimiter, hear) : singly(jsonRows(text.rows));
    try {
        for await (const some of all) if (rows.push(...some) >= count) break;
    } finally {
        text.body.destroy();
    }
    return {
        columns: [...new Set([...header, ...rows.flatMap((row) => Object.keys(row))])],
        rows: rows.slice(0, count),
    };
}

async function openText(s3: S3Client, { bucket, key, etag }: FoundObject, signal?: AbortSignal) {
    const request = new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag });
    const { Body } = await s3.send(request, signal === undefined ? {} : { abortSignal: signal });
    const body = Body as Readable;
    return { body, rows: key.endsWith(".gz") ? pipeline(body, createGunzip(), () => undefined) : body };
}

/** What is wanted of a CSV object's rows. */
interface CsvWish {
    /** Gets the columns that the header names, and gives those to read; what it throws ends the reading. */
    readonly header: (columns: readonly string[]) => readonly string[];
    /** Whether a row that ends before one of them is refused: a field that is not there would pass for NULL. */
    readonly areAllNeeded: boolean;
}

/** A header line names the columns; a name that stands there twice means the last one of them. Gives the rows of each piece of the text. */
async function* csvRows(
    text: Readable,
    delimiter: string,
    { header, areAllNeeded }: CsvWish,
): AsyncGenerator<readonly ObjectRow[]> {
    let names: readonly string[] | undefined;
    let wanted: readonly (readonly [name: string, place: number])[] = [];
    let rows: ObjectRow[] = [];
    const reader = createCsvReader(delimiter, (fields, line) => {
        if (names === undefined) {
            const own = (names = fields.map((name) => name ?? ""));
            wanted = header(own).map((name) => [name, own.lastIndexOf(name)]);
        } else {
            requireNoMore(fields, names, line);
            rows.push(rowOf(fields, wanted, areAllNeeded ? line : undefined));
        }
    });
    let isFirst = true;
    for await (const piece of text.setEncoding("utf8") as AsyncIterable<string>) {
        // Some writers begin with a byte order mark.
        reader.push(isFirst && piece.startsWith("\uFEFF") ? piece.slice(1) : piece);
        isFirst = false;
        yield rows;
        rows = [];
    }
    reader.end();
    yield rows;
}

function requireNoMore(fields: readonly Field[], names: readonly string[], line: number): void {
    if (fields.length <= names.length) return;
    throw new Error(
        `The row that ends on line ${line} has ${fields.length} fields, and the header names ${names.length}`,
    );
}

/** The wanted fields of a row. Where one is not there it is left out, or refused by the line that the row ends on. */
function rowOf(
    fields: readonly Field[],
    wanted: readonly (readonly [name: string, place: number])[],
    line: number | undefined,
): ObjectRow {
    const row: Record<string, Field> = {};
    for (const [name, place] of wanted) {
        if (place < fields.length) row[name] = fields[place]!;
        else if (line !== undefined) throw missingField(name, fields.length, line);
    }
    return row;
}

/** JSON has no header, and may leave out what is NULL; but rows none of which has a time would pass for no data. */
async function* requireTime(
    rows: AsyncIterable<ObjectRow>,
    time: string,
    require: (columns: readonly string[]) => void,
): AsyncGenerator<ObjectRow> {
    let first: ObjectRow | undefined;
    let isThere = false;
    for await (const row of rows) {
        first ??= row;
        isThere ||= Object.hasOwn(row, time);
        yield row;
    }
    if (first !== undefined && !isThere) require(Object.keys(first));
}
