import { type LookoutError, NotFoundError, QueryError, SourceBusyError } from "../../errors";

/** What a failed call or statement was about; every field is safe to print. */
export interface About {
    /** Logical name of the source. */
    readonly source: string;
    readonly detector?: string;
    /** The window, written `2026-01-01T00:00:00Z/2026-01-01T01:00:00Z`. */
    readonly window?: string;
    /** The database's id of the statement. */
    readonly statementId?: string;
    /** What was being done, such as `starting the query`. */
    readonly doing?: string;
    /** The configured columns, to name the key of one that is missing. */
    readonly columns?: Columns;
}

/** Names of the columns that a detector reads from its query. */
export interface Columns {
    readonly timestamp: string;
    readonly dimensions: readonly string[];
    readonly measures: readonly string[];
}

/** Answers of the Data API and of Secrets Manager that pass by themselves. */
const busyNames: ReadonlySet<string> = new Set([
    "ActiveStatementsExceededException",
    "ActiveSessionsExceededException",
    "ActiveWaitingRequestsExceededException",
    "DatabaseConnectionException",
    "ExecuteStatementException",
    "QueryTimeoutException",
    "InternalServerException",
    "InternalServiceError",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "ThrottlingException",
    "TimeoutError",
    "TooManyRequestsException",
]);

/** What Redshift says while it cannot work, or could work in another attempt. */
const busyTexts: readonly RegExp[] = [
    // A role that was attached a moment ago; one that never will be fails in the same words, when the retries are used up.
    /not authorized to assume IAM role/i,
    /role .* is not associated (to|with)/i,
    /(cluster|workgroup|namespace|endpoint|database|warehouse)\b.{0,80}\b(paused|pausing|resuming|rebooting|restarting|resizing|being (modified|resized|upgraded)|not available|unavailable|in maintenance)/i,
    /terminating connection|connection (was |has been )?(reset|closed|terminated|lost|refused)|server closed the connection/i,
    /could not (connect|establish a connection)|connection timed? ?out/i,
    /too many connections|connection limit/i,
    /serializable isolation violation|deadlock detected/i,
    // Left behind by a run that the cluster repeated; the next attempt has a prefix of its own.
    /unload destination on S3 is not empty/i,
    /S3ServiceException.*(Status 50\d|SlowDown|InternalError)/is,
];

/** Sorts a call that threw: SourceBusyError when trying again may help, else QueryError, or NotFoundError for a missing database. */
export function sortFailure(error: unknown, about: About): LookoutError {
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    const text = `${where(about)}: ${about.doing ?? "the call"} failed: ${endSentence(message)}`;
    const context = { ...contextOf(about), cause: error };
    if (busyNames.has(name) || isTransient(error) || isBusyText(message)) {
        return new SourceBusyError(text, context);
    }
    if (/endpoint doesn't exist|(cluster|workgroup).{0,60}(not found|does not exist)/i.test(message)) {
        const key = `lookout:sources.${about.source}`;
        return new NotFoundError(`${text} Check the cluster or workgroup of ${key}, and the region.`, context);
    }
    return new QueryError(text, { ...context, ...statementOf(about) });
}

/** Sorts a statement that ended without result, by what the database said about it. */
export function sortStatementFailure(state: string, reason: string | undefined, about: About): LookoutError {
    const said = reason ?? "the database gave no reason";
    const ended = state === "ABORTED" ? "was aborted" : "failed";
    const text = `${where(about)}: statement ${about.statementId} ${ended}: ${endSentence(said)}`;
    if (isBusyText(said)) {
        return new SourceBusyError(text, contextOf(about));
    }
    const hint = findHint(said, about);
    return new QueryError(hint === undefined ? text : `${text} ${hint}`, {
        ...contextOf(about),
        ...statementOf(about),
    });
}

/** A statement that the Data API does not know, or no longer: it keeps them for 24 hours. */
export function forgottenStatement(about: About): SourceBusyError {
    return new SourceBusyError(
        `${where(about)}: the Data API does not know statement ${about.statementId}; it keeps statements for 24 hours. ` +
            "The window is extracted again.",
        contextOf(about),
    );
}

const isBusyText = (text: string): boolean => busyTexts.some((pattern) => pattern.test(text));

/** Throttled, failed on the service's side, or never answered. */
function isTransient(error: unknown): boolean {
    if (!(error instanceof Error)) {
        return false;
    }
    const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: unknown };
    const status = $metadata?.httpStatusCode;
    const network = typeof code === "string" && /^(E[A-Z_]+|UND_ERR_\w+)$/.test(code);
    return network || status === 429 || (status !== undefined && status >= 500);
}

function findHint(said: string, { source, detector, columns }: About): string | undefined {
    // Whoever only describes a query knows of no detector, and finds the words itself.
    if (detector === undefined) {
        return undefined;
    }
    const key = `lookout:detectors.${detector}`;
    const missing = findMissingColumn(said);
    const columnKey = missing === undefined || columns === undefined ? undefined : keyOfColumn(missing, columns);
    if (columnKey !== undefined) {
        return `Correct ${key}.${columnKey}, or add the column "${missing}" to ${key}.query.`;
    }
    if (/permission denied/i.test(said)) {
        return `Grant the database user of lookout:sources.${source} what the query needs: USAGE on the schema, SELECT on the tables.`;
    }
    if (/S3ServiceException.*(Access ?Denied|Status 403)/is.test(said)) {
        return `Let the role of lookout:sources.${source}.unloadRoleArn, or the program's own, write into the bucket and use its key.`;
    }
    if (/relation .* does not exist|syntax error|column .* does not exist/i.test(said)) {
        return `Correct ${key}.query.`;
    }
    return undefined;
}

/** The query is called `q` where it is wrapped; some versions put the name in quotes, some say "in q". */
function findMissingColumn(said: string): string | undefined {
    const [, quoted, plain] = /column (?:q\.)?(?:"([^"]+)"|(.+?)) (?:does not exist|not found)/i.exec(said) ?? [];
    return quoted ?? plain?.replace(/^q\./, "");
}

function keyOfColumn(name: string, { timestamp, dimensions, measures }: Columns): string | undefined {
    const same = (other: string): boolean => other.toLowerCase() === name.toLowerCase();
    if (same(timestamp)) {
        return "timestamp.column";
    }
    const dimension = dimensions.findIndex(same);
    const measure = measures.findIndex(same);
    return dimension >= 0 ? `dimensions[${dimension}]` : measure >= 0 ? `measures[${measure}].name` : undefined;
}

function where({ source, detector, window }: About): string {
    return [`Source ${source}`, detector && `detector ${detector}`, window && `window ${window}`]
        .filter((part) => part !== undefined)
        .join(", ");
}

function contextOf({ source, detector, window }: About): { source: string; detector?: string; window?: string } {
    return { source, ...(detector !== undefined && { detector }), ...(window !== undefined && { window }) };
}

function statementOf({ statementId }: About): { statementId?: string } {
    return statementId === undefined ? {} : { statementId };
}

const endSentence = (text: string): string => text.trim().replace(/[.\s]*$/, ".");
