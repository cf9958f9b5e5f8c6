import type { Column, ColumnKind } from "../metricSource";
import type { Answer } from "../sql/inspection";
import type { ApiColumn, ApiResponse } from "./api";
import { columnName } from "./names";

/** The API's type names by what they hold. */
const kinds: Readonly<Record<string, ColumnKind>> = {
    fixed: "number",
    real: "number",
    decfloat: "number",
    text: "text",
    boolean: "boolean",
    date: "date",
    timestamp_ntz: "timestamp",
    timestamp_ltz: "instant",
    timestamp_tz: "instant",
};

/** What a column of this type holds. */
export const kindOf = (type: string): ColumnKind => kinds[type.toLowerCase()] ?? "other";

/** A statement's rows, the first partition of them: enough for the few that are asked for. */
export function answerOf({ columns, rows }: ApiResponse): Answer {
    return { columns: columns.map(columnOf), rows };
}

/** Rows that COPY INTO wrote; undefined when the answer does not say. */
export function rowsUnloaded({ columns, rows: [first] }: ApiResponse): number | undefined {
    const at = columns.findIndex(({ name }) => name.toLowerCase() === "rows_unloaded");
    const text = first?.[at];
    return text === null || text === undefined ? undefined : Number(text);
}

function columnOf({ name, type }: ApiColumn): Column {
    return { name: columnName(name), type, kind: kindOf(type) };
}
