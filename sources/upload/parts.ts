import {
    AbortMultipartUploadCommand,
    CompleteMultipartUploadCommand,
    type CompletedPart,
    CreateMultipartUploadCommand,
    PutObjectCommand,
    type S3Client,
    UploadPartCommand,
} from "@aws-sdk/client-s3";
import { type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

/*
 * A stream of unknown length as one object. Its bytes are copied into a few buffers that are used again and again, so that what a window
 * takes hangs neither on its length nor on how late the garbage collector comes: @aws-sdk/lib-storage joins pieces into a new buffer for
 * every part, and its memory grew with the rows.
 */

/** Where the object goes, and what it says of itself. */
export interface PartTarget {
    readonly client: S3Client;
    readonly bucket: string;
    readonly key: string;
    readonly contentType: string;
    /** Breaks off requests that are under way; the stream is the caller's to stop. */
    readonly signal?: AbortSignal;
}

/**
 * The store took no more while the stream went on; the cause is the store's error. The stream is destroyed with this error, which tells that
 * it was not the stream that failed.
 */
export class StoreFailure extends Error {
    override readonly name = "StoreFailure";
}

/** Bytes of a part, the least that S3 takes: times 10,000 it bounds the object at 52 GB, times the buffers the memory. */
const partBytes = 5 * 1024 * 1024;
/** Parts under way while the next one fills. */
const partsAtOnce = 2;

/** A part on its way; resolves to what the upload's end has to name, and gives its buffer back then. */
interface Sending {
    readonly done: Promise<CompletedPart>;
    readonly buffer: Buffer;
}

/**
 * Writes the stream's bytes, where no object has the key yet: S3 answers 412 otherwise. Gives their number. When anything fails nothing is
 * left behind, and the stream is destroyed. Rejects with the stream's error, with StoreFailure where the store fails while the stream goes
 * on, and with the store's own error after its end.
 */
export async function sendParts(stream: Readable, target: PartTarget): Promise<number> {
    const upload = openUpload(target);
    let buffer: Buffer = Buffer.allocUnsafeSlow(partBytes);
    let filled = 0;
    let bytes = 0;
    let writing = Promise.resolve();
    /** Copies as many bytes as fit; gives how many those were. */
    const fill = (chunk: Uint8Array, from: number): number => {
        const piece =
            from === 0 && chunk.length <= partBytes - filled ? chunk : chunk.subarray(from, from + partBytes - filled);
        buffer.set(piece, filled);
        filled += piece.length;
        return piece.length;
    };
    const sendAndFill = async (chunk: Uint8Array, from: number): Promise<void> => {
        for (let taken = from; taken < chunk.length; taken += fill(chunk, taken))
            if (filled === partBytes) [buffer, filled] = [await upload.send(buffer), 0];
    };
    // Most pieces are copied as they come, without a promise: a server's pieces are small.
    const sink = new Writable({
        // One piece at a time: what a source reads its pieces into may be used again as soon as this is done with one.
        highWaterMark: 1,
        write(chunk: Uint8Array, _encoding, done) {
            bytes += chunk.length;
            const taken = fill(chunk, 0);
            if (taken === chunk.length) done();
            else
                writing = sendAndFill(chunk, taken).then(
                    () => done(),
                    (cause: unknown) => done(storeFailure(cause)),
                );
        },
    });
    try {
        await pipeline(stream, sink);
        await upload.finish(buffer.subarray(0, filled));
        return bytes;
    } catch (error) {
        // A part that is being begun would be taken back by nobody.
        await writing;
        await upload.takeBack();
        throw error;
    }
}

const storeFailure = (cause: unknown): StoreFailure => new StoreFailure("the object store took no more", { cause });

/** An upload of parts, under way or not begun yet. */
function openUpload(target: PartTarget) {
    const requests = requestsOf(target);
    const parts: CompletedPart[] = [];
    const sending: Sending[] = [];
    let uploadId: string | undefined;
    let number = 0;

    const startSending = async (body: Buffer): Promise<void> => {
        uploadId ??= await requests.begin();
        number += 1;
        const done = requests.sendPart(uploadId, body, number);
        // One that fails is heard of when its turn comes; until then nobody listens.
        done.catch(() => undefined);
        sending.push({ done, buffer: body });
    };
    const takeOldest = async (): Promise<Buffer | undefined> => {
        const oldest = sending.shift();
        if (oldest !== undefined) parts.push(await oldest.done);
        return oldest?.buffer;
    };

    return {
        /** Sends a full part, and gives a buffer to fill next. */
        async send(full: Buffer): Promise<Buffer> {
            await startSending(full);
            const free = sending.length > partsAtOnce ? await takeOldest() : undefined;
            return free ?? Buffer.allocUnsafeSlow(partBytes);
        },
        /** Sends what is left, and makes the object appear. What fits into one request is sent as one. */
        async finish(rest: Buffer): Promise<void> {
            if (uploadId === undefined) return requests.sendWhole(rest);
            await startSending(rest);
            while (sending.length > 0) await takeOldest();
            await requests.complete(uploadId, parts);
        },
        /** Leaves nothing behind. Fails in silence: the bucket's own rule clears away what was begun and never ended. */
        async takeBack(): Promise<void> {
            await Promise.allSettled(sending.map(({ done }) => done));
            if (uploadId !== undefined) await requests.giveUp(uploadId).catch(() => undefined);
        },
    };
}

/** What an upload asks of the store. Each rejects with the store's error. */
function requestsOf({ client, bucket, key, contentType, signal }: PartTarget) {
    const at = { Bucket: bucket, Key: key };
    const options = { ...(signal !== undefined && { abortSignal: signal }) };
    return {
        async sendWhole(Body: Buffer): Promise<void> {
            const input = { ...at, Body, ContentType: contentType, IfNoneMatch: "*" };
            await client.send(new PutObjectCommand(input), options);
        },
        /** Gives the upload's id. */
        async begin(): Promise<string> {
            const input = { ...at, ContentType: contentType, ChecksumAlgorithm: "CRC32" } as const;
            const { UploadId = "" } = await client.send(new CreateMultipartUploadCommand(input), options);
            return UploadId;
        },
        async sendPart(UploadId: string, Body: Buffer, PartNumber: number): Promise<CompletedPart> {
            const input = { ...at, Body, UploadId, PartNumber, ChecksumAlgorithm: "CRC32" } as const;
            const { ETag, ChecksumCRC32 } = await client.send(new UploadPartCommand(input), options);
            return { ETag, PartNumber, ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }) };
        },
        async complete(UploadId: string, Parts: CompletedPart[]): Promise<void> {
            const input = { ...at, UploadId, MultipartUpload: { Parts }, IfNoneMatch: "*" };
            await client.send(new CompleteMultipartUploadCommand(input), options);
        },
        /** Not broken off by the signal: it is what comes after that. */
        async giveUp(UploadId: string): Promise<void> {
            await client.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
        },
    };
}
