import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { parse as parseCsv } from "csv-parse";
import { isLosslessNumber, parse as parseJson } from "lossless-json";
import { createInterface } from "node:readline";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { TableConfig } from "./config";
import { readParquet } from "./readParquet";

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

/** The rows of one object, in constant memory. `columns` are those that are needed: Parquet reads no others. */
export async function* readObject(
    s3: S3Client,
    object: FoundObject,
    table: TableConfig,
    columns: readonly string[] | undefined,
    signal?: AbortSignal,
): AsyncGenerator<ObjectRow> {
    if (table.format === "PARQUET") {
        yield* readParquet(s3, object, columns, signal);
        return;
    }
    const { Body } = await s3.send(
        new GetObjectCommand({ Bucket: object.bucket, Key: object.key, IfMatch: object.etag }),
        signal === undefined ? {} : { abortSignal: signal },
    );
    const body = Body as Readable;
    const text = object.key.endsWith(".gz") ? pipeline(body, createGunzip(), () => undefined) : body;
    try {
        yield* table.format === "CSV" ? csvRows(text, table.delimiter) : jsonRows(text);
    } finally {
        body.destroy();
    }
}

/** A header line names the columns. A field that is nothing is NULL; one that is empty between quotes is empty. */
async function* csvRows(text: Readable, delimiter: string): AsyncGenerator<ObjectRow> {
    const parser = parseCsv({
        delimiter,
        bom: true,
        columns: true,
        relax_column_count_less: true,
        skip_empty_lines: true,
        cast: (value, { quoting, header }) => (value === "" && !quoting && !header ? null : value),
    });
    const parsed = pipeline(text, parser, () => undefined);
    for await (const row of parsed) yield row as ObjectRow;
}

async function* jsonRows(text: Readable): AsyncGenerator<ObjectRow> {
    const lines = createInterface({ input: text, crlfDelay: Infinity });
    let failure: Error | undefined;
    text.once("error", (error: Error) => (failure = error));
    for await (const line of lines) if (line.trim() !== "") yield jsonRow(line);
    if (failure !== undefined) throw failure;
}

/** Numbers keep their digits: a double would round large ones. */
function jsonRow(line: string): ObjectRow {
    const value = parseJson(line) as Readonly<Record<string, unknown>>;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, jsonText(field)]));
}

function jsonText(value: unknown): string | null {
    if (value === null || value === undefined) return null;
    if (isLosslessNumber(value)) return value.toString();
    return typeof value === "string" ? value : JSON.stringify(value);
}
