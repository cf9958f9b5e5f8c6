import { timestampReader } from "../../worker/timestampFormat";

/** Formats that are tried, the usual before the rare; of two that read the same values the first is taken. */
const formats = [
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd",
    "yyyy-MM-dd'T'HH:mm:ss'Z'",
    "yyyy-MM-dd'T'HH:mm:ss",
    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'",
    "yyyy-MM-dd'T'HH:mm:ss.SSS",
    "yyyy-MM-dd'T'HH:mm:ssXXX",
    "yyyy-MM-dd'T'HH:mm",
    "yyyy-MM-dd HH:mm",
    "yyyy-MM-dd HH:mm:ss.SSS",
    "yyyy-MM-dd hh:mm:ss a",
    "yyyy/MM/dd HH:mm:ss",
    "yyyy/MM/dd HH:mm",
    "yyyy/MM/dd",
    "yyyyMMddHHmmss",
    "yyyyMMdd HH:mm:ss",
    "yyyyMMdd",
    "dd.MM.yyyy HH:mm:ss",
    "dd.MM.yyyy HH:mm",
    "dd.MM.yyyy",
    "MM/dd/yyyy HH:mm:ss",
    "MM/dd/yyyy HH:mm",
    "MM/dd/yyyy hh:mm:ss a",
    "MM/dd/yyyy",
    "dd/MM/yyyy HH:mm:ss",
    "dd/MM/yyyy HH:mm",
    "dd/MM/yyyy",
    "dd-MM-yyyy HH:mm:ss",
    "dd-MM-yyyy",
    "UNIX",
];

/** A column that tells the time. */
export interface DetectedTimestamp {
    readonly column: number;
    readonly format: string;
    /** False where another format, or another column, would do as well. */
    readonly isSure: boolean;
    readonly instants: readonly number[];
}

/** Instants that a count of seconds, or of milliseconds, is believed to be: 2000 to 2100. */
const [earliest, latest] = [946_684_800_000, 4_102_444_800_000];

/** The column that tells the time, with its format; undefined where there is none. */
export function detectTimestamp(
    header: readonly string[],
    rows: readonly (readonly string[])[],
): DetectedTimestamp | undefined {
    const width = Math.max(header.length, ...rows.map((row) => row.length).slice(0, 50));
    const found: DetectedTimestamp[] = [];
    for (let column = 0; column < width; column++) {
        const values = rows.map((row) => row[column] ?? "").filter((value) => value !== "");
        const fitting = values.length === 0 ? [] : formats.flatMap((format) => instantsOf(format, values));
        const [first] = fitting;
        if (first === undefined) continue;
        const isSure = fitting.every(({ instants }) => instants[0] === first.instants[0]);
        found.push({ column, ...first, isSure });
    }
    const isNamed = ({ column }: DetectedTimestamp): boolean => /time|date|^ts$|_ts$|_at$/i.test(header[column] ?? "");
    const best = found.find(isNamed) ?? found[0];
    return best && { ...best, isSure: best.isSure && (found.length === 1 || found.filter(isNamed).length === 1) };
}

function instantsOf(format: string, values: readonly string[]): { format: string; instants: number[] }[] {
    const read = timestampReader(format, "UTC");
    const instants: number[] = [];
    for (const value of values) {
        const instant = read(value);
        if (!(instant >= earliest && instant < latest)) return [];
        instants.push(instant);
    }
    return [{ format, instants }];
}
