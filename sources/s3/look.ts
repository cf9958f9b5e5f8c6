import type { S3Client } from "@aws-sdk/client-s3";
import type { ExtractionSpec } from "../../pipeline/records";
import type { Column, ColumnKind, Inspection } from "../metricSource";
import { columnNames } from "../sql/inspection";
import type { TableConfig } from "./config";
import type { Selection } from "./query";
import { parquetColumnsOf } from "./readParquet";
import { type FoundObject, type ObjectRow, readBeginning } from "./readObject";
import type { PickedRow } from "./rows";

const sampleRows = 5;
/** Rows by which the kinds of columns are told where nothing names them. */
const telling = 100;

/** What the columns are looked at for. */
export interface Looking {
    readonly spec: ExtractionSpec;
    readonly selection: Selection;
    readonly signal?: AbortSignal;
}

/** The columns that a query gives, as one object shows them; none when it has neither a row nor a header. */
export async function columnsIn(
    s3: S3Client,
    object: FoundObject,
    table: TableConfig,
    { spec, selection, signal }: Looking,
): Promise<Column[]> {
    if (table.format === "PARQUET") {
        const found = await parquetColumnsOf(s3, object, signal);
        return selected(
            selection,
            found.map(({ name }) => name),
            (own, name) => ({ ...typeIn(found, own), name }),
        );
    }
    const { columns, rows } = await readBeginning(s3, object, table, { count: telling, ...(signal && { signal }) });
    return selected(selection, columns, (own, name) => ({ name, ...kindOf(rows, own, roleOf(spec, name)) }));
}

const typeIn = (columns: readonly Column[], own: string): Pick<Column, "type" | "kind"> => {
    const { type = "", kind = "other" } = columns.find(({ name }) => name === own) ?? {};
    return { type, kind };
};

function selected(
    { columns }: Selection,
    found: readonly string[],
    describe: (own: string, name: string) => Column,
): Column[] {
    const names = columns ?? new Map(found.map((name) => [name, name]));
    return [...names].filter(([, own]) => found.includes(own)).map(([name, own]) => describe(own, name));
}

type Role = "timestamp" | "measure" | "dimension";

function roleOf({ timestamp, measures }: ExtractionSpec, name: string): { role: Role; format: string } {
    const isMeasure = measures.some((measure) => measure.name === name);
    const role = name === timestamp.column ? "timestamp" : isMeasure ? "measure" : "dimension";
    return { role, format: timestamp.format };
}

/** What a column's values look like. One without any is taken for what it is used as: nothing speaks against it. */
function kindOf(
    rows: readonly ObjectRow[],
    own: string,
    { role, format }: { role: Role; format: string },
): { type: string; kind: ColumnKind } {
    const values = rows.map((row) => row[own] ?? "").filter((value) => value.trim() !== "");
    if (values.length === 0) return { type: "empty", kind: role === "measure" ? "number" : "text" };
    // Digits that are a date by the format are text to it.
    const mayBeNumber = role !== "timestamp" || format === "UNIX";
    const kind: ColumnKind =
        mayBeNumber && values.every((value) => !Number.isNaN(Number(value)))
            ? "number"
            : values.every((value) => /^(true|false)$/.test(value))
              ? "boolean"
              : "text";
    return { type: kind, kind };
}

/** Looks at the rows of one window. */
export async function countRows(
    batches: AsyncIterable<readonly PickedRow[]>,
    spec: ExtractionSpec,
    described: readonly Column[],
): Promise<Inspection> {
    const names = columnNames(spec);
    const combinations = new Set<string>();
    const sample: PickedRow[] = [];
    const counted = [spec.timestamp.column, ...spec.measures.map(({ name }) => name)];
    const nulls: Record<string, number> = Object.fromEntries(counted.map((name) => [name, 0]));
    let count = 0;
    const take = (row: PickedRow): void => {
        count++;
        combinations.add(JSON.stringify(row.slice(1, 1 + spec.dimensions.length)));
        names.forEach((name, index) => {
            if (row[index] === null && nulls[name] !== undefined) nulls[name]++;
        });
        if (sample.length < sampleRows) sample.push(row);
    };
    for await (const rows of batches) rows.forEach(take);
    const columns = names.map((name) => described.find((column) => column.name === name) ?? unknown(name));
    return { columns, rows: count, combinations: combinations.size, nulls, sample };
}

const unknown = (name: string): Column => ({ name, type: "", kind: "other" });
