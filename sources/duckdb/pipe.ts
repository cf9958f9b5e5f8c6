import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, constants, createReadStream, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
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
    const text = new Socket({ fd: reading, readable: true, writable: false });
    // Who reads hears of a failure; when nobody does, `written` tells.
    text.on("error", () => undefined);
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
