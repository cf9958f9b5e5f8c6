import { type Connection, createConnection } from "mysql2";
import { connect as connectTo, type Socket } from "node:net";
import { Readable } from "node:stream";
import { authorities } from "../server/authorities";
import type { Login } from "../server/login";
import type { Answer } from "../sql/inspection";
import { createCsvRows } from "../upload/csvRows";
import { readPackets } from "./rowPackets";
import { columnOf } from "./columns";

/** A connection in a read-only transaction, whose clock is UTC. */
export interface Session {
    /** Runs a statement with few rows. Rejects with the driver's error. */
    ask(sql: string): Promise<Answer>;
    /** Runs a statement with any number of rows; its columns are named anew. */
    stream(sql: string, columns: readonly string[]): RowStream;
    /** Stops what is running, by a connection beside this one, and closes. Never rejects: what is left the server ends when it notices. */
    stop(): Promise<void>;
    close(): void;
}

/** Rows as CSV. Fails with the driver's error. */
export interface RowStream {
    readonly text: Readable;
    /** Rows so far. */
    readonly rows: () => number;
}

export interface SessionOptions {
    /** Certificates, PEM, of the authority that vouches for the server. Default: those of Amazon RDS and the public ones. */
    readonly certificateAuthority?: string;
    /** Seconds after which the server stops a statement. */
    readonly statementSeconds: number;
}

const connectTimeoutMs = 10_000;
/** To stop a statement: the function's time is nearly over then. */
const stopTimeoutMs = 5_000;
const keepAliveMs = 60_000;
/** The server gives up a connection whose reader pauses for longer, and an upload may pause. */
const writeTimeoutSeconds = 900;
/** Text that waits to be read before the server is made to wait. */
const waitingBytes = 1024 * 1024;

/** Connects by verified TLS and begins a read-only transaction. Rejects with the driver's error. */
export async function openSession(login: Login, options: SessionOptions): Promise<Session> {
    const { connection, close } = await connect(login, options);
    try {
        const [[version] = []] = (await ask(connection, "select version()")).rows;
        for (const statement of settings(version ?? "", options.statementSeconds)) await ask(connection, statement);
    } catch (error) {
        close();
        throw error;
    }
    return {
        ask: (sql) => ask(connection, sql),
        stream: (sql, columns) => stream(connection, sql, columns),
        close,
        async stop() {
            await kill(connection.threadId, login, options);
            close();
        },
    };
}

/**
 * What a session is set to. The sql_mode stays as it is, since the user's query was written for it. The two databases have different names for
 * the limit of time, and different units.
 */
function settings(version: string, seconds: number): readonly string[] {
    const limit = /mariadb/i.test(version)
        ? `max_statement_time = ${seconds}`
        : `max_execution_time = ${seconds * 1000}`;
    return [
        "set names utf8mb4",
        `set session time_zone = '+00:00', lc_time_names = 'en_US', net_write_timeout = ${writeTimeoutSeconds}, ${limit}`,
        "start transaction read only",
    ];
}

interface Connected {
    readonly connection: Connection;
    /** Gives the socket up at once: a server that waits to be read would never hear of a farewell. */
    readonly close: () => void;
}

async function connect(
    login: Login,
    { certificateAuthority }: SessionOptions,
    connectTimeout = connectTimeoutMs,
): Promise<Connected> {
    const socket = openSocket(login);
    const connection = createConnection({
        stream: () => socket,
        host: login.host,
        port: login.port,
        user: login.user,
        password: login.password,
        database: login.database,
        connectTimeout,
        ssl: { ca: authorities(certificateAuthority), minVersion: "TLSv1.2", verifyIdentity: true },
        // A token goes over in clear text, inside TLS; a password never does.
        enableCleartextPlugin: login.isToken,
        // No server may ask for files of ours.
        flags: ["-LOCAL_FILES"],
        disableEval: true,
    });
    const close = (): void => {
        connection.destroy();
        socket.destroy();
    };
    return new Promise((resolve, reject) => {
        connection.connect((error) => {
            // What ends a connection is told to the statement under way; one that nobody uses may end.
            connection.on("error", () => undefined);
            if (error === null) {
                resolve({ connection, close });
            } else {
                close();
                reject(error);
            }
        });
    });
}

/** A socket that notices within minutes when the server is gone without a word. */
function openSocket({ host, port }: Login): Socket {
    return connectTo({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs });
}

/** A row as the driver gives it. */
type Row = readonly (Buffer | null)[];

/** All values come as the bytes that the server sent: nothing is read as a number or a date on the way. */
const asBytes = { rowsAsArray: true, typeCast: false } as const;

async function ask(connection: Connection, sql: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
        connection.query({ sql, ...asBytes }, (error, rows, fields) => {
            if (error !== null) {
                reject(error);
                return;
            }
            const values = Array.isArray(rows) ? (rows as unknown as Row[]) : [];
            resolve({
                columns: (fields ?? []).map(columnOf),
                rows: values.map((row) => row.map((value) => value && value.toString("utf8"))),
            });
        });
    });
}

function stream(connection: Connection, sql: string, columns: readonly string[]): RowStream {
    const text = new Readable({ highWaterMark: waitingBytes, read: () => connection.resume() });
    const csv = createCsvRows(columns, (piece) => {
        if (!text.push(piece)) connection.pause();
    });
    const fail = (error: Error): unknown => text.destroy(error);
    connection.on("error", fail);
    const query = connection.query({ sql, ...asBytes }).on("error", fail);
    query.on("end", () => {
        if (text.destroyed) return;
        csv.end();
        text.push(null);
    });
    readPackets(query, csv);
    return { text, rows: () => csv.count() };
}

async function kill(threadId: number | null, login: Login, options: SessionOptions): Promise<void> {
    try {
        const { connection, close } = await connect(login, options, stopTimeoutMs);
        // The whole connection: a query that waits for its rows to be read does not hear that it is to stop.
        await ask(connection, `kill ${threadId}`).finally(close);
    } catch {
        // The server may be gone; a closed connection ends the statement too, only later.
    }
}
