import { scanAll, type FileSet } from "../../sources/duckdb/files";
import { quoteIdentifier } from "../../sources/sql/quoting";
import type { FileDatabase } from "./database";
import { findRaggedRow } from "./ragged";

const fileColumn = "lookout file";

/** Where a condition on a column first holds: ` (FILE, line 18: "x")`; nothing where it cannot be found again. Throws UsageError for a file whose rows differ in length. */
export async function findBadValue(
    { column, isBad }: { readonly column: string; readonly isBad: string },
    files: readonly FileSet[],
    database: FileDatabase,
): Promise<string> {
    const file = quoteIdentifier(fileColumn);
    const [found] = await database.rows(
        `select ${file} as file from ${scanAll(files, { asText: true, fileColumn })} where ${isBad} limit 1`,
    );
    if (found === undefined) return "";
    const path = String(found["file"]);
    const format = files.find(({ paths }) => paths.includes(path))?.format ?? "csv";
    const scan = scanAll([{ format, paths: [path] }], { asText: true });
    const described = await database.rows(`describe select * from ${scan}`);
    const names = described.map(({ column_name }) => String(column_name));
    if (!names.includes(column)) {
        const ragged = await findRaggedRow([{ format, paths: [path] }], database);
        if (ragged !== undefined) throw ragged;
        return ` (${path} has no column "${column}"; it has ${names.join(", ")})`;
    }
    const [row = {}] = await database.rows(
        `select n, v from (select row_number() over () as n, cast(${quoteIdentifier(column)} as varchar) as v, ${isBad} as bad from ${scan}) ` +
            "where bad order by n limit 1",
    );
    // A CSV file's first line is its header.
    const place =
        format === "parquet" ? `row ${Number(row["n"])}` : `line ${Number(row["n"]) + (format === "csv" ? 1 : 0)}`;
    const value = row["v"] === null ? "nothing" : `"${String(row["v"]).slice(0, 40)}"`;
    return ` (${path}, ${place}: ${value})`;
}
