/** Intervals in one file of scores: a bound on what one tick rewrites, and on files per page of a month. */
export const stretchLength = 128;

/**
 * Scores of consecutive intervals, all series. Arrays are by interval, then series: `value[i * series + s]`. NaN where there is no
 * value, or nothing was expected yet.
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
}

/** One interval to be put at the end of a stretch; columns are by series. */
export interface StretchInterval {
    readonly outcome: string;
    readonly value: ArrayLike<number>;
    readonly expected?: ArrayLike<number>;
    readonly lower?: ArrayLike<number>;
    readonly upper?: ArrayLike<number>;
    readonly severity?: ArrayLike<number>;
}

export const learned = "learned";
export const scored = "scored";

export function emptyStretch(first: number, series: number): Stretch {
    const narrow = new Float32Array(0);
    const columns = { value: new Float64Array(0), expected: narrow, lower: narrow, upper: narrow, severity: narrow };
    return { first, outcomes: [], series, ...columns };
}

/** A stretch with more intervals at its end. Series that are new in them have had no values before. */
export function appendIntervals(stretch: Stretch, series: number, intervals: readonly StretchInterval[]): Stretch {
    const before = stretch.outcomes.length;
    const size = (before + intervals.length) * series;
    const put = <A extends Float64Array | Float32Array>(name: ColumnName, into: A, gap: number): A => {
        into.fill(gap);
        const old = stretch[name];
        for (let i = 0; i < before; i++)
            into.set(old.subarray(i * stretch.series, (i + 1) * stretch.series), i * series);
        intervals.forEach((interval, i) => {
            const column = interval[name];
            if (column !== undefined) into.set(column, (before + i) * series);
        });
        return into;
    };
    return {
        first: stretch.first,
        outcomes: [...stretch.outcomes, ...intervals.map(({ outcome }) => outcome)],
        series,
        value: put("value", new Float64Array(size), NaN),
        expected: put("expected", new Float32Array(size), NaN),
        lower: put("lower", new Float32Array(size), NaN),
        upper: put("upper", new Float32Array(size), NaN),
        severity: put("severity", new Float32Array(size), 0),
    };
}

const columnNames = ["value", "expected", "lower", "upper", "severity"] as const;
type ColumnName = (typeof columnNames)[number];

const magic = "LKST";
const version = 1;

/** A stretch as bytes: magic, version, length of the JSON header, header padded to eight bytes, columns (little-endian). */
export function encodeStretch(stretch: Stretch): Buffer {
    const { first, outcomes, series } = stretch;
    const json = JSON.stringify({ first, outcomes, series });
    const header = Buffer.from(json + " ".repeat((8 - ((12 + Buffer.byteLength(json)) % 8)) % 8));
    const prefix = Buffer.alloc(12);
    prefix.write(magic, "latin1");
    prefix.writeUInt32LE(version, 4);
    prefix.writeUInt32LE(header.length, 8);
    const columns = columnNames.map((name) => {
        const column = stretch[name];
        return Buffer.from(column.buffer, column.byteOffset, column.byteLength);
    });
    return Buffer.concat([prefix, header, ...columns]);
}

/** Throws RangeError for bytes that are no stretch of scores, or one of a later version. */
export function decodeStretch(bytes: Buffer): Stretch {
    if (bytes.toString("latin1", 0, 4) !== magic) throw new RangeError("these bytes are no stretch of scores");
    const found = bytes.readUInt32LE(4);
    if (found > version)
        throw new RangeError(`scores have version ${found}; this service reads up to version ${version}`);
    const headerEnd = 12 + bytes.readUInt32LE(8);
    const header = JSON.parse(bytes.toString("utf8", 12, headerEnd)) as Pick<Stretch, "first" | "outcomes" | "series">;
    const size = header.outcomes.length * header.series;
    let at = headerEnd;
    const read = <A extends Float64Array | Float32Array>(into: A): A => {
        bytes.copy(new Uint8Array(into.buffer), 0, at, at + into.byteLength);
        at += into.byteLength;
        return into;
    };
    return {
        ...header,
        value: read(new Float64Array(size)),
        expected: read(new Float32Array(size)),
        lower: read(new Float32Array(size)),
        upper: read(new Float32Array(size)),
        severity: read(new Float32Array(size)),
    };
}
