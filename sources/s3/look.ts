import type { ExtractionSpec } from "../../pipeline/records";
import type { Column, ColumnKind, Inspection } from "../metricSource";
import { columnNames } from "../sql/inspection";
import type { Selection } from "./query";
import type { ObjectRow } from "./readObject";

const sampleRows = 5;

/** The columns that a query gives, as one row shows them: objects other than Parquet know no types. */
export function columnsOfRow(row: ObjectRow, { columns }: Selection): Column[] {
    const own = columns ?? new Map(Object.keys(row).map((name) => [name, name]));
    return [...own]
        .filter(([, column]) => Object.hasOwn(row, column))
        .map(([name, column]) => ({ name, ...kindOf(row[column] ?? null) }));
}

/** Looks at the rows of one window. */
export async function countRows(
    rows: AsyncIterable<readonly (string | null)[]>,
    spec: ExtractionSpec,
    described: readonly Column[],
): Promise<Inspection> {
    const names = columnNames(spec);
    const combinations = new Set<string>();
    const sample: (readonly (string | null)[])[] = [];
    const counted = [spec.timestamp.column, ...spec.measures.map(({ name }) => name)];
    const nulls: Record<string, number> = Object.fromEntries(counted.map((name) => [name, 0]));
    let count = 0;
    for await (const row of rows) {
        count++;
        combinations.add(JSON.stringify(row.slice(1, 1 + spec.dimensions.length)));
        names.forEach((name, index) => {
            if (row[index] === null && nulls[name] !== undefined) nulls[name]++;
        });
        if (sample.length < sampleRows) sample.push(row);
    }
    const columns = names.map((name) => described.find((column) => column.name === name) ?? unknown(name));
    return { columns, rows: count, combinations: combinations.size, nulls, sample };
}

const unknown = (name: string): Column => ({ name, type: "", kind: "other" });

function kindOf(value: string | null): { type: string; kind: ColumnKind } {
    const kind: ColumnKind =
        value === null
            ? "other"
            : value.trim() !== "" && !Number.isNaN(Number(value))
              ? "number"
              : /^(true|false)$/.test(value)
                ? "boolean"
                : "text";
    return { type: kind === "other" ? "empty" : kind, kind };
}
