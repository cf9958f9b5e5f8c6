import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { DataError } from "../../../errors";
import type { FoundObject } from "./objects";

/** How an object's bytes become text. */
export interface DetectedEncoding {
    readonly isGzip: boolean;
    readonly charset: string;
    /** False where another charset would read the same bytes. */
    readonly isSure: boolean;
}

/** Bytes that are looked at. */
const mostBytes = 65_536;

/** How an object is packed and encoded, by its first bytes. Throws DataError for one that begins as gzip and is none. */
export async function detectEncoding(object: FoundObject): Promise<DetectedEncoding> {
    const bytes = await firstBytes(await object.stream());
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return { isGzip, ...charsetOf(isGzip ? await unpack(object) : bytes) };
}

async function unpack(object: FoundObject): Promise<Buffer> {
    const packed = Readable.from(await object.stream());
    try {
        return await firstBytes(pipeline(packed, createGunzip(), () => undefined));
    } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        if (code?.startsWith("Z_") !== true) throw cause;
        throw new DataError(`${object.name} begins as gzip and cannot be unpacked`, { cause });
    }
}

async function firstBytes(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of stream) {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= mostBytes) break;
    }
    return Buffer.concat(chunks).subarray(0, mostBytes);
}

function charsetOf(bytes: Buffer): { readonly charset: string; readonly isSure: boolean } {
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return { charset: "UTF-16LE", isSure: true };
    if (bytes[0] === 0xfe && bytes[1] === 0xff) return { charset: "UTF-16BE", isSure: true };
    try {
        // The last character may be cut off: as a stream, that is no error.
        new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
        return { charset: "UTF-8", isSure: true };
    } catch {
        return { charset: "ISO-8859-1", isSure: false };
    }
}
