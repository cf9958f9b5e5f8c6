import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";

/*
 * As much of S3 and Secrets Manager as an extraction asks for. In AWS they are other machines; here they share this one's processors with
 * what is measured, so that whatever they do beyond the necessary would be taken for the extractor's slowness: the bytes of a part go from
 * the socket to the disk as they come, and its CRC-32 is compared on the way. The embedded cloud keeps whole parts, and computes their MD5.
 */

interface Answer {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Buffer | string;
}

/** An object: its bytes when it came in one piece, otherwise its parts' number and bytes. */
interface StoredObject {
    readonly etag: string;
    readonly bytes: number;
    readonly body?: Buffer;
}

/** Serves a bucket and secrets by their names. Parts become files of `folder`, which the caller empties. */
export function createObjectStore(folder: string, secrets: Readonly<Record<string, unknown>>): Server {
    const objects = new Map<string, StoredObject>();
    /** Bytes of the parts of uploads under way. */
    const uploads = new Map<string, number>();

    const add = (key: string, object: Omit<StoredObject, "etag">, request: IncomingMessage): Answer => {
        if (request.headers["if-none-match"] === "*" && objects.has(key)) return refusal(412, "PreconditionFailed");
        const etag = newTag();
        objects.set(key, { ...object, etag });
        return { status: 200, headers: { etag } };
    };
    const putPart = async (request: IncomingMessage, id: string): Promise<Answer> => {
        const { bytes, sum } = await writePart(request, path.join(folder, randomUUID()));
        if (request.headers["x-amz-checksum-crc32"] !== sum) return refusal(400, "BadDigest");
        uploads.set(id, (uploads.get(id) ?? 0) + bytes);
        return { status: 200, headers: { etag: newTag(), "x-amz-checksum-crc32": sum } };
    };
    const read = (key: string): Answer => {
        const { body, bytes, etag } = objects.get(key) ?? {};
        if (etag === undefined) return refusal(404, "NoSuchKey");
        return { status: 200, headers: { etag, "content-length": String(bytes) }, ...(body && { body }) };
    };
    const answer = async (request: IncomingMessage): Promise<Answer> => {
        const { pathname: key, searchParams: query } = new URL(request.url ?? "/", "http://localhost");
        const id = query.get("uploadId");
        if (request.headers["x-amz-target"] === "secretsmanager.GetSecretValue") {
            const { SecretId: name } = JSON.parse(String(await buffer(request))) as { readonly SecretId: string };
            return { status: 200, body: JSON.stringify({ Name: name, SecretString: JSON.stringify(secrets[name]) }) };
        }
        if (request.method === "PUT" && id !== null) return putPart(request, id);
        const body = await buffer(request);
        if (request.method === "PUT") return add(key, { bytes: body.length, body }, request);
        if (request.method === "POST" && id !== null) {
            const added = add(key, { bytes: uploads.get(id) ?? 0 }, request);
            return added.status === 200 ? document("CompleteMultipartUploadResult", "") : added;
        }
        if (request.method === "POST")
            return document("InitiateMultipartUploadResult", tagged("UploadId", randomUUID()));
        return request.method === "DELETE" ? { status: 204 } : read(key);
    };

    return createServer({ noDelay: true }, (request, response) => {
        void answer(request)
            .catch((error: unknown): Answer => refusal(500, String(error)))
            .then(({ status, headers, body }) => {
                response.writeHead(status, headers);
                response.end(request.method === "HEAD" ? undefined : body);
            });
    });
}

/** Writes what a request carries to a file; gives its length and its CRC-32 as S3 writes it. */
async function writePart(request: IncomingMessage, file: string): Promise<{ bytes: number; sum: string }> {
    let bytes = 0;
    let value = 0;
    request.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        value = crc32(chunk, value);
    });
    await pipeline(request, createWriteStream(file));
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(value);
    return { bytes, sum: sum.toString("base64") };
}

/** S3's tag of an object is the MD5 of its bytes only for some ways of encrypting it; nobody may rely on that. */
const newTag = (): string => `"${randomUUID()}"`;

const tagged = (name: string, content: string): string => `<${name}>${content}</${name}>`;

const document = (name: string, content: string): Answer => ({
    status: 200,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${tagged(name, content)}`,
});

const refusal = (status: number, code: string): Answer => ({ ...document("Error", tagged("Code", code)), status });
