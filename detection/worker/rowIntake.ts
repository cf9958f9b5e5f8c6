import { UnreadableObjectError } from "./dataErrors";
import { fieldNumber, fieldText, isBlank, isField, ownText, type Fields } from "./fields";
import { columnsFound } from "./headerText";
import { describeFinding, note, type Finding, type RowTable } from "./rowTable";
import type { TimestampReader } from "./timestampFormat";

/** What is read out of each row, and which rows. */
export interface RowPlan {
    readonly timestamp: { readonly column: string; readonly format: string; readonly read: TimestampReader };
    readonly positionOf: (instant: number) => number;
    /** Rows outside these positions are passed over; both inclusive. */
    readonly positions?: { readonly first: number; readonly last: number };
    readonly filters: readonly { readonly dimension: string; readonly values: readonly string[] }[];
}

/** Places of the columns that a plan needs, among a row's fields. */
export interface Columns {
    readonly timestamp: number;
    readonly dimensions: readonly number[];
    readonly measures: readonly number[];
    readonly filters: readonly { readonly column: number; readonly values: readonly string[] }[];
}

/** Names of the columns that a plan needs, each once. */
export function columnNames(plan: RowPlan, table: RowTable): string[] {
    const { dimensions, measures } = table.shape;
    const filters = plan.filters.map(({ dimension }) => dimension);
    return [...new Set([plan.timestamp.column, ...dimensions, ...measures.map(({ name }) => name), ...filters])];
}

/** Where the columns are. Throws UnreadableObjectError naming the first one that is not there, and those that are. */
export function findColumns(header: readonly string[], plan: RowPlan, table: RowTable, object: string): Columns {
    const find = (name: string): number => {
        const at = header.indexOf(name);
        if (at >= 0) return at;
        throw new UnreadableObjectError(
            `${object} has no column "${name}"; its columns are ${columnsFound(header)}. Correct the metric set or the data`,
        );
    };
    return {
        timestamp: find(plan.timestamp.column),
        dimensions: table.shape.dimensions.map(find),
        measures: table.shape.measures.map(({ name }) => find(name)),
        filters: plan.filters.map(({ dimension, values }) => ({ column: find(dimension), values })),
    };
}

/** Takes an object's rows into a table. */
export interface RowIntake {
    /** A row with its line in the file, 1 for the first. */
    take(fields: Fields, line: number, columns: Columns): void;
    /** A line that cannot be read as a row at all. */
    refuse(text: string, line: number, expected: string): void;
}

/** Bad rows are counted and named, never fatal. */
export function openIntake(plan: RowPlan, table: RowTable, object: string): RowIntake {
    const { first, last } = plan.positions ?? { first: -Infinity, last: Infinity };
    const { quality, shape } = table;
    const usable = usableCounters(plan, table);
    const numbers = new Float64Array(shape.measures.length);
    const positionOf = positionReader(plan);
    const lose = (finding: Finding): void => {
        quality.badRows++;
        const text = describeFinding(finding);
        table.firstLost ??= text;
        note(quality, text);
    };
    let seen = 0;
    let bad: Finding | undefined;
    /** Reads the measures: how many are numbers, and the first value that is none. An empty one is a gap and no finding. */
    const readNumbers = (fields: Fields, row: number, columns: Columns): void => {
        [seen, bad] = [0, undefined];
        for (let m = 0; m < numbers.length; m++) {
            const at = columns.measures[m]!;
            const value = (numbers[m] = fieldNumber(fields, at));
            if (!Number.isNaN(value)) {
                seen++;
                table.numbersSeen[m] = true;
                usable.measures[m]!.usable++;
            } else if (!isBlank(fields, at)) {
                const { name } = shape.measures[m]!;
                const finding = { object, row, column: name, value: fieldText(fields, at), expected: "a number" };
                table.firstBad[m] ??= finding;
                bad ??= finding;
            }
        }
    };
    /** Counts the dimensions' values; gives how many are empty. */
    const countDimensions = (fields: Fields, columns: Columns): number => {
        let empty = 0;
        for (let d = 0; d < columns.dimensions.length; d++) {
            if (isField(fields, columns.dimensions[d]!, "")) empty++;
            else usable.dimensions[d]!.usable++;
        }
        return empty;
    };
    return {
        take: (fields, row, columns) => {
            for (const { column, values } of columns.filters)
                if (!values.some((value) => isField(fields, column, value))) return;
            const position = positionOf(fields, columns.timestamp);
            if (position > last && first === -Infinity) {
                quality.futureRows++;
                return;
            }
            if (position < first || position > last) {
                quality.strayRows++;
                return;
            }
            quality.rows++;
            // Each column is counted for itself, also in rows that are lost for the fault of another.
            const empty = countDimensions(fields, columns);
            readNumbers(fields, row, columns);
            if (Number.isNaN(position)) {
                const { column, format } = plan.timestamp;
                const value = fieldText(fields, columns.timestamp);
                return lose({ object, row, column, value, expected: `a timestamp written ${format}` });
            }
            usable.timestamp.usable++;
            if (seen === 0) return lose(bad ?? noNumber(object, row, shape));
            if (bad !== undefined) note(quality, describeFinding(bad), "partialExamples");
            if (bad !== undefined || empty > 0) quality.partialRows++;
            table.add(position, table.memberOf(fields, columns.dimensions), numbers);
        },
        refuse: (value, row, expected) => {
            quality.rows++;
            lose({ object, row, column: "(all)", value, expected });
        },
    };
}

/** A row whose measures are all empty. */
function noNumber(object: string, row: number, { measures }: RowTable["shape"]): Finding {
    const column = measures.map(({ name }) => name).join(", ");
    return { object, row, column, value: "", expected: "a number" };
}

/** Counters of usable values, as they stand in the table's quality: the timestamp's, the dimensions' and the measures'. */
function usableCounters(plan: RowPlan, { quality, shape }: RowTable) {
    const counter = (column: string): { column: string; usable: number } => {
        const known = quality.columns.find((candidate) => candidate.column === column);
        if (known !== undefined) return known;
        const created = { column, usable: 0 };
        quality.columns.push(created);
        return created;
    };
    return {
        timestamp: counter(plan.timestamp.column),
        dimensions: shape.dimensions.map(counter),
        measures: shape.measures.map(({ name }) => counter(name)),
    };
}

/** Most timestamps whose position is remembered. */
const mostKnown = 65_536;

/** Position of the interval that a row's timestamp lies in; NaN for one that cannot be read. A file holds many rows of few timestamps. */
function positionReader({ timestamp, positionOf }: RowPlan): (fields: Fields, at: number) => number {
    const known = new Map<string, number>();
    let [lastText, lastPosition] = ["", NaN];
    return (fields, at) => {
        if (isField(fields, at, lastText) && lastText !== "") return lastPosition;
        const text = fieldText(fields, at);
        let position = known.get(text);
        if (position === undefined) {
            const instant = timestamp.read(text);
            position = Number.isNaN(instant) ? NaN : positionOf(instant);
            if (known.size >= mostKnown) known.clear();
            known.set(ownText(text), position);
        }
        [lastText, lastPosition] = [text, position];
        return position;
    };
}
