import { Readable } from "node:stream";

/** A row: each value as text or as the bytes of its text, null for NULL. The first is the timestamp, `2026-01-01 00:00:00` in UTC. */
export type Row = readonly (Uint8Array | string | null)[];

/** Writes rows as CSV: RFC 4180, NULL as nothing, the empty string as `""`. */
export interface CsvRows {
    add(row: Row): void;
    /** Hands on what has not been yet. */
    end(): void;
    /** Rows so far. */
    count(): number;
}

/** Bytes that are handed on at once. */
const pieceBytes = 256 * 1024;

/** Length of `2026-01-01 00:00:00`: what follows in a timestamp is a fraction of a second, and is cut off. */
const timestampLength = 19;

const [quote, comma, lineFeed, carriageReturn] = [0x22, 0x2c, 0x0a, 0x0d];

/** The bytes of a value; of a timestamp those of its whole seconds. */
function bytesOf(value: Uint8Array | string, index: number): Uint8Array {
    const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
    return index === 0 ? bytes.subarray(0, timestampLength) : bytes;
}

/**
 * Writes rows into pieces of text. The first column is a timestamp, written in whole seconds; values with a quote, a comma or a line end
 * stand in quotes. Bytes are copied as they are, so that decimals and large integers stay exact.
 */
export function createCsvRows(columns: readonly string[], take: (piece: Uint8Array) => void): CsvRows {
    let piece = Buffer.allocUnsafe(pieceBytes);
    let at = 0;
    let count = 0;

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
    const putQuoted = (value: Uint8Array): void => {
        piece[at++] = quote;
        for (const byte of value) {
            if (byte === quote) piece[at++] = quote;
            piece[at++] = byte;
        }
        piece[at++] = quote;
    };
    /** Copies bytes by hand: values are short, and one that has to be quoted is found on the way. */
    const put = (value: Uint8Array): void => {
        const length = value.length;
        // Each byte may be doubled; two quotes, a comma or a line end.
        reserve(2 * length + 3);
        if (length === 0) {
            putQuoted(value);
            return;
        }
        const start = at;
        for (let index = 0; index < length; index += 1) {
            const byte = value[index]!;
            if (byte === quote || byte === comma || byte === lineFeed || byte === carriageReturn) {
                at = start;
                putQuoted(value);
                return;
            }
            piece[at++] = byte;
        }
    };
    const end = (byte: number): void => {
        reserve(1);
        piece[at++] = byte;
    };

    columns.forEach((name, index) => {
        put(Buffer.from(name, "utf8"));
        end(index + 1 < columns.length ? comma : lineFeed);
    });
    return {
        add(row) {
            const last = row.length - 1;
            for (let index = 0; index <= last; index += 1) {
                const value = row[index] ?? null;
                if (value !== null) put(bytesOf(value, index));
                end(index < last ? comma : lineFeed);
            }
            count += 1;
        },
        end: handOn,
        count: () => count,
    };
}

/**
 * Rows as a stream of CSV, in constant memory: rows are taken only as fast as the text is read, and the iterator is closed when the stream is
 * destroyed. `counted` hears how many rows there were, at the end.
 */
export function csvStream(
    columns: readonly string[],
    rows: AsyncIterable<Row> | Iterable<Row>,
    counted: (rows: number) => void,
): Readable {
    return Readable.from(pieces(columns, rows, counted), { objectMode: false });
}

async function* pieces(
    columns: readonly string[],
    rows: AsyncIterable<Row> | Iterable<Row>,
    counted: (rows: number) => void,
): AsyncGenerator<Uint8Array> {
    let ready: Uint8Array[] = [];
    const csv = createCsvRows(columns, (piece) => ready.push(piece));
    for await (const row of rows) {
        csv.add(row);
        if (ready.length > 0) {
            yield* ready;
            ready = [];
        }
    }
    csv.end();
    yield* ready;
    counted(csv.count());
}
