import { UsageError } from "../serve/options";
import type { FileColumn, Measure } from "./settings";

/** Whether a column holds numbers, by its type. */
export const isNumber = ({ type }: Pick<FileColumn, "type">): boolean =>
    /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/.test(type);

/** Whether a column holds times, by its type. */
export const isTime = ({ type }: Pick<FileColumn, "type">): boolean => /^(DATE|TIMESTAMP)/.test(type);

/** Whether a column can tell one slice from another, by its type. */
export const isCategory = ({ type }: Pick<FileColumn, "type">): boolean => /^(VARCHAR|BOOLEAN|ENUM|UUID)/.test(type);

/** The column of a name. Throws UsageError that tells the columns there are. */
export function findColumn(columns: readonly FileColumn[], name: string, flag: string): FileColumn {
    const found = columns.find((column) => column.name === name);
    if (found !== undefined) return found;
    const likely = columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
    throw new UsageError(
        `${flag}: the files have no column "${name}"${likely === undefined ? "" : `, but "${likely.name}"`}; ` +
            `they have ${columns.map((column) => column.name).join(", ")}`,
    );
}

/** Reads `--dimensions`: names between commas, nothing for none. */
export const parseDimensions = (text: string): string[] =>
    text
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "");

/** Reads `--measures`: `revenue:SUM,latency:AVG`. Throws UsageError. */
export function parseMeasures(text: string): Measure[] {
    const parts = text.split(",").filter((part) => part.trim() !== "");
    if (parts.length === 0)
        throw new UsageError("--measures names no column; expected such as revenue:SUM,latency:AVG");
    const measures = parts.map((part): Measure => {
        const [, name = part, aggregation] = /^(.*):([A-Za-z]+)$/.exec(part.trim()) ?? [];
        const upper = aggregation?.toUpperCase();
        if (upper !== "SUM" && upper !== "AVG")
            throw new UsageError(
                `--measures: "${part.trim()}" ${aggregation === undefined ? "says no aggregation" : `asks for ${aggregation}`}; ` +
                    `expected ${name.trim()}:SUM or ${name.trim()}:AVG`,
            );
        return { name, aggregation: upper };
    });
    const twice = measures.find(({ name }, index) => measures.findIndex((other) => other.name === name) !== index);
    if (twice !== undefined) throw new UsageError(`--measures names "${twice.name}" twice`);
    return measures;
}
