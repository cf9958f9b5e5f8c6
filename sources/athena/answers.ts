import type { ColumnInfo, GetQueryResultsOutput } from "@aws-sdk/client-athena";
import type { Column, ColumnKind } from "../metricSource";
import type { Answer } from "../sql/inspection";

/** Athena's type names by what they hold. */
const kinds: readonly (readonly [RegExp, ColumnKind])[] = [
    [/^timestamp.* with time zone$/, "instant"],
    [/^timestamp/, "timestamp"],
    [/^date$/, "date"],
    [/^(tinyint|smallint|integer|int|bigint|decimal|double|float|real)/, "number"],
    [/^boolean$/, "boolean"],
    [/^(varchar|char|string)/, "text"],
];

/** What a column of this type holds. */
export function kindOf(type: string): ColumnKind {
    return kinds.find(([pattern]) => pattern.test(type.toLowerCase()))?.[1] ?? "other";
}

/**
 * The first page of a result, up to 999 rows: enough for the few that are asked for. Its first row is the header. A value that is
 * NULL is absent, an empty string is one.
 */
export function answerOf({ ResultSet }: Pick<GetQueryResultsOutput, "ResultSet">): Answer {
    const columns = (ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(columnOf);
    const rows = (ResultSet?.Rows ?? [])
        .slice(1)
        .map(({ Data }) => (Data ?? []).map((cell) => cell.VarCharValue ?? null));
    return { columns, rows };
}

function columnOf({ Name = "", Type = "" }: Partial<ColumnInfo>): Column {
    return { name: Name, type: Type, kind: kindOf(Type) };
}
