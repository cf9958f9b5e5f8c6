/** What an error is about. Every field is safe to print: no secrets, no parameters. */
export interface ErrorContext {
    /** Logical name of the detector. */
    readonly detector?: string;
    /** Logical name of the source. */
    readonly source?: string;
    /** The window, written `2026-01-01T00:00:00Z/2026-01-01T01:00:00Z`. */
    readonly window?: string;
    readonly cause?: unknown;
}

/**
 * Base of every error that is thrown on purpose. `name` is a contract: the state machines retry and catch by it, the API maps
 * it to a status. The text says what failed, on which thing, what was found and what to do.
 */
export abstract class LookoutError extends Error {
    abstract override readonly name: string;
    readonly detector?: string;
    readonly source?: string;
    readonly window?: string;

    constructor(message: string, { cause, ...about }: ErrorContext = {}) {
        super(message, cause === undefined ? undefined : { cause });
        Object.assign(this, about);
    }
}

/** One finding about a configuration key. */
export interface Problem {
    /** Full path of the key, such as `lookout:detectors.orders.interval`. */
    readonly key: string;
    /** What was found and what was expected, such as `"PT7M" is not an interval; expected one of PT5M, PT10M, PT1H, P1D`. */
    readonly finding: string;
    /** What would mend it: a command or an instruction. */
    readonly fix?: string;
}

/** The user's configuration is wrong; carries every problem found, and prints them all. */
export class ConfigError extends LookoutError {
    override readonly name = "ConfigError";

    constructor(
        readonly problems: readonly Problem[],
        context: ErrorContext = {},
    ) {
        super(problems.map(formatProblem).join("\n"), context);
    }
}

/** The database is busy, paused, resuming or throttled, or the network failed: trying again may help. */
export class SourceBusyError extends LookoutError {
    override readonly name = "SourceBusyError";
}

/** The database refused the query or failed while running it: trying the same again will not help. */
export class QueryError extends LookoutError {
    override readonly name = "QueryError";
    /** The database's own id of the statement, where it has one. */
    readonly statementId?: string;

    constructor(message: string, { statementId, ...context }: ErrorContext & { statementId?: string } = {}) {
        super(message, context);
        this.statementId = statementId;
    }
}

/** Rows that cannot be used: no rows at all, a timestamp that does not parse, a measure that is not a number. */
export class DataError extends LookoutError {
    override readonly name = "DataError";
}

/** A record of our own in the object store is damaged, or of a version that is not understood: not the fault of anybody's data or request. */
export class RecordError extends LookoutError {
    override readonly name = "RecordError";
}

/** Something that is named does not exist: a secret, a bucket, a detector. */
export class NotFoundError extends LookoutError {
    override readonly name = "NotFoundError";
}

function formatProblem({ key, finding, fix }: Problem): string {
    return `${key}: ${finding}.${fix === undefined ? "" : `\n  Fix: ${fix}`}`;
}
