import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { type Connection, createConnection } from "mysql2/promise";
import { freePort } from "./freePort";

const certificates = path.join(__dirname, "../fixtures/tls");
/** Debian keeps the server out of the search path of most users. */
const folders = [...(process.env.PATH ?? "").split(path.delimiter), "/usr/sbin", "/usr/local/sbin"];

/** Why there is no server to test with; undefined where there is one. */
export function missingMariadb(): string | undefined {
    const missing = ["mariadbd", "mariadb-install-db"].filter((program) => findProgram(program) === undefined);
    return missing.length === 0
        ? undefined
        : `${missing.join(" and ")} cannot be found; install MariaDB: apt-get install mariadb-server`;
}

/** A MariaDB server of the tests' own, on the loopback interface, with TLS for the name `localhost`. */
export interface MariadbServer {
    readonly port: number;
    readonly socket: string;
    /** Runs one statement as root; gives its rows, every value as text. */
    exec(sql: string): Promise<(string | null)[][]>;
    /** A connection as root that the caller closes. */
    connect(): Promise<Connection>;
    /** Ends the server at once, connections and all. */
    stop(): Promise<void>;
    start(): Promise<void>;
    close(): Promise<void>;
}

/** Starts a server with an empty database `shop`. Takes a second or two: a file of tests shares one. */
export async function openMariadbServer(): Promise<MariadbServer> {
    const home = mkdtempSync(path.join(tmpdir(), "lookout-mariadb-"));
    const data = path.join(home, "data");
    const socket = path.join(home, "socket");
    const port = await freePort();
    const user = userInfo().username;
    const install = ["--no-defaults", `--datadir=${data}`, `--user=${user}`, "--skip-test-db"];
    await promisify(execFile)(programOf("mariadb-install-db"), [
        ...install,
        "--auth-root-authentication-method=normal",
        "--innodb-flush-log-at-trx-commit=0",
    ]);
    const options = [
        "--no-defaults",
        `--user=${user}`,
        `--datadir=${data}`,
        `--socket=${socket}`,
        `--pid-file=${path.join(home, "pid")}`,
        `--port=${port}`,
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--innodb-flush-log-at-trx-commit=0",
        "--character-set-server=utf8mb4",
        `--ssl-cert=${path.join(certificates, "server.pem")}`,
        `--ssl-key=${path.join(certificates, "server.key")}`,
    ];
    const connect = (): Promise<Connection> =>
        createConnection({ socketPath: socket, user: "root", charset: "utf8mb4", multipleStatements: true });
    let server: ChildProcess | undefined;
    const opened: MariadbServer = {
        port,
        socket,
        connect,
        async exec(sql) {
            const connection = await connect();
            try {
                const typeCast = (field: { string(encoding: string): string | null }) => field.string("utf8");
                const [rows] = await connection.query({ sql, rowsAsArray: true, typeCast });
                return Array.isArray(rows) ? (rows as unknown as (string | null)[][]) : [];
            } finally {
                connection.destroy();
            }
        },
        async start() {
            server = await startServer(options);
        },
        async stop() {
            const ending = server;
            server = undefined;
            if (ending === undefined) return;
            const ended = new Promise((resolve) => ending.once("exit", resolve));
            ending.kill("SIGKILL");
            await ended;
        },
        async close() {
            await opened.stop();
            rmSync(home, { recursive: true, force: true });
        },
    };
    await opened.start();
    await opened.exec("create database shop");
    return opened;
}

/** Resolves when the server says that it takes connections; rejects with its log when it ends instead. */
async function startServer(options: readonly string[]): Promise<ChildProcess> {
    const child = spawn(programOf("mariadbd"), options, { stdio: ["ignore", "ignore", "pipe"] });
    let log = "";
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", (code) => reject(new Error(`mariadbd ended with ${code}:\n${log}`)));
        child.stderr.on("data", (text: Buffer) => {
            log += text.toString();
            if (log.includes("ready for connections")) resolve(child);
        });
    });
}

function findProgram(name: string): string | undefined {
    return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}

const programOf = (name: string): string => findProgram(name) ?? name;
