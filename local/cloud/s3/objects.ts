import { createHash } from "node:crypto";
import { createReadStream, openSync } from "node:fs";
import { CloudError, type CloudRequest, type CloudResponse } from "../service";
import { xmlElements } from "../xml";
import type { BucketFiles, ObjectRecord } from "./bucketFiles";
import { checksumHeaders, verifyChecksums, type StoredChecksum } from "./checksums";
import { decodeChunks } from "./chunkedBody";
import { checkWrite, isNotModified, noSuchKey } from "./conditions";

/** Objects up to this size, in bytes, are answered from memory; larger ones are streamed. */
const largestInMemory = 4 * 1024 * 1024;

const defaultType = "binary/octet-stream";

/** Headers of a write that a read gives back. */
const keptHeaders = ["cache-control", "content-disposition", "content-language", "expires"];

/** The bytes that a request carries, with the checksum that came with them and was found right. */
export function readBody(request: CloudRequest): { body: Buffer; checksum: StoredChecksum | undefined } {
    const { headers } = request;
    if (headers["x-amz-content-sha256"]?.startsWith("STREAMING-") !== true) {
        return { body: request.body, checksum: verifyChecksums(request.body, headers) };
    }
    const { body, trailers } = decodeChunks(request.body, headers["x-amz-decoded-content-length"]);
    return { body, checksum: verifyChecksums(body, { ...headers, ...trailers }) };
}

/** Answers PutObject. `now` is in milliseconds since 1970. */
export function putObject(files: BucketFiles, key: string, request: CloudRequest, now: number): CloudResponse {
    const { body, checksum } = readBody(request);
    checkWrite(request.headers, files.get(key), key);
    const etag = createHash("md5").update(body).digest("hex");
    files.put(key, body, { size: body.length, etag, modified: now, ...describeContent(request.headers), checksum });
    return { status: 200, headers: { etag: `"${etag}"`, ...encryption, ...checksumHeaders(checksum) } };
}

/** What reading an object needs of a bucket, and what listing needs besides. */
export type ReadableObjects = Pick<BucketFiles, "get" | "path" | "read">;
export type ReadableFiles = ReadableObjects & Pick<BucketFiles, "keys">;

/** Answers GetObject and HeadObject. */
export function getObject(files: ReadableObjects, key: string, request: CloudRequest): CloudResponse {
    const record = files.get(key);
    if (record === undefined) {
        throw noSuchKey(key);
    }
    const headers = describeObject(record);
    if (isNotModified(request.headers, record)) {
        return { status: 304, headers: { etag: headers.etag! } };
    }
    const range = parseRange(request.headers.range, record.size);
    const { start, end } = range ?? { start: 0, end: record.size };
    headers["content-length"] = String(end - start);
    if (range !== undefined) {
        headers["content-range"] = `bytes ${start}-${end - 1}/${record.size}`;
    } else if (request.headers["x-amz-checksum-mode"] === "ENABLED") {
        Object.assign(headers, checksumHeaders(record.checksum));
    }
    const status = range === undefined ? 200 : 206;
    return request.method === "HEAD" ? { status, headers } : { status, headers, body: read(files, key, start, end) };
}

/** One object of one bucket. */
interface ObjectPlace {
    readonly files: BucketFiles;
    readonly key: string;
}

/** Answers CopyObject: type and metadata come along unless the request replaces them. */
export function copyObject(from: ObjectPlace, to: ObjectPlace, request: CloudRequest, now: number): CloudResponse {
    const record = from.files.get(from.key);
    if (record === undefined) {
        throw noSuchKey(from.key);
    }
    const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = request.headers;
    const replaces = request.headers["x-amz-metadata-directive"] === "REPLACE";
    const headers = {
        ...(replaces ? request.headers : { ...record.headers, "content-type": record.contentType ?? defaultType }),
        ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
        ...(ifNoneMatch === undefined ? {} : { "if-none-match": ifNoneMatch }),
    };
    const body = from.files.read(from.key);
    const put = putObject(to.files, to.key, { ...request, headers, body }, now);
    const result = xmlElements({ ETag: put.headers!.etag, LastModified: new Date(now).toISOString() });
    return {
        status: 200,
        headers: { "content-type": "application/xml", ...encryption },
        body: `<?xml version="1.0" encoding="UTF-8"?>\n<CopyObjectResult>${result}</CopyObjectResult>`,
    };
}

/** Content type and other headers of a write that belong to the object. */
export function describeContent(
    headers: Readonly<Record<string, string>>,
): Pick<ObjectRecord, "contentType" | "headers"> {
    const kept: Record<string, string> = {};
    for (const name in headers) {
        if (name.startsWith("x-amz-meta-") || keptHeaders.includes(name)) {
            kept[name] = headers[name]!;
        }
    }
    const encoding = headers["content-encoding"]
        ?.split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "" && name !== "aws-chunked");
    if (encoding !== undefined && encoding.length > 0) {
        kept["content-encoding"] = encoding.join(",");
    }
    return { contentType: headers["content-type"], headers: Object.keys(kept).length > 0 ? kept : undefined };
}

/** Every object is encrypted with keys of S3. */
export const encryption = { "x-amz-server-side-encryption": "AES256" };

function describeObject(record: ObjectRecord): Record<string, string> {
    return {
        ...record.headers,
        ...encryption,
        "accept-ranges": "bytes",
        "content-type": record.contentType ?? defaultType,
        etag: `"${record.etag}"`,
        "last-modified": new Date(record.modified).toUTCString(),
    };
}

function read(files: ReadableObjects, key: string, start: number, end: number): Buffer | AsyncIterable<Uint8Array> {
    if (end - start <= largestInMemory && start === 0 && end === files.get(key)!.size) {
        return files.read(key);
    }
    // Opened now: a write that follows puts another file in its place and leaves this one readable.
    const file = openSync(files.path(key), "r");
    return createReadStream("", { fd: file, start, end: end - 1, highWaterMark: 256 * 1024 });
}

/** Half-open span of bytes, undefined when all are wanted. Throws InvalidRange for one that holds none. */
function parseRange(header: string | undefined, size: number): { start: number; end: number } | undefined {
    const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
    if (first === "" && last === "") {
        return undefined;
    }
    const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
    const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
    if (start >= size || start >= end) {
        throw new CloudError("InvalidRange", "The requested range is not satisfiable", 416);
    }
    return { start, end };
}
