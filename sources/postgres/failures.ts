import { LookoutError, NotFoundError, QueryError, SourceBusyError } from "../../errors";
import { type About, columnHint, contextOf, endSentence, whereOf } from "../sql/about";

/** Classes and codes of SQLSTATE that pass by themselves; see "PostgreSQL Error Codes" in its manual. */
const busyStates: readonly RegExp[] = [
    /^08/, // connection lost or refused
    /^53/, // out of connections, memory or disk
    /^57P0[1235]$/, // shutting down, crashed, starting up, idle for too long
    /^57014$/, // stopped by somebody; by the timeout is another matter
    /^58/, // the server's own files
    /^40/, // serialisation, deadlock, conflict with recovery on a replica
    /^55(P03|006)$/, // a lock that was not free, an object in use
    /^72000$/, // the snapshot was too old
];

/** Failures of the network, and of a server that goes away. Not among them: a name that nobody knows. */
const networkCodes = /^E(AI_AGAIN|CONN\w+|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NETDOWN)$/;
/** The driver's own words for the same, which have no code. */
const networkTexts =
    /connection terminated|timeout expired|connection ended|client has encountered a connection error/i;

/** Codes of Node.js and OpenSSL for certificates that are not believed. */
const tlsCodes =
    /^(ERR_TLS_\w+|ERR_SSL_\w+|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT\w*|UNABLE_TO_\w+|HOSTNAME_MISMATCH|EPROTO)$/;
const noTls = /server does not support SSL|no pg_hba\.conf entry.*(SSL off|no encryption)/i;

/** A failure as the driver reports it: a five-letter SQLSTATE where it was the server, else a code of Node.js, if any. */
interface DriverError {
    readonly code: string;
    readonly message: string;
}

/**
 * Sorts what the driver threw: SourceBusyError when trying again may help, NotFoundError for a host or a database that is not there, else
 * QueryError. Errors that were sorted before stay as they are. The text has the server's own words, which hold no password.
 */
export function sortFailure(error: unknown, about: About): LookoutError {
    if (error instanceof LookoutError) return error;
    const found = driverError(error);
    const text = `${whereOf(about)}: ${about.doing ?? "the call"} failed: ${endSentence(found.message)}`;
    const context = { ...contextOf(about), cause: error };
    if (isTimeout(error)) return tooLong(about, error);
    const hint = findHint(found, about);
    const message = hint === undefined ? text : `${text} ${hint}`;
    if (isBusy(found)) return new SourceBusyError(message, context);
    return found.code === "ENOTFOUND" || found.code === "3D000"
        ? new NotFoundError(message, context)
        : new QueryError(message, context);
}

/** A window that takes longer than a function may run. */
export function tooLong(about: About, cause?: unknown): QueryError {
    const detector = `lookout:detectors.${about.detector ?? "<detector>"}`;
    return new QueryError(
        `${whereOf(about)}: ${about.doing ?? "the query"} took longer than there is time for. Extract less at a time by a smaller ` +
            `${detector}.history.chunk, or help ${detector}.query with an index on its timestamp.`,
        { ...contextOf(about), cause },
    );
}

/** A look that takes longer than it may says nothing of the extraction, which has more time: whoever looks may go on, or try again. */
export function tooSlow(about: About, cause: unknown): SourceBusyError {
    const text = `${whereOf(about)}: ${about.doing ?? "the query"} took longer than there is time for.`;
    return new SourceBusyError(text, { ...contextOf(about), cause });
}

/** Whether the server stopped the statement because its time was over. */
export function isTimeout(error: unknown): boolean {
    const { code, message } = driverError(error);
    return code === "57014" && /statement timeout/i.test(message);
}

function isBusy({ code, message }: DriverError): boolean {
    if (networkCodes.test(code) || busyStates.some((state) => state.test(code))) return true;
    return code === "" && networkTexts.test(message);
}

function driverError(error: unknown): DriverError {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return {
        code: typeof code === "string" ? code : "",
        message: typeof message === "string" && message !== "" ? message : String(code ?? error),
    };
}

function findHint({ code, message }: DriverError, about: About): string | undefined {
    const source = `lookout:sources.${about.source}`;
    const query = `lookout:detectors.${about.detector ?? "<detector>"}.query`;
    if (tlsCodes.test(code) || noTls.test(message)) {
        return `TLS is believed as ${source}.sslmode says: give the certificate of the server's authority as ${source}.certificateAuthority, and the host by the name in its certificate.`;
    }
    if (/^28/.test(code)) {
        return `Correct the user and the password in the secret of ${source}; to sign in by IAM the user needs GRANT rds_iam.`;
    }
    if (networkCodes.test(code) || (code === "" && /timeout expired|connection timeout/i.test(message))) {
        return `If this goes on, check ${source}.host and port, and that ${source}.securityGroupIds may reach the server.`;
    }
    return hints(source, query)[code] ?? missingColumn(code, message, about);
}

/** What to do, by SQLSTATE. */
const hints = (source: string, query: string): Readonly<Record<string, string>> => ({
    ENOTFOUND: `Correct ${source}.host, or the secret's host.`,
    "3D000": `Correct ${source}.database, or the secret's dbname.`,
    "42501": `Grant the database user of ${source} what the query needs: USAGE on the schema, SELECT on the tables.`,
    "25006": `Let ${query} only read; it runs in a read-only transaction.`,
    "42601": `Correct ${query}.`,
    "42P01": `Correct ${query}, or grant the user the table's schema.`,
    "42883": `Correct ${query}.`,
    "42804": `Correct ${query}, or the timestamp's format.`,
    "42846": `Set the timestamp's format to what the column holds, UNIX for a number.`,
    "22007": "Correct the timestamp's format, or give a timestamp in the query.",
    "22008": "Correct the timestamp's format, or give a timestamp in the query.",
});

/** `column q.revenu does not exist`: the wrapped query is called `q`. */
function missingColumn(code: string, message: string, about: About): string | undefined {
    if (code !== "42703") return undefined;
    const [, quoted, plain] = /column (?:q\.)?(?:"([^"]+)"|(\S+)) does not exist/i.exec(message) ?? [];
    const name = quoted ?? plain ?? "";
    const query = `lookout:detectors.${about.detector ?? "<detector>"}.query`;
    return columnHint(name, about) ?? `Correct ${query}.`;
}
