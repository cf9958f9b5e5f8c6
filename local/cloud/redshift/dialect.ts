import { splitSql, type SqlPiece } from "./sqlText";

/** Functions whose first argument names a part of a date without quotes. */
const datePartFunctions = new Set(["dateadd", "datediff", "date_part"]);

/** Redshift's spellings of the parts of a date, and PostgreSQL's. */
const dateParts: Readonly<Record<string, string>> = Object.fromEntries(
    [
        "year y yr yrs years",
        "quarter qtr qtrs quarters",
        "month mon mons months",
        "week w weeks",
        "day d days",
        "hour h hr hrs hours",
        "minute m min mins minutes",
        "second s sec secs seconds",
        "millisecond ms msec msecs msecond mseconds millisec milliseconds",
        "microsecond us usec usecs usecond useconds microsec microsecs microseconds",
    ].flatMap((line) => {
        const names = line.split(" ");
        return names.map((name) => [name, names[0]!]);
    }),
);

/** Words that stand for the statement's time, which is the simulated clock's. */
const clockWords: Readonly<Record<string, string>> = {
    sysdate: "getdate()",
    current_date: "(getdate()::date)",
    current_timestamp: "(getdate() at time zone 'UTC')",
    localtimestamp: "getdate()",
};

/** Functions that PostgreSQL has under another name. */
const renamed: Readonly<Record<string, string>> = { nvl: "coalesce", isnull: "coalesce", now: "getdate" };

/**
 * Redshift's SQL as PostgreSQL understands it, with the functions of `dialectFunctions.ts`. Literals, quoted names and comments stay as
 * they are.
 */
export function toPostgres(sql: string): string {
    const pieces = splitSql(sql);
    return pieces.map((piece, index) => (piece.kind === "word" ? rewriteWord(pieces, index) : piece.text)).join("");
}

function rewriteWord(pieces: readonly SqlPiece[], index: number): string {
    const { text } = pieces[index]!;
    const word = text.toLowerCase();
    if (neighbour(pieces, index, -1) === ".") {
        return text;
    }
    if (neighbour(pieces, index, 1) === "(") {
        return renamed[word] ?? text;
    }
    if (isDatePart(pieces, index)) {
        const part = dateParts[word];
        return part === undefined ? text : `'${part}'`;
    }
    return clockWords[word] ?? text;
}

/** True for the first argument of a function that takes a part of a date. */
function isDatePart(pieces: readonly SqlPiece[], index: number): boolean {
    const open = neighbourIndex(pieces, index, -1);
    const name = pieces[open]?.text === "(" ? neighbour(pieces, open, -1) : undefined;
    return name !== undefined && datePartFunctions.has(name.toLowerCase()) && neighbour(pieces, index, 1) === ",";
}

function neighbour(pieces: readonly SqlPiece[], index: number, step: 1 | -1): string | undefined {
    return pieces[neighbourIndex(pieces, index, step)]?.text;
}

/** Index of the next piece in a direction that is neither space nor comment. */
function neighbourIndex(pieces: readonly SqlPiece[], index: number, step: 1 | -1): number {
    let other = index + step;
    while (pieces[other]?.kind === "space" || pieces[other]?.kind === "comment") {
        other += step;
    }
    return other;
}

/** True when the outermost SELECT ends with a LIMIT, which UNLOAD refuses. */
export function hasOuterLimit(sql: string): boolean {
    let depth = 0;
    return splitSql(sql).some(({ kind, text }) => {
        depth += text === "(" ? 1 : text === ")" ? -1 : 0;
        return depth === 0 && kind === "word" && text.toLowerCase() === "limit";
    });
}
