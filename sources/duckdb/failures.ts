import { type LookoutError, NotFoundError, QueryError, SourceBusyError } from "../../errors";
import { isChangedMeanwhile, isRefusal } from "../listedObject";
import { type About, columnHint, contextOf, endSentence, whereOf } from "../sql/about";
import { isTransient } from "../sql/transient";

/**
 * Sorts what DuckDB threw, or S3 while files were brought: SourceBusyError when trying again may help, NotFoundError for files that are not
 * there, else QueryError.
 */
export function sortFailure(error: unknown, about: About): LookoutError {
    const message = firstParagraph(error instanceof Error ? error.message : String(error));
    const object = objectOf(error);
    const doing = `${about.doing ?? "the call"}${object === undefined ? "" : ` (${object})`}`;
    const text = `${whereOf(about)}: ${doing} failed: ${endSentence(message)}`;
    const context = { ...contextOf(about), cause: error };
    if (isDiskFull(error)) return new QueryError(`${text} ${diskHint}`, context);
    if (isTransient(error)) return new SourceBusyError(text, context);
    if (/Could not set lock|Resource temporarily unavailable|Too many open files/i.test(message))
        return new SourceBusyError(`${text} Another process has the database file open for writing.`, context);
    if (object !== undefined && isChangedMeanwhile(error))
        return new SourceBusyError(`${text} It was listed a moment ago; the next attempt lists anew.`, context);
    const hint = isRefusal(error) ? refusalHint(about) : hintOf(message, about);
    const full = hint === undefined ? text : `${text} ${hint}`;
    return /No files found|does not exist in read-only mode|Cannot open (file|database)/i.test(message)
        ? new NotFoundError(full, context)
        : new QueryError(full, context);
}

const diskHint =
    "Files in S3 are brought to the temporary folder, which holds 512 MB in AWS: name fewer or smaller ones, or use a source of the type s3 or athena.";

/** `s3://bucket/key` of an object that was being brought. */
const objectOf = (error: unknown): string | undefined => (error as { object?: string } | undefined)?.object;

const refusalHint = ({ source }: About): string =>
    `Let the function's role list the bucket and read the objects; a bucket of another account has to allow it in its own policy, and keys in ` +
    `KMS are named in lookout:sources.${source}.kmsKeyArns.`;

const isDiskFull = (error: unknown): boolean => (error as { code?: unknown } | undefined)?.code === "ENOSPC";

/** A window that takes longer than the function may run. */
export function tooLong(about: About, cause: unknown): QueryError {
    return new QueryError(
        `${whereOf(about)}: ${about.doing} took longer than the function's time. Extract less at a time by a smaller ` +
            `lookout:detectors.${about.detector}.history.chunk, or give the function more memory by lookout:sources.${about.source}.memoryMegabytes.`,
        { ...contextOf(about), cause },
    );
}

/** A look that takes longer than it may says nothing of the extraction: whoever looks may go on, or try again. */
export function tooSlow(about: About, cause: unknown): SourceBusyError {
    const text = `${whereOf(about)}: ${about.doing} took longer than the function's time.`;
    return new SourceBusyError(text, { ...contextOf(about), cause });
}

function hintOf(message: string, about: About): string | undefined {
    const source = `lookout:sources.${about.source}`;
    const query = `lookout:detectors.${about.detector ?? "<detector>"}.query`;
    const [, column] = /(?:Referenced column|does not have a column named) "([^"]+)"/.exec(message) ?? [];
    if (column !== undefined) return columnHint(column, about) ?? `Correct ${query}.`;
    if (/No files found|Cannot open|does not exist in read-only/i.test(message))
        return `Correct the paths of ${source}, or of ${query}.`;
    if (isDamaged.test(message))
        return `The file is damaged or not of the format that its name says: write it anew, or correct the paths of ${source}.`;
    if (/Out of Memory/i.test(message)) return `Give the function more memory by ${source}.memoryMegabytes.`;
    if (/extension/i.test(message)) return "Extensions are not fetched at run time; write the query without them.";
    return /Parser Error|Catalog Error|Binder Error/.test(message) ? `Correct ${query}.` : undefined;
}

/** Words for a Parquet, database, JSON and CSV file. */
const isDamaged =
    /No magic bytes|not a valid DuckDB database|Corrupt database file|Malformed JSON|Error when sniffing|CSV Error/i;

/** DuckDB adds a picture of the statement, and hints for who types SQL. */
const firstParagraph = (message: string): string =>
    (message.split(/\n\s*\n|\nLINE |\nPossible (?:fixes|solutions)/)[0] ?? "").replace(/\s*\n\s*/g, " ").trim();
