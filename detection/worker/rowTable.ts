import { noQuality, type QualityRecord } from "../store/quality";
import { fieldText, isField, ownText, type Fields } from "./fields";
import { createGrid, type GridBlock } from "./grid";
import { printable } from "./headerText";

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

/** Rows of a metric set, combined into intervals as they come. */
export interface RowTable {
    readonly shape: TableShape;
    /** Dimension values of each combination, in the order of their first row. */
    readonly combinations: string[][];
    readonly quality: QualityRecord;
    /** For each measure, whether a number was seen, and the first value that was none. */
    readonly numbersSeen: boolean[];
    readonly firstBad: (Finding | undefined)[];
    /** The first finding that cost a whole row, or a whole object. */
    firstLost: string | undefined;
    /** Index of the combination that these fields of a row have; a new one where there was none. */
    memberOf(fields: Fields, dimensions: readonly number[]): number;
    /** Adds a row: the position of its interval, its combination and its measures (NaN for none). */
    add(position: number, member: number, measures: Float64Array): void;
    /** Rows added so far. */
    readonly size: number;
    /** First and last position; undefined when there are no rows. */
    readonly range: { readonly first: number; readonly last: number } | undefined;
    /** Combinations that have a number in some interval from one position up to another, both inclusive. */
    combinationsIn(first: number, last: number): string[][];
    /** Values for which there is room, how many there may be, and the relief for when there are more; nothing unless set. */
    readonly cells: number;
    mostCells: number;
    relief: (() => Promise<void>) | undefined;
    /** Takes all values out, block by block, so that the table is as good as new but for its counts and its range. */
    drain(): GridBlock[];
    /** Adds what was taken out of another table, by the index of its combinations in this one. */
    merge(block: GridBlock, member: number): void;
    /** Index of a combination; a new one where there was none. */
    memberOfValues(values: readonly string[]): number;
    /**
     * Values by series, `values[series * length + i]`, series `c * measures + m`; NaN where a metric has no value. Combinations
     * are those given, by key; rows of others are left out.
     */
    values(combinations: readonly (readonly string[])[], first: number, length: number): Float64Array;
}

/** Dimension values as one text, which no other values give. */
export const combinationKey = (values: readonly string[]): string => JSON.stringify(values);

const mostExamples = 5;

/** Keeps the first few findings for people to read. */
export function note(quality: QualityRecord, finding: string, kind: "examples" | "partialExamples" = "examples"): void {
    if (quality[kind].length < mostExamples) quality[kind].push(finding);
}

export function describeFinding({ object, row, column, value, expected }: Finding): string {
    return `column "${column}", row ${row} of ${object}: "${printable(value.slice(0, 40))}" is not ${expected}`;
}

/** Intervals that share a block of memory in a table of a longer time. */
const blockLength = 128;

/** Values that a table holds before it is relieved of them, where there is a relief: 128 MB, and half as much again for averages. */
export const mostCells = 16_777_216;

/** A table for rows of any time, or of so many intervals at most. */
export function createRowTable(shape: TableShape, intervals = Infinity): RowTable {
    const { memberOf, memberOfValues, combinations } = createMembers();
    const grid = createGrid(
        shape.measures.map(({ aggregation }) => aggregation),
        Math.min(blockLength, intervals),
    );
    let size = 0;
    let range: { first: number; last: number } | undefined;
    return {
        shape,
        combinations,
        quality: noQuality(),
        numbersSeen: shape.measures.map(() => false),
        firstBad: shape.measures.map(() => undefined),
        firstLost: undefined,
        mostCells,
        relief: undefined,
        memberOf,
        memberOfValues,
        get size() {
            return size;
        },
        get range() {
            return range;
        },
        get cells() {
            return grid.cells;
        },
        add: (position, member, measures) => {
            size++;
            grid.add(position, member, measures);
            if (range === undefined) range = { first: position, last: position };
            else if (position < range.first) range.first = position;
            else if (position > range.last) range.last = position;
        },
        combinationsIn: (first, last) => combinations.filter((_, member) => grid.has(member, first, last)),
        drain: () => grid.drain(),
        merge: (block, member) => grid.merge(block, member),
        values: (wanted, first, length) => {
            const members = membersOf(combinations, wanted);
            const perCombination = shape.measures.length * length;
            const into = new Float64Array(wanted.length * perCombination).fill(NaN);
            for (let place = 0; place < wanted.length; place++)
                if (members[place]! >= 0)
                    grid.read(members[place]!, { first, length, into, at: place * perCombination });
            return into;
        },
    };
}

/** Index of each of the wanted combinations among a table's own; -1 for none. */
function membersOf(own: readonly string[][], wanted: readonly (readonly string[])[]): Int32Array {
    const places = new Map(wanted.map((values, place) => [combinationKey(values), place]));
    const members = new Int32Array(wanted.length).fill(-1);
    own.forEach((values, member) => {
        const place = places.get(combinationKey(values));
        if (place !== undefined) members[place] = member;
    });
    return members;
}

/** Called now and then while rows are read. */
export async function relieve(table: RowTable): Promise<void> {
    if (table.relief !== undefined && table.cells > table.mostCells) await table.relief();
}

/** By the value of the first dimension, then of the next one, down to the combination's index. */
type Branch = Map<string, Branch | number>;

function createMembers() {
    const combinations: string[][] = [];
    const root: Branch = new Map();
    let last = -1;
    const isMember = (member: number, fields: Fields, dimensions: readonly number[]): boolean => {
        const values = combinations[member];
        if (values === undefined) return false;
        for (let d = 0; d < dimensions.length; d++) if (!isField(fields, dimensions[d]!, values[d]!)) return false;
        return true;
    };
    const find = (values: readonly string[]): number => {
        let branch = root;
        for (const value of values.slice(0, -1)) {
            let next = branch.get(value) as Branch | undefined;
            if (next === undefined) branch.set(ownText(value), (next = new Map()));
            branch = next;
        }
        const value = values.at(-1) ?? "";
        const known = branch.get(value) as number | undefined;
        if (known !== undefined) return known;
        branch.set(ownText(value), combinations.length);
        return combinations.push(values.map(ownText)) - 1;
    };
    return {
        combinations,
        memberOf: (fields: Fields, dimensions: readonly number[]): number => {
            // Rows come in the order of the interval before, or by combination, more often than not.
            const next = last + 1 === combinations.length ? 0 : last + 1;
            if (isMember(next, fields, dimensions)) last = next;
            else if (!isMember(last, fields, dimensions)) last = find(dimensions.map((at) => fieldText(fields, at)));
            return last;
        },
        memberOfValues: find,
    };
}
