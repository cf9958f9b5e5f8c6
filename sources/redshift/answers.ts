import type { ColumnMetadata, Field, GetStatementResultResponse } from "@aws-sdk/client-redshift-data";
import type { ColumnKind } from "../metricSource";
import type { Answer } from "../sql/inspection";

/** Redshift's type names, as the Data API gives them, by what they hold. */
const kinds: readonly (readonly [RegExp, ColumnKind])[] = [
    [/^(timestamptz|timestamp with time zone)/, "instant"],
    [/^timestamp/, "timestamp"],
    [/^date$/, "date"],
    [/^(u?int\d*|integer|smallint|bigint|oid|numeric|decimal|float\d*|real|double( precision)?)/, "number"],
    [/^(bool|boolean)$/, "boolean"],
    [/^(text|b?pchar|varchar|char|character|nvarchar|nchar|name|unknown)/, "text"],
];

/** What a column of this type holds. */
export function kindOf(type: string): ColumnKind {
    return kinds.find(([pattern]) => pattern.test(type.toLowerCase()))?.[1] ?? "other";
}

/** One page of a statement's result as text. */
export function answerOf({ ColumnMetadata: columns, Records: records }: Partial<GetStatementResultResponse>): Answer {
    return { columns: (columns ?? []).map(columnOf), rows: (records ?? []).map((row) => row.map(textOf)) };
}

function columnOf({ name, label, typeName = "" }: ColumnMetadata) {
    return { name: label ?? name ?? "", type: typeName, kind: kindOf(typeName) };
}

function textOf({ isNull, stringValue, longValue, doubleValue, booleanValue }: Field): string | null {
    const value = stringValue ?? longValue ?? doubleValue ?? booleanValue;
    return isNull === true || value === undefined ? null : String(value);
}
