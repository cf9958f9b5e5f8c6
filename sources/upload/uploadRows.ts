import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { pipeline, type Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { SourceBusyError } from "../../errors";
import { isTransient } from "../sql/transient";
import { sendParts, StoreFailure } from "./parts";

/** How rows are stored: plainly, or packed as a source's `compression` says. */
export type Compression = "NONE" | "GZIP";

export interface UploadTarget {
    readonly bucket: string;
    /** Whole key of the object; ends in what `rowsEnding` gives. */
    readonly key: string;
    /** Region of the bucket. */
    readonly region: string;
    readonly compression: Compression;
    /** Stops the upload when it aborts; nothing is left behind then. */
    readonly signal?: AbortSignal;
    /** The client to upload with; a test puts its own in. */
    readonly client?: S3Client;
}

export interface Uploaded {
    /** Bytes of the object as it is stored. */
    readonly bytes: number;
    /** True when the object was there already: another writer of the same attempt was faster, and its rows are the ones that count. */
    readonly existed: boolean;
}

/** Fast rather than small: rows shrink to a sixth even so, and the database should not wait for the packing. */
const gzipLevel = 1;

/** How the key of an object of rows ends. Whoever reads the rows tells by it whether they are packed. */
export function rowsEnding(compression: Compression): string {
    return compression === "GZIP" ? ".csv.gz" : ".csv";
}

/**
 * Writes a stream of bytes to an object, in parts and in constant memory, whatever its length. The object appears whole or not at all, and
 * never takes the place of one that is there. Rejects with the stream's own error when it fails, with the signal's reason when it aborts, and
 * with SourceBusyError when the object store could not take it now; the stream is destroyed then.
 */
export async function uploadRows(rows: Readable, target: UploadTarget): Promise<Uploaded> {
    const { bucket, key, region, compression, signal } = target;
    signal?.throwIfAborted();
    const client = target.client ?? new S3Client({ region });
    const body = compression === "GZIP" ? pipeline(rows, createGzip({ level: gzipLevel }), () => undefined) : rows;
    // Rows that break off make the upload take back what it has sent.
    const stop = (): void => void rows.destroy(signal?.reason as Error);
    signal?.addEventListener("abort", stop, { once: true });
    try {
        const contentType = contentTypes[compression];
        const bytes = await sendParts(body, { client, bucket, key, contentType, ...(signal && { signal }) });
        return { bytes, existed: false };
    } catch (caught) {
        const isStores = caught instanceof StoreFailure;
        const error = isStores ? caught.cause : caught;
        // What the rows broke off with is the source's to sort, unless it was the store that made them.
        const isTheirs = !isStores && error === rows.errored;
        rows.destroy();
        signal?.throwIfAborted();
        if (isTheirs) throw error;
        if (statusOf(error) === 412) {
            const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
            return { bytes: ContentLength ?? 0, existed: true };
        }
        throw explain(error, target);
    } finally {
        signal?.removeEventListener("abort", stop);
    }
}

/**
 * Whether the object is there already: the attempt that it belongs to has been extracted. Stored in the other way counts too, for
 * `compression` may have been changed between a call and the one that repeats it.
 */
export async function findRows(target: UploadTarget): Promise<Uploaded | undefined> {
    const client = target.client ?? new S3Client({ region: target.region });
    const { bucket, key } = target;
    const find = async (Key: string): Promise<Uploaded | undefined> => {
        try {
            const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
            return { bytes: ContentLength ?? 0, existed: true };
        } catch (error) {
            if (statusOf(error) === 404) return undefined;
            throw explain(error, target);
        }
    };
    const [found, otherwise] = await Promise.all([find(key), find(otherKey(target))]);
    return found ?? otherwise;
}

/** The key that the same rows would have under the other compression. */
function otherKey({ key, compression }: UploadTarget): string {
    const other = compression === "GZIP" ? "NONE" : "GZIP";
    return `${key.slice(0, -rowsEnding(compression).length)}${rowsEnding(other)}`;
}

const contentTypes: Readonly<Record<Compression, string>> = { NONE: "text/csv", GZIP: "application/gzip" };

/** What the store could not do now it may do another time; any other error goes on as it is. */
function explain(error: unknown, { bucket, key }: UploadTarget): unknown {
    // 409: somebody else was writing the same object at that moment.
    if (!(statusOf(error) === 409 || isTransient(error))) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new SourceBusyError(`Writing the rows to s3://${bucket}/${key} failed: ${message}`, { cause: error });
}

function statusOf(error: unknown): number | undefined {
    return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}
