import { noQuality, type QualityRecord } from "../store/quality";

/** What the rows of a metric set are combined into. */
export interface TableShape {
    readonly measures: readonly { readonly name: string; readonly aggregation: "SUM" | "AVG" }[];
    readonly dimensions: readonly string[];
}

/** A finding about one cell, for messages: object, row, column, value. */
export interface Finding {
    readonly object: string;
    /** Line of the file, its header being row 1. */
    readonly row: number;
    readonly column: string;
    readonly value: string;
    readonly expected: string;
}

/** Rows of a metric set, collected before they are combined into intervals. */
export interface RowTable {
    readonly shape: TableShape;
    /** Dimension values of each combination, in the order of their first row. */
    readonly combinations: string[][];
    readonly quality: QualityRecord;
    /** For each measure, whether a number was seen, and the first value that was none. */
    readonly numbersSeen: boolean[];
    readonly firstBad: (Finding | undefined)[];
    /** The first timestamp that could not be read. */
    badTimestamp: Finding | undefined;
    /** Adds a row: the position of its interval, its dimension values and its measures (NaN for none). */
    add(position: number, dimensions: readonly string[], measures: Float64Array): void;
    /** Rows added so far. */
    readonly size: number;
    /** First and last position; undefined when there are no rows. */
    readonly range: { readonly first: number; readonly last: number } | undefined;
    /**
     * Values by series, `values[series * length + i]`, series `c * measures + m`; NaN where a metric has no value. Combinations
     * are those given, by key; rows of others are left out.
     */
    values(combinations: readonly (readonly string[])[], first: number, length: number): Float64Array;
}

/** Dimension values as one text, which no other values give. */
export const combinationKey = (values: readonly string[]): string => JSON.stringify(values);

const mostExamples = 5;

/** Counts a finding, and keeps the first few for people to read. */
export function note(quality: QualityRecord, finding: Finding): void {
    if (quality.examples.length < mostExamples) quality.examples.push(describeFinding(finding));
}

export function describeFinding({ object, row, column, value, expected }: Finding): string {
    return `column "${column}", row ${row} of ${object}: "${value.slice(0, 40)}" is not ${expected}`;
}

export function createRowTable(shape: TableShape): RowTable {
    const width = shape.measures.length;
    const index = new Map<string, number>();
    const combinations: string[][] = [];
    let capacity = 1024;
    let size = 0;
    let last = -1;
    let positions = new Float64Array(capacity);
    let members = new Int32Array(capacity);
    let numbers = new Float64Array(capacity * width);
    let range: { first: number; last: number } | undefined;
    const memberOf = (dimensions: readonly string[]): number => {
        // Rows of one interval come in the order of the interval before, more often than not.
        const guess = (last + 1) % Math.max(1, combinations.length);
        last = isSame(combinations[guess], dimensions) ? guess : find(dimensions);
        return last;
    };
    const find = (dimensions: readonly string[]): number => {
        const key = combinationKey(dimensions);
        const known = index.get(key);
        if (known !== undefined) return known;
        index.set(key, combinations.length);
        return combinations.push([...dimensions]) - 1;
    };
    const grow = (): void => {
        capacity *= 2;
        positions = widened(positions, new Float64Array(capacity));
        members = widened(members, new Int32Array(capacity));
        numbers = widened(numbers, new Float64Array(capacity * width));
    };
    return {
        shape,
        combinations,
        quality: noQuality(),
        numbersSeen: shape.measures.map(() => false),
        firstBad: shape.measures.map(() => undefined),
        badTimestamp: undefined,
        get size() {
            return size;
        },
        get range() {
            return range;
        },
        add: (position, dimensions, measures) => {
            if (size === capacity) grow();
            const member = memberOf(dimensions);
            positions[size] = position;
            members[size] = member;
            numbers.set(measures, size * width);
            size++;
            if (range === undefined) range = { first: position, last: position };
            else if (position < range.first) range.first = position;
            else if (position > range.last) range.last = position;
        },
        values: (wanted, first, length) => {
            const places = placesOf(wanted, index, combinations.length);
            return combine(shape, { positions, members, numbers, size }, places, {
                count: wanted.length,
                first,
                length,
            });
        },
    };
}

function isSame(values: readonly string[] | undefined, others: readonly string[]): boolean {
    if (values === undefined) return false;
    for (let d = 0; d < values.length; d++) if (values[d] !== others[d]) return false;
    return true;
}

/** Place of each of the table's combinations among the wanted ones; -1 for none. */
function placesOf(wanted: readonly (readonly string[])[], index: Map<string, number>, count: number): Int32Array {
    const places = new Int32Array(count).fill(-1);
    wanted.forEach((values, place) => {
        const member = index.get(combinationKey(values));
        if (member !== undefined) places[member] = place;
    });
    return places;
}

interface Rows {
    readonly positions: Float64Array;
    readonly members: Int32Array;
    readonly numbers: Float64Array;
    readonly size: number;
}

/** Sums the rows of each cell in their order; averages where the measure says so. */
function combine(
    shape: TableShape,
    rows: Rows,
    places: Int32Array,
    span: { readonly count: number; readonly first: number; readonly length: number },
): Float64Array {
    const width = shape.measures.length;
    const values = new Float64Array(span.count * width * span.length).fill(NaN);
    const counts = shape.measures.some(({ aggregation }) => aggregation === "AVG")
        ? new Uint32Array(values.length)
        : undefined;
    for (let row = 0; row < rows.size; row++) {
        const at = rows.positions[row]! - span.first;
        const place = places[rows.members[row]!]!;
        if (place < 0 || at < 0 || at >= span.length) continue;
        for (let m = 0; m < width; m++) {
            const number = rows.numbers[row * width + m]!;
            if (Number.isNaN(number)) continue;
            const cell = (place * width + m) * span.length + at;
            values[cell] = Number.isNaN(values[cell]!) ? number : values[cell]! + number;
            if (counts !== undefined) counts[cell] = counts[cell]! + 1;
        }
    }
    if (counts === undefined) return values;
    for (let cell = 0; cell < values.length; cell++) {
        const isAverage = shape.measures[Math.floor(cell / span.length) % width]!.aggregation === "AVG";
        if (isAverage && counts[cell]! > 1) values[cell] = values[cell]! / counts[cell]!;
    }
    return values;
}

function widened<A extends { set(from: A): void }>(old: A, wide: A): A {
    wide.set(old);
    return wide;
}
