import { QueryError } from "../../errors";

/** What a query of an s3 source says: the table, and which of the objects' columns are called what. */
export interface Selection {
    readonly table: string;
    /** Columns of the objects by the names that the detector knows; undefined for all by their own names. */
    readonly columns: ReadonlyMap<string, string> | undefined;
}

const name = `"(?:[^"]|"")+"|[A-Za-z_]\\w*`;
const statement = new RegExp(
    `^select\\s+(\\*|[\\s\\S]+?)\\s+from\\s+(${name})(?:\\s+where\\s+(${name})\\s*>=\\s*\\{\\{start\\}\\}\\s+and\\s+(${name})\\s*<\\s*\\{\\{end\\}\\})?$`,
    "i",
);
const column = new RegExp(`^(${name})(?:\\s+(?:as\\s+)?(${name}))?$`, "i");

/**
 * Reads the one kind of query that there is: `select created_at as timestamp, country, amount from orders`. No database runs it: rows are
 * picked and columns renamed, and each window is bounded in any case. Throws QueryError for anything beyond.
 */
export function readQuery(query: string): Selection {
    const text = query
        .replace(/--[^\n]*/g, " ")
        .replace(/\/\*[\s\S]*?\*\//g, " ")
        .trim();
    const [, list, table] = statement.exec(text) ?? [];
    if (list === undefined || table === undefined) throw beyond();
    if (list === "*") return { table: unquoted(table), columns: undefined };
    const columns = list.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((part): [string, string] => {
        const [, own, as = own] = column.exec(part.trim()) ?? [];
        if (own === undefined || as === undefined) throw beyond(part.trim());
        return [unquoted(as), unquoted(own)];
    });
    return { table: unquoted(table), columns: new Map(columns) };
}

const unquoted = (text: string): string => (text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text);

const beyond = (part?: string): QueryError =>
    new QueryError(
        `A source of the type s3 runs no SQL: its query names columns and a table, such as "select created_at as timestamp, country, amount ` +
            `from orders"${part === undefined ? "" : `; ${JSON.stringify(part)} is more than a column`}. For joins, filters and expressions use a ` +
            "source of the type athena or duckdb.",
    );
