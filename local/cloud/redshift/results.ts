import type { ParserOptions, Results } from "@electric-sql/pglite";

/** Rows that a page of GetStatementResult holds. */
const pageRows = 1000;

interface ColumnType {
    readonly name: string;
    /** Member of the Data API's Field in which values of this type come; text when it is not said. */
    readonly field?: "longValue" | "doubleValue" | "booleanValue";
}

/** PostgreSQL's type ids that Redshift has too, with Redshift's names for them. */
const columnTypes: Readonly<Record<number, ColumnType>> = {
    16: { name: "bool", field: "booleanValue" },
    20: { name: "int8", field: "longValue" },
    21: { name: "int2", field: "longValue" },
    23: { name: "int4", field: "longValue" },
    700: { name: "float4", field: "doubleValue" },
    701: { name: "float8", field: "doubleValue" },
    1042: { name: "bpchar" },
    1082: { name: "date" },
    1083: { name: "time" },
    1114: { name: "timestamp" },
    1184: { name: "timestamptz" },
    1700: { name: "numeric" },
};

/** A statement's rows in the Data API's form. */
export interface StatementResult {
    readonly ColumnMetadata: readonly object[];
    readonly Records: readonly (readonly object[])[];
}

/** Reads every value as the text that the database gives, so that nothing is lost in JavaScript's numbers and dates. */
export const textParsers: ParserOptions = Object.fromEntries(
    [...Object.keys(columnTypes), "114", "3802"].map((type) => [type, (value: string) => value]),
);

export function toStatementResult({ fields, rows }: Results<Record<string, unknown>>): StatementResult {
    const types = fields.map(({ dataTypeID }) => columnTypes[dataTypeID] ?? { name: "varchar" });
    return {
        ColumnMetadata: fields.map(({ name }, index) => ({
            name,
            label: name,
            typeName: types[index]!.name,
            nullable: 1,
        })),
        Records: rows.map((row) => fields.map(({ name }, index) => toField(row[name], types[index]!))),
    };
}

/** One page of a result. The token is the number of the first row. */
export function resultPage({ ColumnMetadata, Records }: StatementResult, token: string | undefined): object {
    const first = Number(token ?? 0);
    const next = first + pageRows;
    return {
        ColumnMetadata,
        Records: Records.slice(first, next),
        TotalNumRows: Records.length,
        ...(next < Records.length ? { NextToken: String(next) } : {}),
    };
}

function toField(value: unknown, { field }: ColumnType): object {
    if (value === null || value === undefined) {
        return { isNull: true };
    }
    switch (field) {
        case "booleanValue":
            return { booleanValue: value === true || value === "t" || value === "true" };
        case undefined:
            return { stringValue: typeof value === "string" ? value : JSON.stringify(value) };
        default:
            return { [field]: Number(value) };
    }
}
