import type { Results } from "@electric-sql/pglite";

/** PostgreSQL's type ids, with Athena's names for what they hold. */
const types: Readonly<Record<number, string>> = {
    16: "boolean",
    20: "bigint",
    21: "smallint",
    23: "integer",
    700: "float",
    701: "double",
    1082: "date",
    1114: "timestamp",
    1184: "timestamp with time zone",
    1700: "decimal",
};

/** A query's rows, every value as text; null stands for NULL. */
export interface QueryResult {
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly rows: readonly (readonly (string | null)[])[];
}

export function toQueryResult({ fields, rows }: Results<Record<string, unknown>>): QueryResult {
    const columns = fields.map(({ name, dataTypeID }) => ({ name, type: types[dataTypeID] ?? "varchar" }));
    return { columns, rows: rows.map((row) => columns.map(({ name, type }) => textOf(row[name], type))) };
}

/**
 * The file that Athena writes a result to: a header, each value between quotes, a quote doubled, NULL as nothing
 * (https://pyathena.dev/master/null_handling.html).
 */
export function toCsv({ columns, rows }: QueryResult): string {
    const line = (values: readonly (string | null)[]): string =>
        values.map((value) => (value === null ? "" : `"${value.replaceAll('"', '""')}"`)).join(",");
    return [line(columns.map(({ name }) => name)), ...rows.map(line)].map((text) => `${text}\n`).join("");
}

/** The first page of GetQueryResults: the header is a row, and a NULL is a value that is absent. */
export function toResultSet({ columns, rows }: QueryResult, maxResults: number): object {
    const header = columns.map(({ name }) => name);
    return {
        ResultSet: {
            ResultSetMetadata: {
                ColumnInfo: columns.map(({ name, type }) => ({ Name: name, Label: name, Type: type })),
            },
            Rows: [header, ...rows]
                .slice(0, maxResults)
                .map((row) => ({ Data: row.map((value) => (value === null ? {} : { VarCharValue: value })) })),
        },
        UpdateCount: 0,
    };
}

function textOf(value: unknown, type: string): string | null {
    if (value === null || value === undefined) {
        return null;
    }
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return type === "boolean" ? String(text === "t" || text === "true") : text;
}
