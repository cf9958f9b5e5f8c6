import type { AthenaError } from "@aws-sdk/client-athena";
import { ConfigError, type LookoutError, NotFoundError, QueryError, SourceBusyError } from "../../errors";
import { type About, columnHint, contextOf, endSentence, statementOf, whereOf } from "../sql/about";
import { isTransient } from "../sql/transient";

/**
 * Types of failure that pass by themselves, first and last of each range: resources exhausted, failures of the service and of the
 * engine, throttling, reserved capacity. From "Athena error catalog",
 * https://docs.aws.amazon.com/athena/latest/ug/error-reference.html. Left out: time-outs (206, 210) and what has other causes as well.
 */
const busyTypes: readonly (readonly [number, number])[] = [
    [0, 8],
    [100, 100],
    [240, 240],
    [300, 400],
    [1400, 1401],
    [1403, 1406],
    [1602, 1602],
    [9999, 9999],
];

/** What Athena, Glue and S3 say while they cannot work, or could in another attempt. */
const busyTexts: readonly RegExp[] = [
    /exhausted resources/i,
    /slow ?down|reduce your request rate/i,
    /throttl|rate exceeded|too many requests/i,
    /service ?unavailable|internal service error/i,
    /INTERNAL_ERROR|GENERIC_INTERNAL_ERROR/,
];

/** A refusal is final, whoever says it and however often it is marked as worth another try. */
const refused = /access ?denied|not authorized to (perform|access)|insufficient (lake formation )?permission/i;

/** Sorts a call that threw: SourceBusyError when trying again may help, else QueryError, or NotFoundError for a missing workgroup. */
export function sortFailure(error: unknown, about: About): LookoutError {
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    const text = `${whereOf(about)}: ${about.doing ?? "the call"} failed: ${endSentence(message)}`;
    const context = { ...contextOf(about), cause: error };
    if (isTransient(error)) {
        return new SourceBusyError(text, context);
    }
    const key = `lookout:sources.${about.source}`;
    if (/workgroup .*(is not found|does not exist)/i.test(message)) {
        return new NotFoundError(`${text} Correct ${key}.workgroup, or create it in this region.`, context);
    }
    const hint = callHint(name, message, key);
    return new QueryError(hint === undefined ? text : `${text} ${hint}`, { ...context, ...statementOf(about) });
}

/** What is known of a query that ended without result. */
export interface Ending {
    /** `FAILED` or `CANCELLED`. */
    readonly state: string;
    readonly reason?: string;
    readonly error?: AthenaError;
}

/** Sorts a query that ended without result, by what Athena said about it. */
export function sortStatementFailure({ state, reason, error }: Ending, about: About): LookoutError {
    const said = error?.ErrorMessage ?? reason ?? "Athena gave no reason";
    const ended = state === "CANCELLED" ? "was cancelled" : "failed";
    const text = `${whereOf(about)}: query ${about.statementId} ${ended}: ${endSentence(said)}`;
    const hint = findHint(said, about);
    // Athena itself stops a query at a limit, for which there is a hint; any other was stopped by somebody, and not by us.
    const isStopped = state === "CANCELLED" && hint === undefined;
    if (!refused.test(said) && (isStopped || isBusy(said, error))) {
        return new SourceBusyError(text, contextOf(about));
    }
    const message = hint === undefined ? text : `${text} ${hint}`;
    return new QueryError(message, { ...contextOf(about), ...statementOf(about) });
}

/** A query that Athena does not know, or no longer: it keeps them for 45 days. */
export function forgottenQuery(about: About): SourceBusyError {
    return new SourceBusyError(
        `${whereOf(about)}: Athena does not know query ${about.statementId}. The window is extracted again.`,
        contextOf(about),
    );
}

/** The workgroup has written the rows, or would have, where it wants and not where it was asked to. */
export function foreignLocation(location: string | undefined, workgroup: string, about: About): ConfigError {
    const where = location === undefined ? "keeps results in storage of Athena's own" : `writes results to ${location}`;
    return new ConfigError(
        [
            {
                key: `lookout:sources.${about.source}.workgroup`,
                finding: `the workgroup "${workgroup}" ${where}, whatever a query asks for; expected one that lets the query decide`,
                fix: 'name another workgroup, or turn off "Override client-side settings" and managed query results in this one',
            },
        ],
        contextOf(about),
    );
}

function isBusy(said: string, error: AthenaError | undefined): boolean {
    const type = error?.ErrorType;
    return (
        error?.Retryable === true ||
        (type !== undefined && busyTypes.some(([first, last]) => first <= type && type <= last)) ||
        busyTexts.some((pattern) => pattern.test(said))
    );
}

function callHint(name: string, message: string, key: string): string | undefined {
    if (/no output location provided/i.test(message)) {
        return `Run pulumi up first, which makes a place for answers, or give the workgroup of ${key} a result location.`;
    }
    if (name === "AccessDeniedException" || refused.test(message)) {
        return `Let who calls run queries in the workgroup of ${key}; the extractor's own role has that right.`;
    }
    return undefined;
}

function findHint(said: string, about: About): string | undefined {
    const source = `lookout:sources.${about.source}`;
    const detector = `lookout:detectors.${about.detector ?? "<detector>"}`;
    const [, missing] = /COLUMN_NOT_FOUND.*?column '(?:q\.)?"?([^'"]+)"?' cannot be resolved/is.exec(said) ?? [];
    if (missing !== undefined) {
        return columnHint(missing, about) ?? `Correct ${detector}.query.`;
    }
    if (/bytes scanned limit/i.test(said)) {
        return `Let ${detector}.query name the partitions between {{start}} and {{end}}, choose a smaller history.chunk, or raise the limit of the workgroup.`;
    }
    if (/query (has )?timed? ?out|EXCEEDED_TIME_LIMIT|exceeded the maximum (run|time)/i.test(said)) {
        return `Choose a smaller ${detector}.history.chunk, or let the query name its partitions.`;
    }
    if (/(TABLE|SCHEMA|CATALOG)_NOT_FOUND/.test(said)) {
        return `Correct ${detector}.query, and name each database that it reads in ${source}.database or ${source}.databases.`;
    }
    if (/lake ?formation/i.test(said)) {
        return `Grant the extractor's role SELECT in Lake Formation, and set ${source}.lakeFormation.`;
    }
    if (/glue:|not authorized to access requested resources/i.test(said) && refused.test(said)) {
        return `Name each database that the query reads in ${source}.database or ${source}.databases.`;
    }
    if (refused.test(said)) {
        return `Name the folders of the tables' files in ${source}.dataLocations, and their keys in ${source}.kmsKeyArns.`;
    }
    if (/INVALID_CAST_ARGUMENT|INVALID_FUNCTION_ARGUMENT|TYPE_MISMATCH.*cannot cast .* to timestamp/is.test(said)) {
        return `Check ${detector}.timestamp.format against what the column holds.`;
    }
    return /SYNTAX_ERROR|TYPE_MISMATCH|FUNCTION_NOT_FOUND|COLUMN_NOT_FOUND|line \d+:\d+/.test(said)
        ? `Correct ${detector}.query.`
        : undefined;
}
