import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { DataSet, TrueEvent } from "./dataSet";
import { detectable } from "./events";
import { labelEnd } from "./generate";

/** Writes a set as `data.csv` and `labels.json` into a folder named after it. */
export async function writeSet(folder: string, set: DataSet): Promise<void> {
    const into = path.join(folder, set.name);
    await mkdir(into, { recursive: true });
    await writeFile(path.join(into, "data.csv"), csvOf(set));
    await writeFile(path.join(into, "labels.json"), `${JSON.stringify(labelsOf(set), undefined, 1)}\n`);
}

/** Start of an interval, `2025-01-06 00:00:00`. */
export function timestampOf(set: Pick<DataSet, "start" | "intervalSeconds">, interval: number): string {
    const at = new Date(set.start + interval * set.intervalSeconds * 1000);
    return at.toISOString().slice(0, 19).replace("T", " ");
}

/** One line for each interval and combination that has a row. */
export function csvOf(set: DataSet): string {
    const { intervals, combinations, measures, values } = set;
    const lines = [["timestamp", ...set.dimensions.map(({ name }) => name), ...measures].join(",")];
    for (let i = 0; i < intervals; i++)
        combinations.forEach((combination, c) => {
            const row = measures.map((_, m) => values[(c * measures.length + m) * intervals + i]!);
            if (row.some((value) => !Number.isNaN(value)))
                lines.push([timestampOf(set, i), ...combination, ...row].join(","));
        });
    return `${lines.join("\n")}\n`;
}

/** The truth about a set, as the event scorer reads it. */
export function labelsOf(set: DataSet): unknown {
    return {
        dataset: set.name,
        interval_s: set.intervalSeconds,
        intervals: set.intervals,
        start: timestampOf(set, 0),
        learn_until: timestampOf(set, set.learnIntervals),
        learn_intervals: set.learnIntervals,
        dimensions: Object.fromEntries(set.dimensions.map(({ name, values }) => [name, values])),
        measures: set.measures,
        events: set.events.map((event) => eventOf(set, event)),
        series: set.combinations.flatMap((_, c) => set.measures.map((_, m) => seriesOf(set, c, m))),
    };
}

function dimensionsOf(set: DataSet, values: readonly (string | null)[]): Record<string, string> {
    return Object.fromEntries(
        set.dimensions.flatMap(({ name }, d) => (values[d] === null ? [] : [[name, values[d]!] as const])),
    );
}

function eventOf(set: DataSet, event: TrueEvent): unknown {
    return {
        id: event.id,
        type: event.type,
        cause: dimensionsOf(set, event.cause),
        start: timestampOf(set, event.from),
        end: timestampOf(set, event.to),
        scored: event.isScored,
        effect: event.effect,
        affected: event.affected.map(({ combination, measure, detectability }) => ({
            ...dimensionsOf(set, set.combinations[combination]!),
            measure: set.measures[measure],
            detectability: Number(detectability.toFixed(2)),
        })),
    };
}

function seriesOf(set: DataSet, combination: number, measure: number): unknown {
    const series = combination * set.measures.length + measure;
    const labels = set.events
        .filter(({ isScored }) => isScored)
        .flatMap(({ id, type, affected }) =>
            affected
                .filter((one) => one.combination === combination && one.measure === measure)
                .filter((one) => one.detectability >= detectable)
                .map(({ from, to }) => [from, labelEnd(set, type, from, to), id]),
        );
    const ignore = set.ignored.filter((one) => one.series === series).map(({ from, to }) => [from, to]);
    return {
        dims: dimensionsOf(set, set.combinations[combination]!),
        measure: set.measures[measure],
        labels,
        ignore,
    };
}
