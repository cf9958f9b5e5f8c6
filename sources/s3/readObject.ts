import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { parse as parseCsv } from "csv-parse";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { TableConfig } from "./config";
import { jsonRows } from "./jsonLines";
import type { SoughtTime } from "./parquetStatistics";
import { readParquet } from "./readParquet";
import { requireColumns, requireFields } from "./rows";

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

/** The rows of one object, in constant memory. Throws QueryError for a column that it has not, and whatever its reader finds. */
export async function* readObject(
    s3: S3Client,
    object: FoundObject,
    table: TableConfig,
    wanted: Wanted,
    signal?: AbortSignal,
): AsyncGenerator<ObjectRow> {
    if (table.format === "PARQUET") {
        yield* readParquet(s3, object, wanted, signal);
        return;
    }
    const { column } = wanted.time;
    const text = await openText(s3, object, signal);
    try {
        if (table.format === "CSV")
            yield* csvRows(text.rows, table.delimiter, {
                header: (names) => requireColumns(names, wanted.columns, object),
                row: (found, line) => requireFields(found, wanted.columns, line),
            });
        else yield* requireTime(jsonRows(text.rows), column, (found) => requireColumns(found, [column], object));
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
    const hear = { header: (names: readonly string[]) => (header = names) };
    const all = format === "CSV" ? csvRows(text.rows, delimiter, hear) : jsonRows(text.rows);
    try {
        for await (const row of all) if (rows.push(row) >= count) break;
    } finally {
        text.body.destroy();
    }
    return { columns: [...new Set([...header, ...rows.flatMap((row) => Object.keys(row))])], rows };
}

async function openText(s3: S3Client, { bucket, key, etag }: FoundObject, signal?: AbortSignal) {
    const request = new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag });
    const { Body } = await s3.send(request, signal === undefined ? {} : { abortSignal: signal });
    const body = Body as Readable;
    return { body, rows: key.endsWith(".gz") ? pipeline(body, createGunzip(), () => undefined) : body };
}

/** Who is told of what a CSV object holds, and may throw. */
interface CsvHearer {
    header(columns: readonly string[]): void;
    /** A row, and the line that it ends on, from 1. */
    row?(row: ObjectRow, line: number): void;
}

/** A header line names the columns. A field that is nothing is NULL; one that is empty between quotes is empty. */
async function* csvRows(text: Readable, delimiter: string, hear: CsvHearer): AsyncGenerator<ObjectRow> {
    let wrong: Error | undefined;
    // What is thrown inside the parser would be lost.
    const keep = (tell: () => void): void => {
        try {
            tell();
        } catch (error) {
            wrong ??= error as Error;
        }
    };
    const parser = parseCsv({
        delimiter,
        bom: true,
        columns: (header: string[]) => {
            keep(() => hear.header(header));
            return header;
        },
        // A row may leave out columns at its end that nobody reads.
        relax_column_count_less: true,
        on_record: (row: ObjectRow, { lines }) => {
            keep(() => hear.row?.(row, lines));
            return row;
        },
        skip_empty_lines: true,
        cast: (value, { quoting, header }) => (value === "" && !quoting && !header ? null : value),
    });
    const parsed = pipeline(text, parser, () => undefined);
    for await (const row of parsed) {
        if (wrong !== undefined) break;
        yield row as ObjectRow;
    }
    if (wrong !== undefined) throw wrong;
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
