import { type LookoutError, NotFoundError, QueryError, SourceBusyError } from "../../errors";
import { type About, columnHint, contextOf, endSentence, statementOf, whereOf } from "../sql/about";
import { isTransient } from "../sql/transient";
import type { ApiResponse } from "./api";

/** What Snowflake says while it cannot work, or could work in another attempt. */
const busyTexts: readonly RegExp[] = [
    /too many (queued )?(requests|queries|statements)|queued? (query )?timeout/i,
    /processing aborted by error|internal error/i,
    /warehouse .* (was|is) suspended|waiters for this lock|deadlock|has locked table/i,
    /slow ?down|service ?unavailable|connection (was )?(reset|closed|refused)|timed? ?out (reading|connecting)/i,
    // Left behind by another statement; the next attempt has a prefix of its own.
    /files already existing at the unload destination/i,
];

/** Failures of the network that may pass. A name that nobody knows is another matter. */
const busyNetwork = /^(E(AI_AGAIN|CONN\w+|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NETDOWN)|UND_ERR_\w+)$/;

/** What the API calls a statement that it does not know, or no longer; it keeps them for 24 hours. */
const unknownStatement = "000709";
/** A statement that somebody stopped; we do so only where nobody asks for it any more. */
const stopped = "000604";
/** A statement that was stopped because its time was over. */
const timedOut = "000630";

/** Sorts what a call threw that got no answer: by the AWS SDK, or by `fetch`. */
export function sortFailure(error: unknown, about: About): LookoutError {
    const cause = (error as { cause?: { code?: unknown; message?: unknown } }).cause;
    const code = typeof cause?.code === "string" ? cause.code : "";
    const said =
        typeof cause?.message === "string" ? cause.message : error instanceof Error ? error.message : String(error);
    const text = `${whereOf(about)}: ${about.doing ?? "the call"} failed: ${endSentence(said)}`;
    const context = { ...contextOf(about), cause: error };
    if (busyNetwork.test(code) || isTransient(error)) {
        return new SourceBusyError(text, context);
    }
    const key = `lookout:sources.${about.source}`;
    if (code === "ENOTFOUND") {
        return new NotFoundError(`${text} Correct ${key}.account, or give ${key}.host.`, context);
    }
    const hint = /redirect/i.test(said) ? ` Correct ${key}.account, or give ${key}.host.` : "";
    return new QueryError(`${text}${hint}`, { ...context, ...statementOf(about) });
}

/** Sorts an answer that is no success: SourceBusyError when trying again may help, NotFoundError for a wrong account, else QueryError. */
export function sortResponse(response: ApiResponse, about: About & { readonly fingerprint: string }): LookoutError {
    const { status, code, message } = response;
    const said = endSentence(message ?? `HTTP ${status}`);
    const which = about.statementId === undefined ? (about.doing ?? "the call") : `statement ${about.statementId}`;
    const text = `${whereOf(about)}: ${which} failed: ${code === undefined ? "" : `${code}: `}${said}`;
    if (code === unknownStatement || (status === 404 && about.statementId !== undefined)) {
        return new SourceBusyError(`${text} The window is extracted again.`, contextOf(about));
    }
    if (status === 429 || status >= 500 || code === stopped || busyTexts.some((pattern) => pattern.test(said))) {
        return new SourceBusyError(text, contextOf(about));
    }
    const hint = hintFor(response, about);
    const full = hint === undefined ? text : `${text} ${hint}`;
    return status === 404
        ? new NotFoundError(full, contextOf(about))
        : new QueryError(full, { ...contextOf(about), ...statementOf(about) });
}

/** Hints by Snowflake's words, the first that fits; `$source` and `$detector` stand for the keys. */
const hints: readonly (readonly [RegExp, string])[] = [
    [
        /error assuming aws_role/i,
        "Let the role of the storage integration trust Snowflake: the user and the external id that DESC INTEGRATION shows.",
    ],
    [
        /not allowed by integration|storage_allowed_locations/i,
        "Add the stack's bucket to STORAGE_ALLOWED_LOCATIONS of the storage integration.",
    ],
    [
        /access ?denied|failed to access remote file/i,
        "Let the role of the storage integration write into the stack's bucket, and use its key.",
    ],
    [
        /inline[ _]url/i,
        "The account allows no unloading to a URL: make a stage for the bucket and name it in $source.stage.",
    ],
    [/integration '.*' does not exist/i, "Correct $source.storageIntegration, or grant USAGE on it to the role."],
    [
        /stage '.*' does not exist/i,
        "Correct $source.stage, or grant USAGE on it, its database and its schema to the role.",
    ],
    [
        /no active warehouse|warehouse '.*' (does not exist|cannot be resumed)|resource monitor/i,
        "Name a warehouse in $source.warehouse that the role may use, and that may resume.",
    ],
    [/role '.*' (specified|does not exist|is not)/i, "Correct $source.role, or grant that role to the user."],
    [
        /does not exist or not authorized|insufficient privileges/i,
        "Correct $detector.query, or grant the role USAGE on database and schema and SELECT on the tables.",
    ],
    [
        /(timestamp|date|numeric value) '.*' is not recognized/i,
        "Check $detector.timestamp.format against what the column holds.",
    ],
    [/sql compilation error/i, "Correct $detector.query."],
];

function hintFor(
    { status, code, message = "" }: ApiResponse,
    about: About & { readonly fingerprint: string },
): string | undefined {
    const source = `lookout:sources.${about.source}`;
    const detector = `lookout:detectors.${about.detector ?? "<detector>"}`;
    const [, missing] = /invalid identifier '(?:Q\.)?"?([^'"]+)"?'/i.exec(message) ?? [];
    if (missing !== undefined) {
        return columnHint(missing, about) ?? `Correct ${detector}.query.`;
    }
    if (status === 401) {
        return `The key in ${source}.secret has the fingerprint ${about.fingerprint}: DESC USER must show it for that user, and ${source}.account be the user's account.`;
    }
    if (status === 403) {
        return `Let the function's addresses in by the account's network policy.`;
    }
    if (status === 404) {
        return `Correct ${source}.account, or give ${source}.host.`;
    }
    if (status === 408 || code === timedOut) {
        return `Choose a smaller ${detector}.history.chunk, a larger warehouse, or a larger ${source}.statementTimeoutSeconds.`;
    }
    const [, hint] = hints.find(([pattern]) => pattern.test(message)) ?? [];
    return hint?.replaceAll("$source", source).replaceAll("$detector", detector);
}

/** Two statements have written into one attempt's folder, so that rows would count twice. */
export function doubledRows(about: About): SourceBusyError {
    return new SourceBusyError(
        `${whereOf(about)}: files of two statements lie in one attempt's folder. The window is extracted again.`,
        contextOf(about),
    );
}

/** Rows were written, and not where they were meant to be. */
export function lostRows(rows: number, location: string, about: About): QueryError {
    return new QueryError(
        `${whereOf(about)}: statement ${about.statementId} wrote ${rows} rows, and none of them to ${location}. ` +
            `Let the URL of the stage in lookout:sources.${about.source}.stage be the stack's bucket itself, s3://<bucket>/.`,
        { ...contextOf(about), ...statementOf(about) },
    );
}
