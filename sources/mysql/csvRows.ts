/** A row as the driver hands it over: each value as the bytes of its text, null for NULL. */
export type Row = readonly (Uint8Array | null)[];

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
                const value = row[index];
                if (value) put(index === 0 ? value.subarray(0, timestampLength) : value);
                end(index < last ? comma : lineFeed);
            }
            count += 1;
        },
        end: handOn,
        count: () => count,
    };
}
