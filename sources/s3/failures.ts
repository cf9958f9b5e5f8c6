import { type LookoutError, NotFoundError, QueryError, SourceBusyError } from "../../errors";
import { type About, contextOf, endSentence, whereOf } from "../sql/about";
import { isTransient } from "../sql/transient";

/** Sorts what S3, STS or a reader threw: SourceBusyError when trying again may help, NotFoundError for a bucket that is not there, else QueryError. */
export function sortFailure(error: unknown, about: About & { readonly object?: string }): LookoutError {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const where = about.object === undefined ? "" : ` (${about.object})`;
    const text = `${whereOf(about)}: ${about.doing ?? "the call"}${where} failed: ${endSentence(message || name)}`;
    const context = { ...contextOf(about), cause: error };
    // An object that was written anew between listing and reading is listed anew by the next attempt.
    if (isTransient(error) || name === "PreconditionFailed") return new SourceBusyError(text, context);
    const source = `lookout:sources.${about.source}`;
    if (name === "NoSuchBucket") return new NotFoundError(`${text} Correct the bucket in ${source}.tables.`, context);
    if (name === "AccessDenied" || name === "Forbidden" || name === "403")
        return new QueryError(
            `${text} Let the function's role, or ${source}.roleArn, list the bucket and read the objects; a bucket of another account has to allow ` +
                `it in its own policy, and keys in KMS are named in ${source}.kmsKeyArns.`,
            context,
        );
    if (
        /^CSV_|SyntaxError|JSONParseError|parquet|thrift/i.test(
            `${(error as { code?: string }).code ?? ""} ${name} ${message}`,
        )
    )
        return new QueryError(`${text} Correct the object, or the format of its table in ${source}.tables.`, context);
    return new QueryError(text, context);
}

/** A window that takes longer than the function may run. */
export function tooLong(about: About, cause: unknown): QueryError {
    return new QueryError(
        `${whereOf(about)}: ${about.doing} took longer than the function's time. Extract less at a time by a smaller ` +
            `lookout:detectors.${about.detector}.history.chunk, or put keys of the time into the path in lookout:sources.${about.source}.tables.`,
        { ...contextOf(about), cause },
    );
}
