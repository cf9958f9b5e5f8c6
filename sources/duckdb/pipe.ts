import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, constants, createReadStream, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import { Socket, type SocketConstructorOpts } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";

/** Text that something writes to a path while somebody else reads it. */
export interface WrittenText {
    readonly text: Readable;
    /** Resolves when all has been written; rejects as the writer does, and `text` fails then. */
    readonly written: Promise<void>;
}

/**
 * Lets `write` write to a named pipe, so that nothing of it lies on the disk and the reader's pace is the writer's. Where the system has no
 * such pipes, through a temporary file. `write` gets the path; it must stop writing when writing fails.
 */
export async function throughPipe(write: (file: string) => Promise<void>): Promise<WrittenText> {
    const file = path.join(tmpdir(), `lookout-duckdb-${randomUUID()}`);
    try {
        await promisify(execFile)("mkfifo", ["-m", "600", file]);
    } catch {
        return throughFile(file, write);
    }
    // The reading end first and never waiting, then one writing end of our own: the text ends when that one closes, not before.
    const reading = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const writing = openSync(file, constants.O_WRONLY | constants.O_NONBLOCK);
    const text = readInTurns(reading);
    const work = async (): Promise<void> => {
        try {
            await write(file);
        } catch (error) {
            text.destroy(error as Error);
            throw error;
        } finally {
            closeSync(writing);
            await rm(file, { force: true });
        }
    };
    return { text, written: work() };
}

/** Bytes that a pipe holds, and is read by. */
const pipeBytes = 64 * 1024;

/**
 * What comes out of a pipe. A piece is good until the one after the next is asked for, and the next is asked for when whoever reads has done with
 * it: two buffers then do for any number of rows, where a new one for each piece would make memory grow until the garbage collector comes.
 */
function readInTurns(fd: number): Readable {
    const buffers = [Buffer.allocUnsafeSlow(pipeBytes), Buffer.allocUnsafeSlow(pipeBytes)] as const;
    let turn = 0;
    const text = new Readable({
        highWaterMark: 1,
        read: () => void socket.resume(),
        destroy(error, done) {
            socket.destroy();
            done(error);
        },
    });
    const onread = {
        buffer: (): Uint8Array => buffers[(turn ^= 1)]!,
        callback: (bytes: number, buffer: Uint8Array): boolean => text.push(buffer.subarray(0, bytes)),
    };
    const socket = new Socket({ fd, readable: true, writable: false, onread } as SocketConstructorOpts);
    socket.on("error", (error) => text.destroy(error)).on("end", () => text.push(null));
    // Who reads hears of a failure; when nobody does, `written` tells.
    return text.on("error", () => undefined);
}

async function throughFile(file: string, write: (file: string) => Promise<void>): Promise<WrittenText> {
    try {
        await write(file);
    } catch (error) {
        await rm(file, { force: true });
        throw error;
    }
    const text = createReadStream(file);
    text.once("close", () => void rm(file, { force: true }));
    return { text, written: Promise.resolve() };
}
