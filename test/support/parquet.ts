import { DuckDBInstance } from "@duckdb/node-api";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { quoteText } from "../../sources/duckdb/quoting";

/** Rows as a Parquet file's bytes, written by DuckDB; `columns` as CREATE TABLE has them, values as text. */
export async function parquetOf(
    columns: string,
    rows: readonly (readonly (string | null)[])[],
    options = "compression zstd",
): Promise<Uint8Array> {
    const folder = await mkdtemp(path.join(tmpdir(), "lookout-parquet-"));
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    try {
        await connection.run("set TimeZone = 'UTC'");
        await connection.run(`create table t (${columns})`);
        const values = rows.map(
            (row) => `(${row.map((value) => (value === null ? "null" : quoteText(value))).join(", ")})`,
        );
        if (values.length > 0) await connection.run(`insert into t values ${values.join(", ")}`);
        const file = path.join(folder, "rows.parquet");
        await connection.run(`copy t to ${quoteText(file)} (format parquet, ${options})`);
        return await readFile(file);
    } finally {
        connection.closeSync();
        instance.closeSync();
        await rm(folder, { recursive: true, force: true });
    }
}
