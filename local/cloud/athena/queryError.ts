/** What DescribeQueryExecution says of a query that failed: `AthenaError` in Athena's reference. */
export interface AthenaErrorShape {
    /** 1 the service's fault, 2 the user's, 3 another's. */
    readonly ErrorCategory: number;
    /** From "Athena error catalog". */
    readonly ErrorType: number;
    readonly Retryable: boolean;
    readonly ErrorMessage: string;
}

/** Thrown by what a query meets beside the engine, such as S3 and its policies. */
export class QueryFailure extends Error {
    constructor(
        message: string,
        readonly type: number,
        readonly category = 2,
        readonly retryable = false,
    ) {
        super(message);
    }
}

const syntaxError = 1006;
const tableMissing = 1110;
const dataError = 1001;

/** PostgreSQL's words by what Athena would say; `$1` is what the words name. */
const wordings: readonly (readonly [RegExp, string, number])[] = [
    [
        /^column "?(?:q\.)?([^"]+?)"? does not exist/,
        "COLUMN_NOT_FOUND: line 1:8: Column '$1' cannot be resolved or requester is not authorized to access requested resources",
        syntaxError,
    ],
    [
        /^relation "([^"]+)" does not exist/,
        "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.$1' does not exist",
        tableMissing,
    ],
    [/^syntax error at or near "([^"]*)"/, "SYNTAX_ERROR: line 1:1: mismatched input '$1'", syntaxError],
    [/^cannot cast type (\w+).* to (\w+).*/, "TYPE_MISMATCH: line 1:8: Cannot cast $1 to $2", syntaxError],
    [
        /^invalid input syntax for type \w+.*: "([^"]*)"/,
        "INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: $1",
        dataError,
    ],
    [/^invalid value "([^"]*)".*/, 'INVALID_FUNCTION_ARGUMENT: Invalid format: "$1" is malformed', dataError],
    [
        /^function ([\w.]+)\(.*\) does not exist/,
        "FUNCTION_NOT_FOUND: line 1:8: Function '$1' not registered",
        syntaxError,
    ],
];

/** What Athena would say of a query that failed. */
export function toAthenaError(error: unknown): AthenaErrorShape {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof QueryFailure) {
        const { type, category, retryable } = error;
        return { ErrorCategory: category, ErrorType: type, Retryable: retryable, ErrorMessage: message };
    }
    for (const [pattern, wording, type] of wordings) {
        const found = pattern.exec(message);
        if (found !== null) {
            const text = wording.replaceAll(/\$(\d)/g, (_, group: string) => found[Number(group)] ?? "");
            return { ErrorCategory: 2, ErrorType: type, Retryable: false, ErrorMessage: text };
        }
    }
    return { ErrorCategory: 2, ErrorType: 1000, Retryable: false, ErrorMessage: `GENERIC_USER_ERROR: ${message}` };
}
