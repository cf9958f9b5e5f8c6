import { Client, type ClientConfig } from "pg";
import type { About } from "../sql/about";
import { authorities } from "../server/authorities";
import type { Login } from "../server/login";
import type { PostgresConfig } from "./config";
import { sortFailure } from "./failures";
import { beginStatements, type SessionSettings } from "./sql";

/** Milliseconds that reaching the server may take; a serverless one that resumes is busy, and tried again. */
const connectTimeoutMs = 15_000;
/** Milliseconds that reaching it a second time may take, to stop a statement: the function's time is nearly over then. */
const stopTimeoutMs = 5_000;
/** Which process of the server answers, and of which version it is. */
const whoAnswers = "select pg_backend_pid(), current_setting('server_version_num', true)";
/** Milliseconds of silence before the connection is tried; NAT gateways forget one after 350 s. */
const keepAliveMs = 60_000;

/** A connection in a read-only transaction. */
export interface Session {
    readonly client: Client;
    /** The server's `server_version_num`: 140000 and on for PostgreSQL 14. */
    readonly version: number;
}

/** Who signs in where, and what for. */
export interface SessionPlace {
    readonly login: Login;
    readonly config: PostgresConfig;
    readonly about: About;
    /** When it aborts the server is told to stop what the session is doing. */
    readonly signal?: AbortSignal;
}

/**
 * Does some work in a read-only transaction on a connection of its own, and closes it whatever happens. Rejects with the work's error,
 * sorted.
 */
export async function withSession<Result>(
    at: SessionPlace,
    settings: SessionSettings,
    work: (session: Session) => Promise<Result>,
): Promise<Result> {
    const client = new Client(clientConfig(at.login, at.config, at.about));
    // Whoever waits for the connection hears of its end; an event that nobody listens to would end the process.
    client.on("error", () => undefined);
    try {
        await client.connect();
        await client.query(beginStatements(settings));
        const { rows } = await client.query<[string, string | null]>({ text: whoAnswers, rowMode: "array" });
        const [backend, version] = rows[0] ?? [];
        const result = await stopping(at, backend, () => work({ client, version: Number(version ?? 0) }));
        await client.query("commit");
        return result;
    } catch (error) {
        throw sortFailure(error, at.about);
    } finally {
        await client.end().catch(() => undefined);
    }
}

/** Does the work; when the signal aborts meanwhile, has the server stop it, and ends only when that has been asked. */
async function stopping<Result>(
    at: SessionPlace,
    backend: string | undefined,
    work: () => Promise<Result>,
): Promise<Result> {
    let asked: Promise<void> | undefined;
    const stop = (): void => {
        asked = stopBackend(at, backend);
    };
    at.signal?.throwIfAborted();
    at.signal?.addEventListener("abort", stop, { once: true });
    try {
        return await work();
    } finally {
        at.signal?.removeEventListener("abort", stop);
        await asked;
    }
}

/** By a second connection, since the first one is busy. A server that does not answer stops the statement by its own timeout. */
async function stopBackend({ login, config, about }: SessionPlace, backend: string | undefined): Promise<void> {
    const client = new Client({
        ...clientConfig(login, config, about),
        connectionTimeoutMillis: stopTimeoutMs,
        query_timeout: stopTimeoutMs,
    });
    client.on("error", () => undefined);
    try {
        await client.connect();
        await client.query("select pg_cancel_backend($1::int)", [backend]);
    } catch {
        // The statement's own timeout stops it, a moment later.
    } finally {
        await client.end().catch(() => undefined);
    }
}

function clientConfig(login: Login, config: PostgresConfig, { source, detector }: About): ClientConfig {
    const { host, port, database, user, password } = login;
    return {
        host,
        port,
        database,
        user,
        password,
        ssl: tlsOf(host, config),
        application_name: ["lookout", source, detector].filter((part) => part !== undefined).join(" "),
        connectionTimeoutMillis: connectTimeoutMs,
        // A query that thinks for minutes before its first row must not be taken for dead on the way.
        keepAlive: true,
        keepAliveInitialDelayMillis: keepAliveMs,
        // Values stay the text that the server wrote.
        types: { getTypeParser: () => (value: unknown) => value },
    };
}

function tlsOf(host: string, { sslmode, certificateAuthority }: PostgresConfig): ClientConfig["ssl"] {
    if (sslmode === "disable") return false;
    const ca = authorities(certificateAuthority);
    return {
        ca,
        rejectUnauthorized: true,
        ...(sslmode === "verify-ca" && { checkServerIdentity: () => undefined }),
    };
}
