import type { ExtractionSpec } from "../../pipeline/records";
import type { Column, Inspection } from "../metricSource";

/** What a database answers to one statement: its columns, and every value as text. */
export interface Answer {
    readonly columns: readonly Column[];
    readonly rows: readonly (readonly (string | null)[])[];
}

/** Runs one statement and waits for all of its rows, which are few. */
export type Ask = (sql: string) => Promise<Answer>;

/** One window's rows as the source extracts them. */
export interface InspectedWindow {
    readonly spec: ExtractionSpec;
    /** The SELECT that gives them: timestamp, dimensions, measures. */
    readonly sql: string;
    /** The columns of the user's own query, whose types they keep. */
    readonly described: readonly Column[];
    /** Quotes a name. */
    readonly identifier: (name: string) => string;
}

/** Rows that are shown. */
const sampleRows = 5;

/** Looks at one window in three statements: counts, distinct combinations, a few rows. */
export async function inspectionOf(ask: Ask, window: InspectedWindow): Promise<Inspection> {
    const { spec, described } = window;
    const names = columnNames(spec);
    const counted = [spec.timestamp.column, ...spec.measures.map(({ name }) => name)];
    const [totals = []] = (await ask(countSql(window, counted))).rows;
    const rows = Number(totals[0] ?? 0);
    const filled = counted.map((name, index) => [name, rows - Number(totals[index + 1] ?? 0)] as const);
    const sample = await ask(`select * from (${window.sql}) w limit ${sampleRows}`);
    return {
        columns: names.map((name) => columnOf(name, described)),
        rows,
        combinations: await countCombinations(ask, window, rows),
        nulls: Object.fromEntries(filled),
        sample: sample.rows,
    };
}

/** The columns that are extracted, in the order in which they are. */
export function columnNames({ timestamp, dimensions, measures }: ExtractionSpec): string[] {
    return [timestamp.column, ...dimensions, ...measures.map(({ name }) => name)];
}

/** `count(column)` leaves NULL out, so the difference to all rows is what is NULL. */
function countSql({ sql, identifier }: InspectedWindow, names: readonly string[]): string {
    const counts = names.map((name, index) => `count(w.${identifier(name)}) as lookout_${index}`);
    return `select ${["count(*) as lookout_rows", ...counts].join(", ")} from (${sql}) w`;
}

async function countCombinations(ask: Ask, { spec, sql, identifier }: InspectedWindow, rows: number): Promise<number> {
    if (spec.dimensions.length === 0) return Math.min(rows, 1);
    const names = spec.dimensions.map((name) => `w.${identifier(name)}`).join(", ");
    const distinct = `select distinct ${names} from (${sql}) w`;
    const [[count] = []] = (await ask(`select count(*) as lookout_combinations from (${distinct}) d`)).rows;
    return Number(count ?? 0);
}

/** Names are compared as databases do that fold them; a column that was not described is shown as such. */
function columnOf(name: string, described: readonly Column[]): Column {
    const found = described.find((column) => column.name === name);
    const folded = described.find((column) => column.name.toLowerCase() === name.toLowerCase());
    const { type, kind } = found ?? folded ?? { type: "", kind: "other" };
    return { name, type, kind };
}
