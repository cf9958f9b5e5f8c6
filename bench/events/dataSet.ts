import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { instantOf } from "./timestamps";

/** All that the harness may know of a set beside its data; the labels themselves are not even parsed. */
const description = z.object({
    interval_s: z.int().min(60),
    intervals: z.int().min(1),
    start: z.string(),
    learn_intervals: z.int().min(0),
    dimensions: z.record(z.string(), z.unknown()),
    measures: z.array(z.string()).min(1),
});

/** A labelled data set, without its labels. */
export interface DataSet {
    readonly intervalSeconds: number;
    readonly intervals: number;
    /** Milliseconds since 1970 of the first interval. */
    readonly start: number;
    /** Intervals that may be learned from before scoring starts. */
    readonly learnIntervals: number;
    readonly dimensions: readonly string[];
    readonly measures: readonly string[];
    /** In the order of their first rows. */
    readonly combinations: readonly (readonly string[])[];
    /** For each combination the interval of its first row. */
    readonly firstSeen: readonly number[];
    /** `values[(combination * measures + measure) * intervals + i]`; NaN where there is none. */
    readonly values: Float64Array;
}

/** Reads `data.csv` and what may be read of `labels.json`. Throws Error for a file that is not in the layout, naming it. */
export function readDataSet(folder: string): DataSet {
    const known = description.parse(JSON.parse(readFileSync(path.join(folder, "labels.json"), "utf8")));
    const file = path.join(folder, "data.csv");
    const rows = parse(readFileSync(file), { bom: true, trim: true, skip_empty_lines: true });
    const [header, ...lines] = rows;
    const dimensions = Object.keys(known.dimensions);
    const columnOf = (name: string): number => {
        const column = header?.indexOf(name) ?? -1;
        if (column < 0) throw new Error(`${file} has no column "${name}"; it has ${header?.join(", ")}`);
        return column;
    };
    const start = instantOf(known.start);
    const at = {
        time: columnOf("timestamp"),
        dimensions: dimensions.map(columnOf),
        measures: known.measures.map(columnOf),
    };
    const cells = lines.map((line) => ({
        interval: Math.floor((instantOf(line[at.time]!) - start) / (known.interval_s * 1000)),
        dimensions: at.dimensions.map((column) => line[column]!),
        measures: at.measures.map((column) => numberOf(line[column]!)),
    }));
    const table = tableOf(
        cells.filter(({ interval }) => interval >= 0 && interval < known.intervals),
        known.intervals,
        known.measures.length,
    );
    return {
        intervalSeconds: known.interval_s,
        intervals: known.intervals,
        start,
        learnIntervals: Math.min(known.learn_intervals, known.intervals),
        dimensions,
        measures: known.measures,
        ...table,
    };
}

interface Cell {
    readonly interval: number;
    readonly dimensions: readonly string[];
    readonly measures: readonly number[];
}

function tableOf(
    cells: readonly Cell[],
    intervals: number,
    measures: number,
): Pick<DataSet, "combinations" | "firstSeen" | "values"> {
    const known = new Map<string, number>();
    const combinations: (readonly string[])[] = [];
    const firstSeen: number[] = [];
    for (const cell of cells) {
        const key = JSON.stringify(cell.dimensions);
        const combination = known.get(key);
        if (combination !== undefined) {
            firstSeen[combination] = Math.min(firstSeen[combination]!, cell.interval);
            continue;
        }
        known.set(key, combinations.length);
        combinations.push(cell.dimensions);
        firstSeen.push(cell.interval);
    }
    const values = new Float64Array(combinations.length * measures * intervals).fill(NaN);
    for (const cell of cells) {
        const combination = known.get(JSON.stringify(cell.dimensions))!;
        cell.measures.forEach((value, measure) => {
            values[(combination * measures + measure) * intervals + cell.interval] = value;
        });
    }
    return { combinations, firstSeen, values };
}

const numberOf = (text: string): number => (text.trim() === "" ? NaN : Number(text));
