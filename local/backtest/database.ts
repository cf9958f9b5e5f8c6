import type { DuckDBConnection } from "@duckdb/node-api";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { quoteText } from "../../sources/duckdb/quoting";
import { UsageError } from "../serve/options";

/** A value of a small result; 64-bit integers are texts. */
export type Cell = string | number | boolean | null;

/** An embedded database over files, with nothing of its own. */
export interface FileDatabase {
    /** Rows of a small result, by column. */
    rows(sql: string): Promise<Record<string, Cell>[]>;
    /** Runs a statement; `tell` gets the share that is done, 0 to 1, now and then where DuckDB knows it. */
    run(sql: string, tell?: (share: number) => void): Promise<void>;
    readonly connection: DuckDBConnection;
    close(): Promise<void>;
}

/** What the database may take of the memory; beyond it work goes to temporary files. */
const memoryLimit = "1GB";
/** Time between two questions for the progress of a statement, in milliseconds. */
const askEveryMs = 250;

function checkTimeZone(timeZone: string): void {
    try {
        // Fixed offsets, which newer runtimes take for zones, are none: their days are never 23 hours long.
        if (!/^[+-]/.test(timeZone) && new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone !== "")
            return;
    } catch {
        // Told below.
    }
    throw new UsageError(
        `--time-zone ${timeZone} is not an IANA time zone; expected such as UTC, Europe/Berlin or America/New_York`,
    );
}

/** Opens a database in memory. Timestamps without a zone are read in `timeZone`; throws UsageError for an unknown one. The driver is loaded only here: it is native code. */
export async function openFileDatabase(timeZone: string): Promise<FileDatabase> {
    checkTimeZone(timeZone);
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const folder = await mkdtemp(path.join(tmpdir(), "lookout-backtest-"));
    const instance = await DuckDBInstance.create(":memory:", {
        memory_limit: memoryLimit,
        temp_directory: folder,
        autoinstall_known_extensions: "false",
    });
    const connection = await instance.connect();
    await connection.run(`set TimeZone = ${quoteText(timeZone)}`);
    return {
        connection,
        rows: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, Cell>[],
        run: async (sql, tell) => {
            const timer = setInterval(() => {
                const { percentage } = connection.progress;
                if (percentage > 0) tell?.(percentage / 100);
            }, askEveryMs);
            try {
                await connection.run(sql);
            } finally {
                clearInterval(timer);
            }
        },
        close: async () => {
            connection.closeSync();
            instance.closeSync();
            await rm(folder, { recursive: true, force: true });
        },
    };
}
