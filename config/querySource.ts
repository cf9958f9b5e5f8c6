import type { Problem } from "../errors";
import { findQueryProblem } from "../pipeline/query";
import { type KeyPath, problem, show } from "./problems";

/** Gives the content of a file by its path from the project's folder; throws when it cannot be read. */
export type ReadQuery = (path: string) => string;

/** Largest query in bytes: Redshift takes statements of 100,000, of which the UNLOAD around the query needs some. */
const queryLimitBytes = 96_000;

/**
 * The SQL that a `query` key means: the content of a `.sql` file, or the value itself. A value that is no text is left to the
 * schema to report.
 */
export function readSql(
    path: KeyPath,
    value: unknown,
    readQuery: ReadQuery,
): { readonly value?: string; readonly problems: readonly Problem[] } {
    if (typeof value !== "string") {
        return { problems: [] };
    }
    if (!isPath(value)) {
        return checked(path, value, "correct the query");
    }
    let content: string;
    try {
        content = readQuery(value.trim());
    } catch (error) {
        const reason =
            (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : (error as Error).message;
        const finding = `${show(value)} cannot be read (${reason}); expected the path of a .sql file from the project's folder, or SQL`;
        return { problems: [problem(path, finding, "correct the path, or add the file")] };
    }
    return checked(path, content.replace(/^\uFEFF/, ""), `correct ${value.trim()}`);
}

/** One line that ends in .sql and does not begin as a statement does (a table may well be named `sql`). */
function isPath(value: string): boolean {
    return /^[^\r\n]+\.sql$/i.test(value.trim()) && !/^\s*(select|with|\()\b/i.test(value);
}

function checked(path: KeyPath, sql: string, fix: string): { value?: string; problems: Problem[] } {
    const finding = findQueryProblem(sql) ?? findSizeProblem(sql);
    return finding === undefined ? { value: sql, problems: [] } : { problems: [problem(path, finding, fix)] };
}

function findSizeProblem(sql: string): string | undefined {
    // Within UNLOAD ('…') quotes and backslashes are doubled.
    const bytes = Buffer.byteLength(sql.replace(/['\\]/g, "$&$&"));
    return bytes <= queryLimitBytes
        ? undefined
        : `the query has ${bytes} bytes with its quotes doubled; expected at most ${queryLimitBytes}`;
}
