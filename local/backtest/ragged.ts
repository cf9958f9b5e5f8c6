import { parse } from "csv-parse/sync";
import { open } from "node:fs/promises";
import { constants, gunzipSync } from "node:zlib";
import type { FileSet } from "../../sources/duckdb/files";
import { quoteText } from "../../sources/duckdb/quoting";
import { UsageError } from "../serve/options";
import type { FileDatabase } from "./database";

/** Files that are looked through for a row of another length. */
const mostFiles = 100;
/** Bytes in which a file's header ends. */
const headBytes = 65_536;
const delimiters = [",", ";", "\t", "|"];

/**
 * DuckDB takes a file whose rows differ in length for one of other columns. Finds the first such row of CSV files, as the error to throw;
 * undefined where all rows are as long as their headers.
 */
export async function findRaggedRow(
    files: readonly FileSet[],
    database: FileDatabase,
): Promise<UsageError | undefined> {
    const paths = files.flatMap((set) => (set.format === "csv" ? set.paths : []));
    for (const path of paths.slice(0, mostFiles)) {
        const header = await headerOf(path);
        if (header === undefined) continue;
        const columns = Array.from({ length: header.width }, (_, index) => `c${index}: 'varchar'`).join(", ");
        const scan =
            `read_csv(${quoteText(path)}, auto_detect = false, header = true, quote = '"', escape = '"', ` +
            `delim = ${quoteText(header.delimiter)}, columns = {${columns}})`;
        try {
            await database.rows(`select count(*), max(length(c0)) from ${scan}`);
        } catch (error) {
            const ragged = raggedRow((error as Error).message);
            if (ragged !== undefined) return new UsageError(ragged, { cause: error });
        }
    }
    return undefined;
}

/** What DuckDB's message about a row of another length says; undefined for another message. */
export function raggedRow(message: string): string | undefined {
    const [, line, row = "", expected, found] =
        /CSV Error on Line: (\d+)\nOriginal Line: (.*)\nExpected Number of Columns: (\d+) Found: (\d+)/.exec(message) ??
        [];
    if (line === undefined) return undefined;
    const place = `${fileIn(message) ?? "a file"}, line ${line}`;
    return `${place}, has ${found} columns where ${expected} are expected: "${row.slice(0, 80)}"; mend or remove the row`;
}

/** The file that a message of DuckDB's CSV reader is about. */
export const fileIn = (message: string): string | undefined => /\n\s*file = (.*)/.exec(message)?.[1];

/** The delimiter and the number of columns of a file's first line; undefined where it says neither. */
async function headerOf(path: string): Promise<{ readonly delimiter: string; readonly width: number } | undefined> {
    const [line = ""] = (await readHead(path)).split(/\r?\n/, 1);
    const widths = delimiters.map((delimiter) => ({ delimiter, width: widthOf(line, delimiter) }));
    const [widest] = widths.sort((a, b) => b.width - a.width);
    return widest !== undefined && widest.width > 1 ? widest : undefined;
}

function widthOf(line: string, delimiter: string): number {
    try {
        const rows: string[][] = parse(line, { delimiter });
        return rows[0]?.length ?? 0;
    } catch {
        return 0;
    }
}

async function readHead(path: string): Promise<string> {
    const file = await open(path);
    try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
        const bytes = buffer.subarray(0, bytesRead);
        if (path.endsWith(".gz")) return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
        return path.endsWith(".zst") ? "" : bytes.toString();
    } catch {
        return "";
    } finally {
        await file.close();
    }
}
