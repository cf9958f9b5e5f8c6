import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { parse, type Options } from "csv-parse";
import { DataError } from "../../errors";
import { note, type Finding, type RowTable } from "./rowTable";
import type { TimestampReader } from "./timestampFormat";

/** How an object's CSV is written. */
export interface CsvFormat {
    readonly delimiter: string;
    /** Empty for none. */
    readonly quote: string;
    /** Column names where the file has no header line. */
    readonly header?: readonly string[];
    readonly isGzip: boolean;
    readonly charset: string;
}

/** What is read out of each row, and which rows. */
export interface RowPlan {
    readonly timestamp: { readonly column: string; readonly format: string; readonly read: TimestampReader };
    readonly positionOf: (instant: number) => number;
    /** Rows outside these positions are passed over in silence; both inclusive. */
    readonly positions?: { readonly first: number; readonly last: number };
    readonly filters: readonly { readonly dimension: string; readonly values: readonly string[] }[];
}

/** Names and places of the columns that a plan needs. */
interface Columns {
    readonly timestamp: number;
    readonly dimensions: readonly number[];
    readonly measures: readonly number[];
    readonly filters: readonly { readonly column: number; readonly values: ReadonlySet<string> }[];
}

/**
 * Puts an object's rows into a table. Bad rows are counted and named, never fatal; only a missing column is, for then no row of the
 * object can be read: DataError names it and the columns found.
 */
export async function readCsv(
    source: { readonly object: string; readonly bytes: AsyncIterable<Uint8Array>; readonly format: CsvFormat },
    plan: RowPlan,
    table: RowTable,
): Promise<void> {
    const { object, format } = source;
    const raw = Readable.from(source.bytes);
    const bytes = format.isGzip ? pipeline(raw, createGunzip(), failLater) : raw;
    const skipped = { count: 0 };
    const text = Readable.from(textOf(bytes, format.charset));
    const rows = pipeline(text, parse(csvOptions(format, skipped)), failLater);
    let columns = format.header === undefined ? undefined : columnsOf(format.header, plan, table, object);
    const reader = rowReader(plan, table, object);
    let row = 0;
    for await (const record of rows as AsyncIterable<string[]>) {
        row++;
        if (columns === undefined) columns = columnsOf(record, plan, table, object);
        else reader(record, row, columns);
    }
    table.quality.rows += skipped.count;
    table.quality.badRows += skipped.count;
}

/** A failed stream passes its error on to the next one; whoever reads the last one gets it. */
const failLater = (): void => undefined;

async function* textOf(bytes: AsyncIterable<Uint8Array>, charset: string): AsyncGenerator<string> {
    const decoder = new TextDecoder(charset);
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
}

function csvOptions(format: CsvFormat, skipped: { count: number }): Options {
    return {
        delimiter: format.delimiter,
        quote: format.quote === "" ? null : format.quote,
        bom: true,
        relax_column_count: true,
        skip_empty_lines: true,
        skip_records_with_error: true,
        on_skip: () => {
            skipped.count++;
        },
    };
}

function columnsOf(header: readonly string[], plan: RowPlan, table: RowTable, object: string): Columns {
    const find = (name: string): number => {
        const at = header.indexOf(name);
        if (at < 0)
            throw new DataError(
                `${object} has no column "${name}"; its columns are ${header.join(", ").slice(0, 120)}. ` +
                    "Correct the metric set or the data",
            );
        return at;
    };
    return {
        timestamp: find(plan.timestamp.column),
        dimensions: table.shape.dimensions.map(find),
        measures: table.shape.measures.map(({ name }) => find(name)),
        filters: plan.filters.map(({ dimension, values }) => ({ column: find(dimension), values: new Set(values) })),
    };
}

type RowReader = (record: readonly string[], row: number, columns: Columns) => void;

function rowReader(plan: RowPlan, table: RowTable, object: string): RowReader {
    const { first, last } = plan.positions ?? { first: -Infinity, last: Infinity };
    const measures = new Float64Array(table.shape.measures.length);
    const dimensions: string[] = table.shape.dimensions.map(() => "");
    return (record, row, columns) => {
        if (columns.filters.some(({ column, values }) => !values.has(record[column] ?? ""))) return;
        const instant = plan.timestamp.read(record[columns.timestamp] ?? "");
        if (Number.isNaN(instant)) {
            const value = record[columns.timestamp] ?? "";
            const expected = `a timestamp written ${plan.timestamp.format}`;
            refuse(table, { object, row, column: plan.timestamp.column, value, expected });
            return;
        }
        const position = plan.positionOf(instant);
        if (position < first || position > last) return;
        for (let d = 0; d < dimensions.length; d++) dimensions[d] = record[columns.dimensions[d]!] ?? "";
        const usable = readMeasures(record, columns, table, measures, { object, row });
        if (usable) table.add(position, dimensions, measures);
    };
}

function refuse(table: RowTable, finding: Finding): void {
    table.quality.rows++;
    table.quality.badRows++;
    table.badTimestamp ??= finding;
    note(table.quality, finding);
}

/** Reads the measures of a row and counts it. An empty field is a gap; text that is no number is a gap and a finding. False: no use. */
function readMeasures(
    record: readonly string[],
    columns: Columns,
    table: RowTable,
    into: Float64Array,
    place: { readonly object: string; readonly row: number },
): boolean {
    let bad = 0;
    for (let m = 0; m < into.length; m++) {
        const text = record[columns.measures[m]!] ?? "";
        const value = numberOf(text);
        into[m] = value;
        if (!Number.isNaN(value)) table.numbersSeen[m] = true;
        else if (text.trim() !== "") {
            bad++;
            const column = table.shape.measures[m]!.name;
            const finding = { ...place, column, value: text, expected: "a number" };
            table.firstBad[m] ??= finding;
            note(table.quality, finding);
        }
    }
    table.quality.rows++;
    if (bad === into.length) table.quality.badRows++;
    else if (bad > 0) table.quality.partialRows++;
    return bad < into.length;
}

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** A decimal number; NaN for anything else, such as a hexadecimal one, "NaN" or "Infinity". */
function numberOf(text: string): number {
    const trimmed = text.trim();
    return decimal.test(trimmed) ? Number(trimmed) : NaN;
}
