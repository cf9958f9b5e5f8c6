import { DuckDBInstance } from "@duckdb/node-api";
import path from "node:path";
import { quoteText } from "../../sources/duckdb/quoting";
import { type Database, marketplaces, type OpenDatabase, platforms, wholeWindow, windowedQuery } from "./database";

/** DuckDB as a library, against its own COPY into a file, through the same library. */
export const duckdbDatabase: Database = {
    name: "duckdb",
    // Its rows are the same text, whose timestamps have no fraction; and its process has DuckDB loaded already.
    baseline: "COPY … TO file (FORMAT csv, HEADER) of the same rows, DuckDB loaded already",
    findMissing: () => undefined,
    open,
};

const namesSql = (table: string, names: readonly string[]): string =>
    `create table ${table} as select * from (values ${names.map((name, id) => `(${id}, ${quoteText(name)})`).join(", ")}) v(id, name)`;

async function open(folder: string, rows: number): Promise<OpenDatabase> {
    const database = path.join(folder, "shop.db");
    const seconds = (wholeWindow.end - wholeWindow.start) / 1000;
    await run(database, {}, [
        namesSql("platform", platforms),
        namesSql("marketplace", marketplaces),
        `create table ecommerce as select timestamp '2026-01-01 00:00:00' + to_seconds(cast(floor(i * ${seconds / rows}) as bigint)) as ts,
            cast(i % ${platforms.length} as integer) as platform, cast(i % ${marketplaces.length} as integer) as marketplace,
            cast(100 + i % 400 as bigint) as views, cast((100 + i % 400) * 0.3 as decimal(12, 2)) as revenue
            from range(${rows}) r(i)`,
    ]);
    return {
        config: { type: "duckdb", database, layer: "local", memoryMegabytes: 512 },
        secrets: {},
        layerPackages: ["@duckdb/node-api"],
        exportTo: (file, window) =>
            run(database, { access_mode: "READ_ONLY" }, [
                `copy (${windowedQuery(window)}) to ${quoteText(file)} (format csv, header true)`,
            ]),
        close: async () => undefined,
    };
}

async function run(database: string, options: Record<string, string>, statements: readonly string[]): Promise<void> {
    const instance = await DuckDBInstance.create(database, options);
    const connection = await instance.connect();
    try {
        for (const statement of statements) await connection.run(statement);
    } finally {
        connection.closeSync();
        instance.closeSync();
    }
}
