import { type LookoutError, NotFoundError, QueryError, SourceBusyError } from "../../errors";
import { type About, columnHint, contextOf, endSentence, statementOf, whereOf } from "../sql/about";
import { isTransient } from "../sql/transient";

/** Answers of the Data API that pass by themselves, beside those that every service gives. */
const busyNames: ReadonlySet<string> = new Set([
    "ActiveStatementsExceededException",
    "ActiveSessionsExceededException",
    "ActiveWaitingRequestsExceededException",
    "DatabaseConnectionException",
    "ExecuteStatementException",
    "QueryTimeoutException",
]);

/** What Redshift says while it cannot work, or could work in another attempt. */
const busyTexts: readonly RegExp[] = [
    /cancell?ed (on|by) user'?s? request|stopped by (the|a) user/i,
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

/** A limit of the database's own stopped the query, and would again: a time-out, or a rule that watches queries. */
const limited = /timed? ?-?out|\bWLM\b|query monitoring rule|abort action/i;

/** Sorts a call that threw: SourceBusyError when trying again may help, else QueryError, or NotFoundError for a missing database. */
export function sortFailure(error: unknown, about: About): LookoutError {
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    const text = `${whereOf(about)}: ${about.doing ?? "the call"} failed: ${endSentence(message)}`;
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
    const text = `${whereOf(about)}: statement ${about.statementId} ${ended}: ${endSentence(said)}`;
    // Whatever else ended it was somebody who stopped it, and not we.
    const isStopped = state === "ABORTED" && !limited.test(said);
    if (isStopped || isBusyText(said)) {
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
        `${whereOf(about)}: the Data API does not know statement ${about.statementId}; it keeps statements for 24 hours. ` +
            "The window is extracted again.",
        contextOf(about),
    );
}

const isBusyText = (text: string): boolean => busyTexts.some((pattern) => pattern.test(text));

function findHint(said: string, about: About): string | undefined {
    const { source, detector } = about;
    // Whoever only describes a query knows of no detector: the check puts its name in.
    const key = `lookout:detectors.${detector ?? "<detector>"}`;
    const missing = findMissingColumn(said);
    const hint = missing === undefined ? undefined : columnHint(missing, about);
    if (hint !== undefined) {
        return hint;
    }
    if (/permission denied/i.test(said)) {
        return `Grant the database user of lookout:sources.${source} what the query needs: USAGE on the schema, SELECT on the tables.`;
    }
    if (/S3ServiceException.*(Access ?Denied|Status 403)/is.test(said)) {
        return `Let the role of lookout:sources.${source}.unloadRoleArn, or the program's own, write into the bucket and use its key.`;
    }
    if (/relation .* does not exist/i.test(said)) {
        return `Correct the table's name or its schema in ${key}.query, or name the right database in lookout:sources.${source}.`;
    }
    return /syntax error|column .* does not exist/i.test(said) ? `Correct ${key}.query.` : undefined;
}

/** The query is called `q` where it is wrapped; some versions put the name in quotes, some say "in q". */
function findMissingColumn(said: string): string | undefined {
    const [, quoted, plain] = /column (?:q\.)?(?:"([^"]+)"|(.+?)) (?:does not exist|not found)/i.exec(said) ?? [];
    return quoted ?? plain?.replace(/^q\./, "");
}
