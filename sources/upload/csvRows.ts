import { Readable } from "node:stream";

/** A row: each value as text or as the bytes of its text, null for NULL. The first is the timestamp, `2026-01-01 00:00:00` in UTC. */
export type Row = readonly (Uint8Array | string | null)[];

/** Writes rows as CSV: RFC 4180, NULL as nothing, the empty string as `""`. A row is done with its last value. */
export interface CsvRows {
    add(row: Row): void;
    /** Writes the next value of a row: some bytes of many, so that a driver's buffer need not be cut up. */
    value(bytes: Uint8Array, from: number, to: number): void;
    /** Writes NULL as the next value of a row. */
    nothing(): void;
    /** Hands on what has not been yet. */
    end(): void;
    /** Rows so far. */
    count(): number;
}

/** Bytes that are handed on at once. */
const pieceBytes = 256 * 1024;

/** Characters of a text that is written one by one: longer ones are left to the machine. */
const plainLength = 64;

/** Length of `2026-01-01 00:00:00`: what follows in a timestamp is a fraction of a second, and is cut off. */
const timestampLength = 19;

const [quote, comma, lineFeed, carriageReturn] = [0x22, 0x2c, 0x0a, 0x0d];

/**
 * Writes rows into pieces of text. The first column is a timestamp, written in whole seconds; values with a quote, a comma or a line end
 * stand in quotes. Bytes are copied as they are, so that decimals and large integers stay exact.
 */
export function createCsvRows(columns: readonly string[], take: (piece: Uint8Array) => void): CsvRows {
    const last = columns.length - 1;
    let piece = Buffer.allocUnsafe(pieceBytes);
    let at = 0;
    let column = 0;
    /** Lines so far, the header among them. */
    let lines = 0;

    const handOn = (): void => {
        if (at > 0) take(piece.subarray(0, at));
        piece = Buffer.allocUnsafe(pieceBytes);
        at = 0;
    };
    /** Makes room for so many bytes; a value longer than a piece gets one of its own. */
    const reserve = (bytes: number): void => {
        if (at + bytes <= piece.length) return;
        handOn();
        if (bytes > piece.length) piece = Buffer.allocUnsafe(bytes);
    };
    const separate = (): void => {
        if (column < last) {
            piece[at++] = comma;
            column += 1;
        } else {
            piece[at++] = lineFeed;
            column = 0;
            lines += 1;
        }
    };
    const putQuoted = (bytes: Uint8Array, from: number, to: number): void => {
        piece[at++] = quote;
        for (let index = from; index < to; index += 1) {
            const byte = bytes[index]!;
            if (byte === quote) piece[at++] = quote;
            piece[at++] = byte;
        }
        piece[at++] = quote;
    };
    /** Copies bytes by hand: values are short, and one that has to be quoted is found on the way. */
    const put = (bytes: Uint8Array, from: number, to: number): void => {
        const start = at;
        for (let index = from; index < to; index += 1) {
            const byte = bytes[index]!;
            if (byte === quote || byte === comma || byte === lineFeed || byte === carriageReturn) {
                at = start;
                putQuoted(bytes, from, to);
                return;
            }
            piece[at++] = byte;
        }
    };
    const value = (bytes: Uint8Array, from: number, to: number): void => {
        // Each byte may be doubled; two quotes, and a comma or a line end.
        reserve(2 * (to - from) + 3);
        const end = column === 0 && lines > 0 ? Math.min(to, from + timestampLength) : to;
        if (from === to) putQuoted(bytes, from, to);
        else put(bytes, from, end);
        separate();
    };
    /** Writes a short text that needs neither quotes nor more than a byte a character, as most are; false for any other. */
    const putPlain = (text: string): boolean => {
        const { length } = text;
        if (length === 0 || length > plainLength) return false;
        reserve(length + 1);
        for (let index = 0; index < length; index += 1) {
            const code = text.charCodeAt(index);
            if (code > 0x7f || code === quote || code === comma || code === lineFeed || code === carriageReturn)
                return false;
            piece[at + index] = code;
        }
        at += column === 0 && lines > 0 ? Math.min(length, timestampLength) : length;
        separate();
        return true;
    };
    const nothing = (): void => {
        reserve(1);
        separate();
    };
    const add = (row: Row): void => {
        for (const each of row) {
            if (each === null) nothing();
            else if (typeof each !== "string" || !putPlain(each)) {
                const bytes = typeof each === "string" ? Buffer.from(each, "utf8") : each;
                value(bytes, 0, bytes.length);
            }
        }
    };

    add(columns);
    return { add, value, nothing, end: handOn, count: () => lines - 1 };
}

/**
 * Rows as a stream of CSV, in constant memory: they are taken only as fast as the text is read, and the iterator is closed when the stream is
 * destroyed, without being waited for. `counted` hears how many rows there were, at the end.
 */
export function csvStream(
    columns: readonly string[],
    rows: AsyncIterable<Row> | Iterable<Row>,
    counted: (rows: number) => void,
): Readable {
    return csvBatchStream(columns, singly(rows), counted);
}

/** Rows that come one by one, as batches of one. */
export async function* singly<One>(rows: AsyncIterable<One> | Iterable<One>): AsyncGenerator<[One]> {
    for await (const row of rows) yield [row];
}

/** The same of rows that come some at a time, without a promise for each. */
export function csvBatchStream(
    columns: readonly string[],
    batches: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
    counted: (rows: number) => void,
): Readable {
    const written = pieces(columns, batches, counted);
    return new Readable({
        read() {
            written.next().then(
                ({ done, value }) => this.push(done === true ? null : value),
                (error: unknown) => this.destroy(error as Error),
            );
        },
        destroy(error, callback) {
            // Nobody waits for a row that may never come: closing the connection is what ends that.
            written.return(undefined).catch(() => undefined);
            callback(error);
        },
    });
}

async function* pieces(
    columns: readonly string[],
    batches: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
    counted: (rows: number) => void,
): AsyncGenerator<Uint8Array, undefined> {
    let ready: Uint8Array[] = [];
    const csv = createCsvRows(columns, (piece) => ready.push(piece));
    for await (const rows of batches) {
        for (const row of rows) csv.add(row);
        if (ready.length > 0) {
            yield* ready;
            ready = [];
        }
    }
    csv.end();
    yield* ready;
    counted(csv.count());
}
