import { z } from "zod";

/** What was found in the rows so far. Rows that the filters exclude are no part of it. */
export const qualityRecord = z.object({
    rows: z.int(),
    /** Rows thrown away: unreadable, no usable timestamp, or no usable measure. */
    badRows: z.int(),
    /** Rows used although a measure in them was no number, or a dimension was empty. */
    partialRows: z.int(),
    /** Rows that came after their interval had been scored; as far back as states are kept, it is scored again with them. */
    lateRows: z.int().default(0),
    /** Rows of another interval than the one that their place is for: not used, and not in `rows`. */
    strayRows: z.int().default(0),
    /** Rows of a history whose interval had not ended when they were read: not used, and not in `rows`. */
    futureRows: z.int().default(0),
    /** Objects of which nothing, or not all, could be read. */
    badObjects: z.int().default(0),
    /** For each column of the metric set, the rows with a usable value in it. */
    columns: z.array(z.object({ column: z.string(), usable: z.int() })).default([]),
    /** A few findings that cost a row or an object, each naming object, row, column and value; what came late begins with `late:`. */
    examples: z.array(z.string()),
    /** A few findings in rows that were used all the same. */
    partialExamples: z.array(z.string()).default([]),
});
export type QualityRecord = z.output<typeof qualityRecord>;

/** Most findings that are kept of a run; the newest stay. */
const mostExamples = 20;

export const noQuality = (): QualityRecord => ({
    rows: 0,
    badRows: 0,
    partialRows: 0,
    lateRows: 0,
    strayRows: 0,
    futureRows: 0,
    badObjects: 0,
    columns: [],
    examples: [],
    partialExamples: [],
});

/** What was found in two lots of rows together. */
export function addQuality(one: QualityRecord, other: QualityRecord): QualityRecord {
    const usable = new Map(one.columns.map(({ column, usable }) => [column, usable]));
    for (const { column, usable: more } of other.columns) usable.set(column, (usable.get(column) ?? 0) + more);
    return {
        rows: one.rows + other.rows,
        badRows: one.badRows + other.badRows,
        partialRows: one.partialRows + other.partialRows,
        lateRows: one.lateRows + other.lateRows,
        strayRows: one.strayRows + other.strayRows,
        futureRows: one.futureRows + other.futureRows,
        badObjects: one.badObjects + other.badObjects,
        columns: [...usable].map(([column, count]) => ({ column, usable: count })),
        examples: [...one.examples, ...other.examples].slice(-mostExamples),
        partialExamples: [...one.partialExamples, ...other.partialExamples].slice(-mostExamples),
    };
}
