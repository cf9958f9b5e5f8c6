import type { FileSet } from "../../sources/duckdb/files";
import { scanAll } from "../../sources/duckdb/files";
import { UsageError } from "../serve/options";
import type { FileDatabase } from "./database";
import { findDimensions, findInterval, findMeasures } from "./guessShape";
import { findTimestamp, type Sample } from "./guessTimestamp";
import { durationOf } from "./interval";
import { fileIn, findRaggedRow, raggedRow } from "./ragged";
import type { FileColumn, Settings, Wanted } from "./settings";

/** Rows that are looked at to find out how they are written. */
const sampleRows = 20_000;
const sampleTable = "lookout_sample";

/** What is wanted, with all that was left open guessed from the files; `note` gets what was not taken, and why. Throws UsageError. */
export async function decide(
    wanted: Wanted,
    files: readonly FileSet[],
    database: FileDatabase,
    note: (text: string) => void,
): Promise<Settings> {
    const sample = await takeSample(files, database);
    const timestamp = await findTimestamp(wanted, sample, database).catch(async (error: unknown) => {
        throw (await findRaggedRow(files, database)) ?? error;
    });
    const measures = await findMeasures(wanted, timestamp.column, sample, { database, note });
    const dimensions = await findDimensions(wanted, { timestamp, measures }, sample, database).catch(throwUnreadable);
    const names = [timestamp.column, ...dimensions, ...measures.map(({ name }) => name)];
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
        throw new UsageError(
            `column "${twice}" is named twice; timestamp, dimensions and measures are different columns`,
        );
    const intervalSeconds = await findInterval(wanted, timestamp, sample, database).catch(throwUnreadable);
    return { timestamp, dimensions, measures, intervalSeconds, timeZone: wanted.timeZone };
}

/** The flags that say what was decided, for a command line. */
export function flagsOf({ timestamp, dimensions, measures, intervalSeconds }: Settings): string {
    const list = measures.map(({ name, aggregation }) => `${name}:${aggregation}`).join(",");
    return [
        `--timestamp ${shellWord(timestamp.column)}`,
        `--dimensions ${shellWord(dimensions.join(","))}`,
        `--measures ${shellWord(list)}`,
        `--interval ${durationOf(intervalSeconds)}`,
    ].join(" ");
}

const shellWord = (text: string): string => (/^[\w.,:/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

async function takeSample(files: readonly FileSet[], database: FileDatabase): Promise<Sample> {
    const sample = await readSample(files, database);
    const rows = await database.rows(`select 1 as held from ${sampleTable} limit 1`);
    if (rows.length > 0) return sample;
    const paths = files.flatMap((set) => set.paths);
    throw (
        (await findRaggedRow(files, database)) ??
        new UsageError(paths.length === 1 ? `${paths[0]!} holds no rows` : `the ${paths.length} files hold no rows`)
    );
}

async function readSample(files: readonly FileSet[], database: FileDatabase): Promise<Sample> {
    const all = scanAll(files, { asText: true });
    try {
        await database.run(`create temp table ${sampleTable} as select * from ${all} limit ${sampleRows}`);
        const [found, stored] = [await describe(scanAll(files), database), await describe(all, database)];
        const isSniffed = files.some(({ format }) => format === "csv");
        const columns = stored.map(({ name, type }): FileColumn => ({
            name,
            type: found.find((other) => other.name === name)?.type ?? type,
            stored: type,
            isSniffed,
        }));
        return { table: sampleTable, all, columns };
    } catch (error) {
        throw unreadableFiles(error);
    }
}

async function describe(scan: string, database: FileDatabase): Promise<{ name: string; type: string }[]> {
    const rows = await database.rows(`describe select * from ${scan}`);
    return rows.map(({ column_name, column_type }) => ({ name: String(column_name), type: String(column_type) }));
}

/** All rows are read here: what the first ones did not show is found now. */
function throwUnreadable(error: unknown): never {
    throw error instanceof UsageError ? error : unreadableFiles(error);
}

/** DuckDB's own words, without its hints for who writes SQL. */
export function unreadableFiles(error: unknown): UsageError {
    const { message } = error as Error;
    const ragged = raggedRow(message);
    if (ragged !== undefined) return new UsageError(ragged, { cause: error });
    const file = fileIn(message);
    const [first = ""] = message.split(/\n\s*\n|\nPossible (?:fixes|solutions)|\nLINE /);
    return new UsageError(
        `the files cannot be read: ${first.replace(/\s*\n\s*/g, " ").trim()}${file === undefined ? "" : ` (${file})`}`,
        { cause: error },
    );
}
