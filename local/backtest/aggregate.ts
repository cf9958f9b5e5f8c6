import { scanAll, type FileSet } from "../../sources/duckdb/files";
import { quoteIdentifier } from "../../sources/sql/quoting";
import { instantSql } from "../../sources/duckdb/timestamp";
import { UsageError } from "../serve/options";
import type { FileDatabase } from "./database";
import { unreadableFiles } from "./decide";
import { findBadValue } from "./badValue";
import { missingIntervals } from "./gaps";
import { positionSql, timelineOf } from "./interval";
import { badNumberSql, numberSql } from "./numberSql";
import { commaHint } from "./numbersInText";
import type { Settings } from "./settings";

/** What the files hold, summed up by interval and combination. */
export interface History {
    /** Ordinal of the first interval, and how many there are. */
    readonly first: number;
    readonly intervals: number;
    /** Dimension values of each combination: in the order of their first interval, then of their values. */
    readonly combinations: readonly string[][];
    /** For each combination the interval of its first number, from 0. */
    readonly firstSeen: Int32Array;
    /** `values[(combination * measures + measure) * intervals + i]`; NaN where there is none. */
    readonly values: Float64Array;
    readonly rows: number;
    /** What was left out, and why, for people. */
    readonly warnings: readonly string[];
}

/** Values that are kept in memory: 8 bytes each, and as much again four times for those that are scored. */
const mostValues = 30_000_000;
/** Part of the rows that may lack a readable timestamp. */
const mostUnreadable = 0.01;

const cells = "lookout_cells";
const members = "lookout_members";

/**
 * Reads all files once, in constant memory: DuckDB sums the rows up, by way of temporary files where they do not fit. `tell` gets the share
 * that is done. Throws UsageError for rows that cannot be used, naming file, line and value, and for more values than fit.
 */
export async function aggregate(
    settings: Settings,
    files: readonly FileSet[],
    database: FileDatabase,
    tell: (share: number) => void,
): Promise<History> {
    try {
        await database.run(cellsSql(settings, scanAll(files, { asText: true })), tell);
    } catch (error) {
        throw unreadableFiles(error);
    }
    const warnings = await checkRows(settings, files, database);
    await database.run(membersSql(settings));
    const shape = await checkSize(settings, database);
    const timeline = timelineOf(settings.intervalSeconds, settings.timeZone);
    const missing = await missingIntervals(cells, timeline, shape, database);
    const told = missing === undefined ? warnings : [...warnings, missing];
    return { ...shape, ...(await readMembers(settings, shape, database)), warnings: told };
}

function cellsSql({ timestamp, dimensions, measures, intervalSeconds, timeZone }: Settings, scan: string): string {
    const instant = instantSql(quoteIdentifier(timestamp.column), timestamp.rule, timeZone);
    const inner = [
        `${instant} as t`,
        ...dimensions.map((name, d) => `coalesce(cast(${quoteIdentifier(name)} as varchar), '') as d${d}`),
        ...measures.flatMap(({ name }, m) => [`${numberSql(name)} as n${m}`, `${badNumberSql(name)} as b${m}`]),
    ].join(", ");
    const outer = [
        `${positionSql("t", timelineOf(intervalSeconds, timeZone))} as position`,
        ...dimensions.map((_, d) => `d${d}`),
        ...measures.flatMap(({ aggregation }, m) => [
            `${aggregation}(n${m}) as m${m}`,
            `count(n${m}) as c${m}`,
            `count_if(b${m}) as b${m}`,
        ]),
        "count(*) as held",
    ].join(", ");
    return `create temp table ${cells} as select ${outer} from (select ${inner} from ${scan}) group by all`;
}

async function checkRows(settings: Settings, files: readonly FileSet[], database: FileDatabase): Promise<string[]> {
    const { timestamp, measures } = settings;
    const sums = measures.map((_, m) => `sum(c${m}) as c${m}, sum(b${m}) as b${m}`).join(", ");
    const [row = {}] = await database.rows(
        `select sum(held) as held, sum(held) filter (position is null) as lost, ${sums} from ${cells}`,
    );
    const [held, lost] = [Number(row["held"]), Number(row["lost"])];
    if (held === 0) throw new UsageError("the files hold no rows");
    const warnings: string[] = [];
    if (lost > 0) {
        const example = await findBadValue({ column: timestamp.column, isBad: badTimeSql(settings) }, files, database);
        const text = `column "${timestamp.column}" holds no timestamp in ${count(lost, "row")} of ${number(held)}${example}`;
        if (lost > held * mostUnreadable)
            throw new UsageError(
                `${text}; say how they are written with --timestamp-format, or name another column with --timestamp`,
            );
        warnings.push(`${text}: left out`);
    }
    for (const [m, { name }] of measures.entries()) {
        const [good, bad] = [Number(row[`c${m}`]), Number(row[`b${m}`])];
        if (good > 0 && bad === 0) continue;
        const example =
            bad === 0 ? "" : await findBadValue({ column: name, isBad: badNumberSql(name) }, files, database);
        if (good === 0)
            throw new UsageError(
                `measure "${name}" holds no number${bad === 0 ? ": all its values are empty" : `${example}${hintOf(example)}`}`,
            );
        warnings.push(
            `measure "${name}" holds no number in ${count(bad, "row")}${example}: left out${hintOf(example)}`,
        );
    }
    return warnings;
}

/** What the example of a bad number, `(FILE, line 2: "1,5")`, hints at. */
function hintOf(example: string): string {
    const hint = commaHint(/: "(.*)"\)$/.exec(example)?.[1] ?? "");
    return hint === undefined ? "" : `; ${hint}`;
}

const badTimeSql = ({ timestamp: { column, rule }, timeZone }: Settings): string =>
    `${instantSql(quoteIdentifier(column), rule, timeZone)} is null`;

const hasNumber = ({ measures }: Settings): string => measures.map((_, m) => `m${m} is not null`).join(" or ");

const dimensionNames = ({ dimensions }: Settings): string[] => dimensions.map((_, d) => `d${d}`);

/** Combinations that have a number at all, numbered. */
function membersSql(settings: Settings): string {
    const names = dimensionNames(settings);
    const own = names.map((name) => `${name}, `).join("");
    const grouped = names.length === 0 ? "having count(*) > 0" : `group by ${names.join(", ")}`;
    return (
        `create temp table ${members} as select row_number() over (order by ${["since", ...names].join(", ")}) - 1 as member, * from ` +
        `(select ${own}min(position) as since from ${cells} where position is not null and (${hasNumber(settings)}) ${grouped})`
    );
}

async function checkSize(
    settings: Settings,
    database: FileDatabase,
): Promise<Pick<History, "first" | "intervals" | "rows">> {
    const [row = {}] = await database.rows(
        `select min(position) as first, max(position) as last, sum(held) as held, (select count(*) from ${members}) as members ` +
            `from ${cells} where position is not null and (${hasNumber(settings)})`,
    );
    const first = Number(row["first"]);
    const intervals = Number(row["last"]) - first + 1;
    const combinations = Number(row["members"]);
    const values = combinations * settings.measures.length * intervals;
    if (values <= mostValues) return { first, intervals, rows: Number(row["held"]) };
    throw new UsageError(
        `too much for one back-test: ${number(combinations)} combinations of ${settings.dimensions.join(", ") || "nothing"}, ` +
            `${count(settings.measures.length, "measure")} and ${number(intervals)} intervals are ${number(values)} values; ` +
            `the limit is ${number(mostValues)}. ${await advice(settings, combinations, database)}`,
    );
}

/** What makes it smaller: the dimension with most values, else a longer interval. */
async function advice(settings: Settings, combinations: number, database: FileDatabase): Promise<string> {
    const longer = "Choose a longer --interval or give fewer files.";
    if (combinations < 1000) return longer;
    const { dimensions } = settings;
    const [row = {}] = await database.rows(
        `select ${dimensions.map((_, d) => `count(distinct d${d}) as n${d}`).join(", ")} from ${members}`,
    );
    const counted = dimensions
        .map((name, d) => ({ name, values: Number(row[`n${d}`]) }))
        .sort((a, b) => b.values - a.values);
    const list = counted.map(({ name, values }) => `${name} has ${number(values)}`).join(", ");
    return `Values: ${list}. Leave ${counted[0]!.name} out of --dimensions.`;
}

async function readMembers(
    settings: Settings,
    { first, intervals }: Pick<History, "first" | "intervals">,
    { connection }: FileDatabase,
): Promise<Pick<History, "combinations" | "firstSeen" | "values">> {
    const names = dimensionNames(settings);
    const listed = await connection.runAndReadAll(
        `select since, ${["member", ...names].join(", ")} from ${members} order by member`,
    );
    const combinations = listed.getRows().map(([, , ...values]) => values.map(String));
    const firstSeen = Int32Array.from(listed.getRows(), ([since]) => Number(since) - first);
    const width = settings.measures.length;
    const values = new Float64Array(combinations.length * width * intervals).fill(NaN);
    const joined = names.length === 0 ? "true" : names.map((name) => `c.${name} = k.${name}`).join(" and ");
    const columns = settings.measures.map((_, m) => `cast(m${m} as double) as m${m}`).join(", ");
    const result = await connection.stream(
        `select cast(position - (${first}) as double) as at, cast(member as double) as member, ${columns} ` +
            `from ${cells} c join ${members} k on ${joined} where position is not null`,
    );
    for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return { combinations, firstSeen, values };
        const [at, member, ...read] = chunk.getColumns() as (number | null)[][];
        for (let m = 0; m < width; m++)
            for (let row = 0; row < chunk.rowCount; row++) {
                const value = read[m]![row];
                if (value !== null) values[(member![row]! * width + m) * intervals + at![row]!] = value!;
            }
    }
}

const number = (value: number): string => value.toLocaleString("en-US");
const count = (value: number, noun: string): string => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
