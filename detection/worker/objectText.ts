import { pipeline, Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { createGunzip } from "node:zlib";
import { UnreadableObjectError } from "./dataErrors";
import type { Encoding } from "./rowFormat";

/** An object whose rows are read. */
export interface RowObject {
    /** For messages, `s3://bucket/key`. */
    readonly object: string;
    readonly bytes: AsyncIterable<Uint8Array>;
}

/** An object is packed in another way than its metric set says. */
export class PackingError extends UnreadableObjectError {}

/** The object's text piece by piece, unpacked and decoded, without a byte order mark. Throws PackingError for what is no gzip, or cut off, and for gzip that is to be plain. */
export async function* objectText({ object, bytes }: RowObject, encoding: Encoding): AsyncGenerator<string> {
    const decoder = openDecoder(encoding.charset);
    let isFirst = true;
    try {
        for await (const chunk of encoding.isGzip ? unpacked(bytes) : unlessPacked(bytes, object)) {
            const text = decoder.write(chunk);
            if (text === "") continue;
            yield isFirst && text.startsWith("\ufeff") ? text.slice(1) : text;
            isFirst = false;
        }
        const rest = decoder.end();
        if (rest !== "") yield rest;
    } catch (error) {
        if (!isGzipError(error)) throw error;
        throw new PackingError(
            `${object} is not gzip, or is cut off (${error.message}). Correct FileCompression or the object`,
        );
    }
}

/** Names of encodings under which every byte up to 127 is its own character, and no other byte is used. */
const plainNames = ["ascii", "us-ascii", "utf8", "utf-8"];

/** A decoder for pieces that may end within a character. Throws RangeError for a name that is none. */
export function openDecoder(charset: string): { write(chunk: Uint8Array): string; end(): string } {
    // Node's own decoder makes texts of one byte a character where it can: half the memory, and faster to read.
    if (plainNames.includes(charset.toLowerCase())) {
        const decoder = new StringDecoder("utf8");
        return {
            write: (chunk) => decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)),
            end: () => decoder.end(),
        };
    }
    const decoder = new TextDecoder(charset);
    return { write: (chunk) => decoder.decode(chunk, { stream: true }), end: () => decoder.decode() };
}

/** How gzip begins: two bytes of its own, and its only method. */
const gzipStart = [0x1f, 0x8b, 0x08];

/** The bytes as they are. Throws PackingError when they are gzip: read as text they would be rubbish. */
async function* unlessPacked(bytes: AsyncIterable<Uint8Array>, object: string): AsyncGenerator<Uint8Array> {
    let alike = 0;
    for await (const chunk of bytes) {
        for (let i = 0; i < chunk.length && alike >= 0 && alike < gzipStart.length; i++)
            alike = chunk[i] === gzipStart[alike] ? alike + 1 : -1;
        if (alike === gzipStart.length)
            throw new PackingError(`${object} is gzip-compressed; set FileCompression to GZIP`);
        yield chunk;
    }
}

function unpacked(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    // An error of a stream goes on to the one behind it; whoever reads the last one gets it.
    return pipeline(Readable.from(bytes), createGunzip({ chunkSize: 65_536 }), () => undefined);
}

const isGzipError = (error: unknown): error is Error =>
    error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
