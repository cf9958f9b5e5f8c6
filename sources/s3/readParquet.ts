import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { AsyncBuffer, FileMetaData, RowGroup } from "hyparquet" with { "resolution-mode": "import" };
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type ParquetColumn, parquetColumns, rawSchema } from "./parquetColumns";
import { mayHold, type SoughtTime } from "./parquetStatistics";
import type { FoundObject, ObjectRow, Wanted } from "./readObject";
import { requireColumns } from "./rows";

/** Bytes at an object's end that are read at first: its description lies there, and a small object as a whole. */
const tailBytes = 128 * 1024;

/**
 * The rows of a Parquet object, a row group at a time: only the columns that are wanted are fetched, by their ranges, and only the row groups
 * that may hold rows of the window. Throws QueryError for a column that the object has not.
 */
export async function* readParquet(
    s3: S3Client,
    object: FoundObject,
    { columns: names, time }: Wanted,
    signal?: AbortSignal,
): AsyncGenerator<ObjectRow> {
    const file = openFile(s3, object, signal);
    const metadata = await readMetadata(file);
    const all = new Map(parquetColumns(metadata.schema).map((column) => [column.name, column]));
    requireColumns([...all.keys()], names, object);
    const columns = [...new Set(names)].map((name) => all.get(name)!);
    let from = 0;
    for (const group of metadata.row_groups) {
        const end = from + Number(group.num_rows);
        if (end > from && groupMayHold(group, all, time)) yield* readGroup(file, metadata, columns, [from, end]);
        from = end;
    }
}

/** The columns of a Parquet object, as its description has them: no row is read. */
export async function parquetColumnsOf(
    s3: S3Client,
    object: FoundObject,
    signal?: AbortSignal,
): Promise<ParquetColumn[]> {
    return parquetColumns((await readMetadata(openFile(s3, object, signal))).schema);
}

async function readMetadata(file: AsyncBuffer): Promise<FileMetaData> {
    const { parquetMetadataAsync } = await import("hyparquet");
    return parquetMetadataAsync(file, { initialFetchSize: tailBytes });
}

function groupMayHold(group: RowGroup, all: ReadonlyMap<string, ParquetColumn>, time: SoughtTime): boolean {
    const found = group.columns.find(({ meta_data: meta }) => meta?.path_in_schema.join(".") === time.column);
    const { min_value: min, max_value: max, min: oldMin, max: oldMax } = found?.meta_data?.statistics ?? {};
    return mayHold({ min: min ?? oldMin, max: max ?? oldMax }, all.get(time.column)?.kind ?? "other", time);
}

async function* readGroup(
    file: AsyncBuffer,
    metadata: FileMetaData,
    columns: readonly ParquetColumn[],
    [rowStart, rowEnd]: readonly [number, number],
): AsyncGenerator<ObjectRow> {
    const { flatten, parquetRead } = await import("hyparquet");
    const { compressors } = await import("hyparquet-compressors");
    const pieces = new Map(columns.map(({ name }): [string, ArrayLike<unknown>[]] => [name, []]));
    await parquetRead({
        file,
        metadata: { ...metadata, schema: rawSchema(metadata.schema) },
        columns: [...pieces.keys()],
        rowStart,
        rowEnd,
        compressors,
        utf8: false,
        // Left as it is written: read and written again, its numbers would lose digits.
        parsers: { jsonFromBytes: (bytes: Uint8Array) => bytes && Buffer.from(bytes).toString("utf8") },
        onChunk: ({ columnName, columnData }) => void pieces.get(columnName)?.push(columnData),
    });
    const values = columns.map(({ name }) => flatten(pieces.get(name) as unknown[][]));
    const short = values.findIndex(({ length }) => length !== rowEnd - rowStart);
    if (short >= 0)
        throw new Error(
            `column ${columns[short]?.name} has ${values[short]?.length} values in a row group of ${rowEnd - rowStart} rows`,
        );
    for (let row = 0; row < rowEnd - rowStart; row++)
        yield Object.fromEntries(columns.map(({ name, text }, index) => [name, text(values[index]![row])]));
}

/** Reads ranges of an object. What is read of its end at first is kept. */
function openFile(s3: S3Client, { bucket, key, etag, size }: FoundObject, signal?: AbortSignal): AsyncBuffer {
    let tail: { readonly from: number; readonly bytes: ArrayBuffer } | undefined;
    return {
        byteLength: size,
        slice: async (start, end = size) => {
            if (tail !== undefined && start >= tail.from) return tail.bytes.slice(start - tail.from, end - tail.from);
            const range = { Bucket: bucket, Key: key, IfMatch: etag, Range: `bytes=${start}-${end - 1}` };
            const options = signal === undefined ? {} : { abortSignal: signal };
            const { Body } = await s3.send(new GetObjectCommand(range), options);
            const read = await buffer(Body as Readable);
            const bytes = read.buffer.slice(read.byteOffset, read.byteOffset + read.byteLength);
            if (end === size) tail ??= { from: start, bytes };
            return bytes;
        },
    };
}
