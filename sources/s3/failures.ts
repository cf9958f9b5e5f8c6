import { LookoutError, NotFoundError, QueryError, SourceBusyError } from "../../errors";
import { isChangedMeanwhile, isRefusal } from "../listedObject";
import { type About, columnHint, contextOf, endSentence, whereOf } from "../sql/about";
import { isTransient } from "../sql/transient";

/** What an error was about: the object or the listed prefix, or the role that was to be assumed. */
interface Marks {
    /** `s3://bucket/key`. */
    readonly object?: string;
    readonly roleArn?: string;
}

/** Runs a call or a reader; what it throws carries what it was about from then on. */
export async function marked<Result>(marks: Marks, work: () => Promise<Result>): Promise<Result> {
    try {
        return await work();
    } catch (error) {
        throw mark(error, marks);
    }
}

/** The error, with what it was about. The innermost mark stays. */
export function mark(error: unknown, marks: Marks): unknown {
    if (error instanceof LookoutError || !(error instanceof Error)) return error;
    return Object.assign(error, { ...marks, ...marksOf(error as Marks) });
}

const marksOf = ({ object, roleArn }: Marks): Marks => ({
    ...(object !== undefined && { object }),
    ...(roleArn !== undefined && { roleArn }),
});

/** Sorts what S3, STS or a reader threw: SourceBusyError when trying again may help, NotFoundError for a bucket that is not there, else QueryError. */
export function sortFailure(error: unknown, about: About): LookoutError {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const { object, roleArn } = marksOf(error ?? {});
    const place = object === undefined ? "" : ` (${object})`;
    const text = `${whereOf(about)}: ${about.doing ?? "the call"}${place} failed: ${endSentence(message || name)}`;
    const context = { ...contextOf(about), cause: error };
    const source = `lookout:sources.${about.source}`;
    if (isTransient(error)) return new SourceBusyError(text, context);
    if (object !== undefined && isChangedMeanwhile(error))
        return new SourceBusyError(`${text} It was listed a moment ago; the next attempt lists anew.`, context);
    if (name === "NoSuchBucket") return new NotFoundError(`${text} Correct the bucket in ${source}.tables.`, context);
    const remedy = isRefusal(error) ? refusalRemedy(source, roleArn) : remedyOf(error, name, source);
    return new QueryError(remedy === undefined ? text : `${text} ${remedy}`, context);
}

function refusalRemedy(source: string, roleArn: string | undefined): string {
    if (roleArn !== undefined)
        return (
            `Let the trust policy of ${roleArn} name the function's role, and give the external id that it asks for, if any, as ${source}.externalId; ` +
            `or correct ${source}.roleArn.`
        );
    return (
        `Let the function's role, or ${source}.roleArn, list the bucket and read the objects; a bucket of another account has to allow it in its own ` +
        `policy, and keys in KMS are named in ${source}.kmsKeyArns.`
    );
}

function remedyOf(error: unknown, name: string, source: string): string | undefined {
    if (name === "InvalidObjectState")
        return "It is archived: restore it, or name a path without archived objects in " + `${source}.tables.`;
    // What a service said has a status; what is left was found by the reader in the object itself.
    const { $metadata, object } = error as Marks & { $metadata?: unknown };
    const isReaders = $metadata === undefined && object !== undefined;
    return isReaders ? `Correct the object, or the format of its table in ${source}.tables.` : undefined;
}

/** A finding that knew neither source nor detector, with both, and with the key of a column that is missing. */
export function complete(error: QueryError | NotFoundError, about: About): LookoutError {
    const [, missing] = /has no column "([^"]+)"/.exec(error.message) ?? [];
    const hint = missing === undefined ? undefined : columnHint(missing, about);
    const text = `${whereOf(about)}: ${endSentence(error.message)}${hint === undefined ? "" : ` ${hint}`}`;
    const context = { ...contextOf(about), cause: error };
    return error instanceof QueryError ? new QueryError(text, context) : new NotFoundError(text, context);
}

/** A window that takes longer than the function may run. */
export function tooLong(about: About, cause: unknown): QueryError {
    return new QueryError(
        `${whereOf(about)}: ${about.doing} took longer than the function's time. Extract less at a time by a smaller ` +
            `lookout:detectors.${about.detector}.history.chunk, or put keys of the time into the path in lookout:sources.${about.source}.tables.`,
        { ...contextOf(about), cause },
    );
}

/** A look at a window that takes longer than there is time for one: extracting it has more. */
export function tooSlow(about: About, cause: unknown): SourceBusyError {
    const text = `${whereOf(about)}: ${about.doing} took longer than the time that there is for it.`;
    return new SourceBusyError(text, { ...contextOf(about), cause });
}
