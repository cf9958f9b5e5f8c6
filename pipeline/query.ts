import { createHash } from "node:crypto";
import { QueryError } from "../errors";
import type { ExtractionSpec } from "./records";
import { type SqlToken, sqlTokens } from "./sqlTokens";
import type { Window } from "./windows";

/** How one database writes the two things that the pipeline puts into SQL. */
export interface Dialect {
    /** A timestamp literal with its type, such as `TIMESTAMP '2026-01-01 00:00:00'`; `instant` in milliseconds since 1970. */
    literal(instant: number): string;
    /** A name, quoted so that any character in it is harmless. */
    identifier(name: string): string;
}

/** A query for one window. */
export interface RenderedQuery {
    readonly sql: string;
    /** True when the query bounds itself by `{{start}}` and `{{end}}`; else whoever runs it has to. */
    readonly bounded: boolean;
}

/**
 * Writes the window's bounds in place of `{{start}}` and `{{end}}`, wherever they stand in the query's code (in comments they
 * stay as they are). Throws QueryError when the query has one without the other, or a placeholder where none can be replaced.
 */
export function renderWindowed(query: string, window: Window, dialect: Dialect): RenderedQuery {
    const tokens = sqlTokens(query, "plain");
    const problem = findPlaceholderProblem(query, tokens);
    if (problem !== undefined) {
        throw new QueryError(`The query cannot be bounded to a window: ${problem}.`);
    }
    const bounds = new Map([
        [startMark, dialect.literal(window.start)],
        [endMark, dialect.literal(window.end)],
    ]);
    const sql = tokens
        .map(({ kind, text }) => (kind === "placeholder" ? bounds.get(text) : undefined) ?? text)
        .join("");
    return { sql, bounded: tokens.some(({ kind }) => kind === "placeholder") };
}

/** Whether a query bounds itself by `{{start}}` and `{{end}}`; else whoever runs it does so from outside. */
export const isBounded = (query: string): boolean =>
    sqlTokens(query, "plain").some(({ kind }) => kind === "placeholder");

/**
 * What makes a query unfit to be extracted, as a clause that continues "the query …" or names the place; undefined when nothing
 * does. Looks at the text alone: whether its tables and columns exist only the database can say.
 */
export function findQueryProblem(query: string): string | undefined {
    const tokens = sqlTokens(query, "plain");
    return (
        findBackslashProblem(query, tokens) ??
        findUnterminated(query, tokens) ??
        findStatementProblem(query, tokens) ??
        findNestingProblem(query, tokens) ??
        findLimitProblem(query, tokens) ??
        findPlaceholderProblem(query, tokens)
    );
}

/**
 * Name of the generation that a spec gives: 10 hexadecimal digits that change with anything that changes rows or columns (and not
 * with line endings or blanks around the query). Rows of two generations never mix.
 */
export function generationOf(spec: ExtractionSpec): string {
    const { source, query, interval, timeZone, sourceTimeZone, timestamp, dimensions, measures, history, chunk } = spec;
    const parts = [
        [source, query.replace(/\r\n?/g, "\n").trim(), interval, timeZone, sourceTimeZone],
        [timestamp.column, timestamp.format, dimensions, measures.map(({ name, aggregation }) => [name, aggregation])],
        ["from" in history ? ["from", history.from] : ["last", history.last], chunk],
    ];
    return hash(JSON.stringify(parts), 10);
}

/** Short name of a rendered query: the first 16 hexadecimal digits of its SHA-256. */
export function queryHash(sql: string): string {
    return hash(sql, 16);
}

const startMark = "{{start}}";
const endMark = "{{end}}";

function hash(text: string, digits: number): string {
    return createHash("sha256").update(text, "utf8").digest("hex").slice(0, digits);
}

const lineOf = (query: string, at: number): number => query.slice(0, at).split(/\r\n?|\n/).length;

function findBackslashProblem(query: string, tokens: readonly SqlToken[]): string | undefined {
    const other = sqlTokens(query, "escape");
    const differing = tokens.find((token, index) => token.text !== other[index]?.text);
    if (differing === undefined) {
        return undefined;
    }
    const line = lineOf(query, differing.at);
    return `the literal on line ${line} has a backslash before a quote, which databases read differently; write '' for a quote`;
}

function findUnterminated(query: string, tokens: readonly SqlToken[]): string | undefined {
    const open = tokens.find((token) => token.unterminated);
    return open && `the ${open.kind} that begins on line ${lineOf(query, open.at)} never ends`;
}

function findStatementProblem(query: string, tokens: readonly SqlToken[]): string | undefined {
    const code = tokens.filter(({ kind }) => kind !== "space" && kind !== "comment");
    const semicolon = code.find(({ text }) => text === ";");
    if (semicolon !== undefined) {
        return `the query has a ";" on line ${lineOf(query, semicolon.at)}; it must be one statement, without a ";" at its end`;
    }
    const first = code.find(({ text }) => text !== "(");
    if (first === undefined) {
        return "the query is empty";
    }
    if (first.kind !== "word" || !/^(select|with)$/i.test(first.text)) {
        return `the query begins with "${first.text.slice(0, 20)}"; it must be a SELECT, or WITH … SELECT`;
    }
    return undefined;
}

function findNestingProblem(query: string, tokens: readonly SqlToken[]): string | undefined {
    const opened: SqlToken[] = [];
    for (const token of tokens.filter(({ kind }) => kind === "symbol")) {
        if (token.text === "(") {
            opened.push(token);
        } else if (token.text === ")" && opened.pop() === undefined) {
            return `the ")" on line ${lineOf(query, token.at)} closes nothing`;
        }
    }
    const open = opened.pop();
    return open && `the "(" on line ${lineOf(query, open.at)} is never closed`;
}

/** The outermost query must give all rows of its window; some databases (Redshift's UNLOAD) refuse such a clause anyway. */
function findLimitProblem(query: string, tokens: readonly SqlToken[]): string | undefined {
    const code = tokens.filter(({ kind }) => kind !== "space" && kind !== "comment");
    let depth = 0;
    for (const [index, token] of code.entries()) {
        depth += token.text === "(" ? 1 : token.text === ")" ? -1 : 0;
        const next = code[index + 1]?.text ?? "";
        const cuts =
            /^limit$/i.test(token.text) ||
            (/^fetch$/i.test(token.text) && /^(first|next)$/i.test(next)) ||
            (/^top$/i.test(token.text) && /^\d+$/.test(next));
        if (depth === 0 && cuts && token.kind === "word" && code[index - 1]?.text !== ".") {
            return `the outermost query has ${token.text.toUpperCase()} on line ${lineOf(query, token.at)} and would leave out rows`;
        }
    }
    return undefined;
}

function findPlaceholderProblem(query: string, tokens: readonly SqlToken[]): string | undefined {
    for (const { kind, text, at } of tokens) {
        if (kind === "placeholder" && text !== startMark && text !== endMark) {
            return `"${text}" on line ${lineOf(query, at)} is no placeholder; known are ${startMark} and ${endMark}`;
        }
        if ((kind === "literal" || kind === "identifier") && (text.includes(startMark) || text.includes(endMark))) {
            return `a placeholder stands between quotes on line ${lineOf(query, at)}; write it bare, it becomes a typed literal`;
        }
    }
    const has = (mark: string): boolean => tokens.some(({ kind, text }) => kind === "placeholder" && text === mark);
    if (has(startMark) === has(endMark)) {
        return undefined;
    }
    const [present, missing] = has(startMark) ? [startMark, endMark] : [endMark, startMark];
    return `the query has ${present} and no ${missing}; use both, or neither to have it bounded from outside`;
}
