import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { byFormat, formatOf, readableEndings, type FileSet } from "../../sources/duckdb/files";
import { quoteText } from "../../sources/duckdb/quoting";
import { UsageError } from "../serve/options";
import type { FileDatabase } from "./database";

/**
 * The files that operands name: a file, a folder (all readable files below it), or a glob that the shell left alone. Throws UsageError for
 * one that names nothing, or a file whose ending says no format.
 */
export async function findFiles(operands: readonly string[], database: FileDatabase): Promise<FileSet[]> {
    const found: string[] = [];
    for (const operand of operands) found.push(...(await filesOf(operand, database)));
    try {
        return byFormat([...new Set(found)]);
    } catch (error) {
        throw new UsageError((error as Error).message, { cause: error });
    }
}

async function filesOf(operand: string, database: FileDatabase): Promise<string[]> {
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(operand))
        throw new UsageError(`${operand} is not on this machine; fetch it first, such as with aws s3 cp --recursive`);
    if (existsSync(operand)) return statSync(operand).isDirectory() ? filesBelow(operand) : [operand];
    const rows = /[*?[]/.test(operand) ? await database.rows(`select file from glob(${quoteText(operand)})`) : [];
    if (rows.length === 0) throw new UsageError(`there is no file ${operand}`);
    return rows.map(({ file }) => String(file)).sort();
}

function filesBelow(folder: string): string[] {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && formatOf(entry.name) !== undefined)
        .map((entry) => path.join(entry.parentPath, entry.name));
    if (files.length > 0) return files.sort();
    throw new UsageError(`no file below ${folder} ends in ${readableEndings.join(", ")}`);
}
