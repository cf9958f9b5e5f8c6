import type { Query } from "mysql2";
import type { CsvRows } from "../upload/csvRows";

/** A row as it came over the wire: in `buffer` from `offset` to `end`, each value with its length before it. */
interface RowPacket {
    readonly buffer: Buffer;
    readonly offset: number;
    readonly end: number;
    isEOF(): boolean;
}

/** What the driver does with the next packet, and then with the one after it. */
type Step = (packet: RowPacket, connection: unknown) => Step | null;

/** The driver's reader of rows, which its types do not show; the version of the driver is fixed, and a test against a server holds it. */
interface RowReader {
    row: Step;
}

const nullMark = 0xfb;
/** Marks of a length that takes 2, 3 or 8 bytes. */
const [twoBytes, threeBytes, eightBytes] = [0xfc, 0xfd, 0xfe];

/**
 * Has a query's rows written from the packets themselves. The driver would make an object of each row and a buffer of each value, which takes
 * twice the time of all the rest.
 */
export function readPackets(query: Query, csv: CsvRows): void {
    const reader = query as unknown as RowReader;
    const theirs = reader.row.bind(query);
    const row: Step = (packet, connection) => {
        if (packet.isEOF()) return theirs(packet, connection);
        writeRow(packet, csv);
        return row;
    };
    reader.row = row;
}

/** See "Text Resultset Row" and "LengthEncodedString" in the protocol's documentation. */
function writeRow({ buffer, offset, end }: RowPacket, csv: CsvRows): void {
    let at = offset;
    while (at < end) {
        let length = buffer[at]!;
        at += 1;
        if (length === nullMark) {
            csv.nothing();
            continue;
        }
        if (length === twoBytes) {
            length = buffer.readUInt16LE(at);
            at += 2;
        } else if (length === threeBytes) {
            length = buffer.readUIntLE(at, 3);
            at += 3;
        } else if (length === eightBytes) {
            length = Number(buffer.readBigUInt64LE(at));
            at += 8;
        }
        csv.value(buffer, at, at + length);
        at += length;
    }
}
