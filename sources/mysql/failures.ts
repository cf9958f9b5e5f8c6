import { type LookoutError, NotFoundError, QueryError, SourceBusyError } from "../../errors";
import { type About, columnHint, contextOf, endSentence, whereOf } from "../sql/about";

/** What the driver throws: a code such as `ER_NO_SUCH_TABLE` or `ECONNREFUSED`, and the server's number where it was the server. */
interface DriverError {
    readonly code: string;
    readonly errno: number;
    readonly message: string;
}

/** The server's errors that pass by themselves, by number; see "Server Error Message Reference" in MySQL's and MariaDB's manuals. */
const busyNumbers: ReadonlySet<number> = new Set([
    1021, // the disk for temporary tables is full
    1037, // out of memory
    1038, // out of sort memory
    1040, // too many connections
    1041, // out of resources
    1053, // the server is shutting down
    1135, // no thread for the connection
    1152, // the connection was aborted
    1184, // the connection was aborted
    1203, // the user has too many connections
    1205, // waited too long for a lock
    1213, // deadlock
    1226, // the user has used up a limit
    1317, // the query was stopped
    1412, // a table was altered meanwhile
    1836, // the server is read-only for a while
    1927, // the connection was killed
    3032, // the server is off line
    3168, // the server is starting
    4031, // the server closed an idle connection
]);

/** Failures of the network, and of a server that goes away. Not among them: a name that nobody knows. */
const busyCodes =
    /^(E(AI_AGAIN|CONN\w+|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NETDOWN)|PROTOCOL_CONNECTION_LOST|PROTOCOL_SEQUENCE_TIMEOUT)$/;

/** Codes of Node.js and OpenSSL for certificates that are not believed, and the driver's for a server that offers no TLS. */
const tlsCodes =
    /^(ERR_TLS_\w+|ERR_SSL_\w+|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT\w*|UNABLE_TO_\w+|HANDSHAKE_(NO_SSL_SUPPORT|SSL_ERROR))$/;

const timedOut: ReadonlySet<number> = new Set([1969, 3024]);

/**
 * Sorts what the driver threw: SourceBusyError when trying again may help, NotFoundError for a host or a database that is not there, else
 * QueryError. The text has the server's own words, which hold neither passwords nor rows.
 */
export function sortFailure(error: unknown, about: About): LookoutError {
    const found = driverError(error);
    const text = `${whereOf(about)}: ${about.doing ?? "the call"} failed: ${endSentence(found.message)}`;
    const context = { ...contextOf(about), cause: error };
    if (busyNumbers.has(found.errno) || busyCodes.test(found.code)) return new SourceBusyError(text, context);
    const hint = findHint(found, about);
    const message = hint === undefined ? text : `${text} ${hint}`;
    return found.code === "ENOTFOUND" || found.errno === 1049
        ? new NotFoundError(message, context)
        : new QueryError(message, context);
}

/** A window that takes longer than a function may run, or the server lets it; `limit` says which, such as `the 840 seconds`. */
export function tooLong(about: About, limit: string, cause?: unknown): QueryError {
    return new QueryError(
        `${whereOf(about)}: ${about.doing} took longer than ${limit} that there are for it. ` +
            `Extract less at a time by a smaller lookout:detectors.${about.detector ?? "<detector>"}.history.chunk, or help the query with an index on its timestamp.`,
        { ...contextOf(about), cause },
    );
}

/**
 * A look that takes longer than it may says nothing of the extraction, which has more time: whoever looks may go on, or try again. `limit` as
 * for `tooLong`.
 */
export function tooSlow(about: About, limit: string, cause: unknown): SourceBusyError {
    const text = `${whereOf(about)}: ${about.doing} took longer than ${limit} that there ${limit.endsWith("seconds") ? "are" : "is"} for it.`;
    return new SourceBusyError(text, { ...contextOf(about), cause });
}

/** Whether the server stopped the statement because its time was over. */
export const isTimeout = (error: unknown): boolean => timedOut.has(driverError(error).errno);

function driverError(error: unknown): DriverError {
    const { code, errno, message } = error as { code?: unknown; errno?: unknown; message?: unknown };
    return {
        code: typeof code === "string" ? code : "",
        errno: typeof errno === "number" ? errno : 0,
        message: (typeof message === "string" && message !== "" ? message : String(code ?? error)).replace(/\s+/g, " "),
    };
}

function findHint({ code, errno, message }: DriverError, about: About): string | undefined {
    const source = `lookout:sources.${about.source}`;
    const query = `lookout:detectors.${about.detector ?? "<detector>"}.query`;
    if (tlsCodes.test(code)) {
        return `The connection is made by verified TLS only: give the certificate of the server's authority as ${source}.certificateAuthority, and the host by the name in its certificate.`;
    }
    switch (errno) {
        case 1044:
        case 1142:
        case 1143:
            return `Grant the database user of ${source} what the query needs: SELECT on its tables.`;
        case 1045:
        case 1698:
            return `Correct the user and the password in the secret of ${source}, or grant that user to sign in; a password that was changed has to be changed in the secret too.`;
        case 1049:
            return `Correct ${source}.database, or the secret's dbname.`;
        case 1054:
            return missingColumn(message, about) ?? `Correct ${query}.`;
        case 1060:
            return `Give the columns of ${query} names of their own.`;
        case 1064:
        case 1146:
        case 1305:
            return `Correct ${query}.`;
        case 1129:
            return "The server has blocked this host after many failed connections; unblock it with FLUSH HOSTS.";
        default:
            return code === "ENOTFOUND" ? `Correct ${source}.host, or the secret's host.` : undefined;
    }
}

/** `Unknown column 'q.revenu' in 'field list'`: the wrapped query is called `q`. */
function missingColumn(message: string, about: About): string | undefined {
    const [, name = ""] = /Unknown column '(?:q\.)?(.+?)' in /i.exec(message) ?? [];
    return columnHint(name, about);
}
