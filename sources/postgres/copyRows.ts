import type { Client, Connection } from "pg";
import { Readable } from "node:stream";
import { createCopyReader } from "./copyMessages";

/** The rows of a COPY, as they come. */
export interface CopiedRows {
    /** CSV. Fails with the driver's error; ends when the server has said how many rows there were. */
    readonly text: Readable;
    /** Rows, once the text has ended. */
    readonly count: () => number;
}

/** Text that waits to be read before the server is made to wait. */
const waitingBytes = 1024 * 1024;

/**
 * Runs a `COPY … TO STDOUT` on a connection. While it runs, what the server sends is read here instead of by the driver, which would make
 * an object of every row. Whoever destroys the text has to close the connection too: the server's answer is not read to its end then.
 */
export function copyRows(client: Client, statement: string): CopiedRows {
    let count = 0;
    let resume = (): void => undefined;
    const text = new Readable({ highWaterMark: waitingBytes, read: () => resume() });
    // An error that comes after the upload was given up has nobody else to hear it, and would end the process.
    text.on("error", () => undefined);
    client.query({
        submit(connection: Connection) {
            resume = readInstead(connection, text);
            connection.query(statement);
        },
        handleError: (error: Error) => text.destroy(error),
        handleCommandComplete({ text: tag }: { readonly text: string }) {
            count = Number(/\d+$/.exec(tag)?.[0]);
            text.push(null);
        },
        handleReadyForQuery: () => undefined,
    });
    return { text, count: () => count };
}

/** Puts a reader of copied rows in the place of the driver's own until they are over; gives what lets the server go on after a pause. */
function readInstead({ stream }: Connection, text: Readable): () => void {
    const theirs = stream.listeners("data") as ((bytes: Buffer) => void)[];
    const tellThem = (bytes: Buffer): void => theirs.forEach((hear) => hear(bytes));
    const read = createCopyReader({
        rows(bytes) {
            if (!text.push(bytes)) stream.pause();
        },
        aside: tellThem,
        end(rest) {
            stream.removeListener("data", read);
            theirs.forEach((hear) => stream.on("data", hear));
            stream.resume();
            tellThem(rest);
        },
    });
    theirs.forEach((hear) => stream.removeListener("data", hear));
    stream.on("data", read);
    return () => void stream.resume();
}
