import type * as duckdbDriver from "@duckdb/node-api";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ConfigError, QueryError } from "../../errors";
import type { Column, OpenedSource } from "../metricSource";
import type { Answer } from "../sql/inspection";
import type { DuckdbConfig } from "./config";
import { byFormat, scanAll } from "./files";
import { quoteIdentifier } from "../sql/quoting";
import { quoteText } from "./quoting";
import { kindOf } from "./sql";

/** One opened database, for one call. */
export interface Session {
    /** Runs one statement and waits for all of its rows, which are few. */
    ask(sql: string): Promise<Answer>;
    /** Runs a COPY; gives how many rows it wrote. */
    copy(sql: string): Promise<number>;
    /** Stops what is running. */
    stop(): void;
    close(): void;
}

export interface SessionOptions {
    /** IANA zone in which timestamps without one are read. */
    readonly timeZone: string;
    /** Where each path of the configuration lies on this machine: the path itself, or what was brought from S3. */
    readonly localPaths: (path: string) => readonly string[];
}

type Driver = typeof duckdbDriver;

/** Opens the database, or an empty one, for reading only, with a view for each entry of `files`. */
export async function openSession(
    { config, name }: OpenedSource<DuckdbConfig>,
    options: SessionOptions,
): Promise<Session> {
    const { DuckDBInstance } = loadDriver(name);
    const [file] = config.database === undefined ? [] : options.localPaths(config.database);
    if (file !== undefined && !existsSync(file)) throw missing(name, "database", file);
    const instance = await DuckDBInstance.create(file ?? ":memory:", {
        ...(file === undefined ? {} : { access_mode: "READ_ONLY" }),
        memory_limit: `${memoryLimit(config)}MB`,
        // Where what does not fit into memory goes: DuckDB's own choice is the working folder, which a function cannot write.
        temp_directory: path.join(tmpdir(), `lookout-duckdb-spill-${randomUUID()}`),
        // Nothing is fetched at run time, neither code nor data.
        autoinstall_known_extensions: "false",
        autoload_known_extensions: "false",
        allow_community_extensions: "false",
    });
    const connection = await instance.connect();
    try {
        await connection.run(`set TimeZone = ${quoteText(options.timeZone)}`);
        await makeViews(connection, { config, name }, options);
    } catch (error) {
        closeAll(connection, instance);
        throw error;
    }
    return {
        ask: (sql) => ask(connection, sql),
        copy: async (sql) => Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0]),
        stop: () => connection.interrupt(),
        close: () => closeAll(connection, instance),
    };
}

/** Megabytes that Node, the driver and an upload take beside what DuckDB counts as its own. */
const otherMegabytes = 448;

/** Megabytes for DuckDB: half of the function's memory, and less where the other half is not enough for the rest. */
const memoryLimit = ({ memoryMegabytes }: Pick<DuckdbConfig, "memoryMegabytes">): number =>
    Math.floor(Math.min(memoryMegabytes / 2, memoryMegabytes - otherMegabytes));

async function makeViews(
    connection: duckdbDriver.DuckDBConnection,
    { config, name }: Pick<OpenedSource<DuckdbConfig>, "config" | "name">,
    { localPaths }: SessionOptions,
): Promise<void> {
    for (const [view, given] of Object.entries(config.files)) {
        const local = [given].flat().flatMap(localPaths);
        for (const file of local) {
            const found = await connection.runAndReadAll(`select count(*) from glob(${quoteText(file)})`);
            if (Number(found.getRows()[0]?.[0]) === 0) throw missing(name, `files.${view}`, file);
        }
        await connection.run(`create temp view ${quoteIdentifier(view)} as select * from ${scanAll(byFormat(local))}`);
    }
}

function missing(source: string, key: string, path: string): ConfigError {
    const fix = "correct the path; a relative one begins at the folder in which the command runs";
    return new ConfigError([{ key: `lookout:sources.${source}.${key}`, finding: `there is no file ${path}`, fix }], {
        source,
    });
}

async function ask(connection: duckdbDriver.DuckDBConnection, sql: string): Promise<Answer> {
    const reader = await connection.runAndReadAll(sql);
    const types = reader.columnTypes();
    const columns = reader.columnNames().map((name, index): Column => {
        const type = String(types[index]);
        return { name, type, kind: kindOf(type) };
    });
    const rows = reader.getRowsJson().map((row) => row.map((value) => (value === null ? null : textOf(value))));
    return { columns, rows };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Native code is loaded on first use: only a function with the layer has it. */
function loadDriver(source: string): Driver {
    try {
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- `import()` in a bundle would not find the layer's folder
        return require("@duckdb/node-api") as Driver;
    } catch (cause) {
        throw new QueryError(
            `Source ${source}: DuckDB is not here: ${(cause as Error).message.split("\n")[0]}. Where a function runs in AWS it comes from a layer: ` +
                `give a folder with it as lookout:sources.${source}.layer, as sources/duckdb/README.md shows.`,
            { source, cause },
        );
    }
}

function closeAll(connection: duckdbDriver.DuckDBConnection, instance: duckdbDriver.DuckDBInstance): void {
    connection.closeSync();
    instance.closeSync();
}
