import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { DataError } from "../errors";

/** What a CSV object holds, as far as a manifest wants to know. */
export interface CsvSummary {
    /** Rows behind the header. */
    readonly rows: number;
    /** Earliest and latest timestamp, milliseconds since 1970; absent when there are no rows. */
    readonly minTimestamp?: number;
    readonly maxTimestamp?: number;
}

/**
 * Counts the rows of a CSV object and finds its first and last timestamp, in constant memory. The form is the one that every
 * source writes: a header line; quotes as in RFC 4180, with line breaks inside them; the timestamp in the first column, written
 * `yyyy-MM-dd HH:mm:ss` in UTC. Throws DataError, naming row (from 1, the header not counted) and value, for any other text there.
 */
export async function summarise(stream: AsyncIterable<Uint8Array>): Promise<CsvSummary> {
    const scanner = new RowScanner();
    for await (const chunk of stream) {
        scanner.push(chunk);
    }
    return scanner.end();
}

/** The bytes of an extracted object as CSV: those of one whose key ends in `.gz` are packed. */
export function unpack(key: string, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    if (!isPacked(key)) return bytes;
    // An error of a stream goes on to the one behind it; whoever reads the last one gets it.
    return pipeline(Readable.from(bytes), createGunzip(), () => undefined);
}

/** Whether an extracted object is packed with gzip, by its key. */
export const isPacked = (key: string): boolean => key.endsWith(".gz");

const newline = 0x0a;
const carriageReturn = 0x0d;
const quoteMark = 0x22;
const comma = 0x2c;

/** Where in a field the scanner is. After a quote within quotes the next byte tells whether it was doubled or closed the field. */
type Place = "start" | "bare" | "quoted" | "quote";

/** Bytes of a first field that are kept: enough to be a timestamp, or to show that it is none. */
const keptBytes = 64;

class RowScanner {
    private readonly first = Buffer.alloc(keptBytes);
    private firstLength = 0;
    private place: Place = "start";
    private inFirstField = true;
    private isRowEmpty = true;
    /** Rows ended so far; the header is row 0. */
    private ended = 0;
    private lastText = "";
    private min: string | undefined;
    private max: string | undefined;

    push(chunk: Uint8Array): void {
        for (const byte of chunk) {
            if (this.place === "quoted") {
                this.takeQuoted(byte);
            } else {
                this.take(byte);
            }
        }
    }

    end(): CsvSummary {
        if (this.place === "quoted") {
            throw new DataError(`Row ${this.ended} of the extracted CSV has a quoted field that never ends.`);
        }
        if (!this.isRowEmpty) {
            this.endRow();
        }
        return {
            rows: Math.max(this.ended - 1, 0),
            ...(this.min === undefined ? {} : { minTimestamp: toInstant(this.min) }),
            ...(this.max === undefined ? {} : { maxTimestamp: toInstant(this.max) }),
        };
    }

    private takeQuoted(byte: number): void {
        if (byte === quoteMark) {
            this.place = "quote";
        } else {
            this.keep(byte);
        }
    }

    private take(byte: number): void {
        if (byte === newline) {
            this.endRow();
            return;
        }
        this.isRowEmpty = false;
        if (byte === comma) {
            this.inFirstField = false;
            this.place = "start";
        } else if (byte === quoteMark && this.place === "start") {
            this.place = "quoted";
        } else if (byte === quoteMark && this.place === "quote") {
            this.place = "quoted";
            this.keep(byte);
        } else if (byte !== carriageReturn) {
            this.place = "bare";
            this.keep(byte);
        }
    }

    private keep(byte: number): void {
        if (this.inFirstField && this.firstLength < keptBytes) {
            this.first[this.firstLength] = byte;
            this.firstLength += 1;
        }
    }

    private endRow(): void {
        if (this.ended > 0) {
            this.note(this.first.toString("utf8", 0, this.firstLength));
        }
        this.ended += 1;
        this.firstLength = 0;
        this.place = "start";
        this.inFirstField = true;
        this.isRowEmpty = true;
    }

    /** Texts of this form sort as the instants do. Neighbouring rows mostly share theirs, which is then not checked again. */
    private note(text: string): void {
        if (text === this.lastText && this.min !== undefined) {
            return;
        }
        if (Number.isNaN(toInstant(text))) {
            const found = text === "" ? "no timestamp" : `the timestamp ${JSON.stringify(text)}`;
            throw new DataError(
                `Row ${this.ended} of the extracted CSV has ${found}; expected yyyy-MM-dd HH:mm:ss in the first column. ` +
                    "Check the timestamp's column and format in the detector's configuration.",
            );
        }
        this.lastText = text;
        this.min = this.min === undefined || text < this.min ? text : this.min;
        this.max = this.max === undefined || text > this.max ? text : this.max;
    }
}

/** The instant of `yyyy-MM-dd HH:mm:ss` in UTC, milliseconds since 1970; NaN for any other text, and days or times that do not exist. */
function toInstant(text: string): number {
    if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text)) {
        return NaN;
    }
    const iso = text.replace(" ", "T");
    const instant = Date.parse(`${iso}Z`);
    return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(iso) ? instant : NaN;
}
