import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { FoundObject, ObjectRow } from "./readObject";

/** Rows of a row group that are decoded at once. */
const rowsAtOnce = 50_000;

/**
 * The rows of a Parquet object, a stretch of a row group at a time. Only the columns that are needed are fetched, by their ranges. 64-bit integers
 * are exact; decimals are to 15 digits.
 */
export async function* readParquet(
    s3: S3Client,
    object: FoundObject,
    wanted: readonly string[] | undefined,
    signal?: AbortSignal,
): AsyncGenerator<ObjectRow> {
    const { parquetMetadataAsync, parquetReadObjects } = await import("hyparquet");
    const { compressors } = await import("hyparquet-compressors");
    const file = { byteLength: object.size, slice: rangeReader(s3, object, signal) };
    const metadata = await parquetMetadataAsync(file);
    const leaves = metadata.schema.slice(1);
    const names = leaves.map(({ name }) => name);
    const columns = wanted?.filter((name) => names.includes(name)) ?? names;
    const forms = new Map(
        leaves.map(({ name, converted_type, scale, logical_type }) => [
            name,
            {
                ...(converted_type === "DECIMAL" ? { scale: scale ?? 0 } : {}),
                isClock: logical_type?.type === "TIMESTAMP" && !logical_type.isAdjustedToUTC,
            },
        ]),
    );
    let from = 0;
    for (const group of metadata.row_groups) {
        const end = from + Number(group.num_rows);
        for (; from < end; from = Math.min(end, from + rowsAtOnce)) {
            const rowEnd = Math.min(end, from + rowsAtOnce);
            const rows = await parquetReadObjects({ file, metadata, columns, rowStart: from, rowEnd, compressors });
            for (const row of rows as Readonly<Record<string, unknown>>[])
                yield Object.fromEntries(columns.map((name) => [name, textOf(row[name], forms.get(name))]));
        }
    }
}

function rangeReader(s3: S3Client, { bucket, key, etag, size }: FoundObject, signal?: AbortSignal) {
    return async (start: number, end: number = size): Promise<ArrayBuffer> => {
        const range = { Bucket: bucket, Key: key, IfMatch: etag, Range: `bytes=${start}-${end - 1}` };
        const { Body } = await s3.send(
            new GetObjectCommand(range),
            signal === undefined ? {} : { abortSignal: signal },
        );
        const bytes = await buffer(Body as Readable);
        return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    };
}

/** How a column's values are written. */
interface Form {
    /** Digits after the point of a decimal. */
    readonly scale?: number;
    /** A timestamp without a zone. */
    readonly isClock: boolean;
}

function textOf(value: unknown, form: Form | undefined): string | null {
    if (value === null || value === undefined) return null;
    if (typeof value === "string") return value;
    if (value instanceof Date) return form?.isClock ? value.toISOString().slice(0, -1) : value.toISOString();
    if (typeof value === "number" && form?.scale !== undefined) return value.toFixed(form.scale);
    if (typeof value === "bigint" || typeof value === "number" || typeof value === "boolean") return value.toString();
    return JSON.stringify(value);
}
