import { isSized } from "../engine/feedback";

/** Intervals in one file of scores: a bound on what one tick rewrites, and on files per page of a month. */
export const stretchLength = 128;

/**
 * Scores of consecutive intervals, all series. Arrays are by interval, then series: `value[i * series + s]`. NaN where there is no
 * value, or nothing was expected yet. Evidence and verdict are indices into the engine's names of them.
 */
export interface Stretch {
    /** Position of the first interval. */
    readonly first: number;
    /** How each interval went: `learned`, `scored`, or why it failed. */
    readonly outcomes: readonly string[];
    readonly series: number;
    readonly value: Float64Array;
    readonly expected: Float32Array;
    readonly lower: Float32Array;
    readonly upper: Float32Array;
    readonly severity: Float32Array;
    readonly evidence: Uint8Array;
    readonly verdict: Uint8Array;
    /** Deviations that feedback may be held against; none of what earlier versions scored. */
    readonly sizes: readonly Size[];
}

/** Deviation of a value that was anomalous by itself, in usual deviations of its series, signed. `interval` counts from the stretch's first. */
export type Size = readonly [interval: number, series: number, scaled: number];

/** One interval to be put at the end of a stretch; columns are by series. */
export interface StretchInterval {
    readonly outcome: string;
    readonly value: ArrayLike<number>;
    readonly expected?: ArrayLike<number>;
    readonly lower?: ArrayLike<number>;
    readonly upper?: ArrayLike<number>;
    readonly severity?: ArrayLike<number>;
    readonly evidence?: ArrayLike<number>;
    readonly verdict?: ArrayLike<number>;
    /** Deviations in usual deviations. */
    readonly scaled?: ArrayLike<number>;
}

export const learned = "learned";
export const scored = "scored";

export const emptyStretch = (first: number, series: number): Stretch => ({
    first,
    outcomes: [],
    series,
    ...columnsOf(0),
    sizes: [],
});

/** A stretch with more intervals at its end. Series that are new in them have had no values before. */
export function appendIntervals(stretch: Stretch, series: number, intervals: readonly StretchInterval[]): Stretch {
    const before = stretch.outcomes.length;
    const columns = columnsOf((before + intervals.length) * series);
    for (const [name, into] of Object.entries(columns) as [ColumnName, Column][]) {
        for (let i = 0; i < before; i++)
            into.set(stretch[name].subarray(i * stretch.series, (i + 1) * stretch.series), i * series);
        intervals.forEach((interval, i) => {
            const column = interval[name];
            if (column !== undefined) into.set(column, (before + i) * series);
        });
    }
    const outcomes = [...stretch.outcomes, ...intervals.map(({ outcome }) => outcome)];
    const sizes = [...stretch.sizes, ...intervals.flatMap((interval, i) => sizesOf(interval, before + i))];
    return { first: stretch.first, outcomes, series, ...columns, sizes };
}

function sizesOf({ verdict, scaled }: StretchInterval, interval: number): Size[] {
    const found: Size[] = [];
    if (verdict === undefined || scaled === undefined) return found;
    for (let series = 0; series < verdict.length; series++)
        if (isSized(verdict[series]!)) found.push([interval, series, scaled[series]!]);
    return found;
}

type Column = Float64Array | Float32Array | Uint8Array;
type Columns = Omit<Stretch, "first" | "outcomes" | "series" | "sizes">;
type ColumnName = keyof Columns;

/** Columns in which there is nothing yet, in the order in which they are saved: append, never reorder. */
function columnsOf(size: number): Columns {
    return {
        value: new Float64Array(size).fill(NaN),
        expected: new Float32Array(size).fill(NaN),
        lower: new Float32Array(size).fill(NaN),
        upper: new Float32Array(size).fill(NaN),
        severity: new Float32Array(size),
        evidence: new Uint8Array(size),
        verdict: new Uint8Array(size),
    };
}

const magic = "LKST";
/** Version 1 has no evidence and no verdict. */
const version = 2;
const columnsOfVersion1 = 5;

/**
 * A stretch as bytes: magic, version, length of the JSON header, header padded to eight bytes, columns (little-endian). Sizes are few, and
 * stand in the header.
 */
export function encodeStretch(stretch: Stretch): Buffer {
    const { first, outcomes, series, sizes, ...columns } = stretch;
    const json = JSON.stringify({ first, outcomes, series, sizes });
    const header = Buffer.from(json + " ".repeat((8 - ((12 + Buffer.byteLength(json)) % 8)) % 8));
    const prefix = Buffer.alloc(12);
    prefix.write(magic, "latin1");
    prefix.writeUInt32LE(version, 4);
    prefix.writeUInt32LE(header.length, 8);
    const names = Object.keys(columnsOf(0)) as ColumnName[];
    const bytes = names.map((name) => {
        const column = columns[name];
        return Buffer.from(column.buffer, column.byteOffset, column.byteLength);
    });
    return Buffer.concat([prefix, header, ...bytes]);
}

type Header = Pick<Stretch, "first" | "outcomes" | "series"> & Partial<Pick<Stretch, "sizes">>;

/** Throws RangeError for bytes that are no stretch of scores, cut off, or of a later version. */
export function decodeStretch(bytes: Buffer): Stretch {
    if (bytes.toString("latin1", 0, 4) !== magic) throw new RangeError("these bytes are no stretch of scores");
    const found = bytes.readUInt32LE(4);
    if (found > version)
        throw new RangeError(`scores have version ${found}; this service reads up to version ${version}`);
    const headerEnd = 12 + bytes.readUInt32LE(8);
    const header = JSON.parse(bytes.toString("utf8", 12, headerEnd)) as Header;
    const columns = columnsOf(header.outcomes.length * header.series);
    const kept = Object.values(columns) as Column[];
    let at = headerEnd;
    for (const into of found === 1 ? kept.slice(0, columnsOfVersion1) : kept) {
        if (at + into.byteLength > bytes.length) throw new RangeError(`scores are cut off at ${bytes.length} bytes`);
        bytes.copy(new Uint8Array(into.buffer), 0, at, at + into.byteLength);
        at += into.byteLength;
    }
    return { sizes: [], ...header, ...columns };
}
