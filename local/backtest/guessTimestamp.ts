import { quoteIdentifier } from "../../sources/sql/quoting";
import { instantSql, ruleOf, type TimestampRule } from "../../sources/duckdb/timestamp";
import { UsageError } from "../serve/options";
import { findColumn, isCategory, isNumber, isTime } from "./columns";
import type { FileDatabase } from "./database";
import type { FileColumn, Settings, Wanted } from "./settings";

const tellingName =
    /^(timestamp|datetime|date_?time|time|date|ts|event_?time|created_?at|occurred_?at|day|hour|interval|window_?start|start_?time)$/i;

/** Patterns that are tried where neither ISO 8601 nor a count since 1970 fits, days before months. */
const days = [
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%Y.%m.%d",
];
const times = ["", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", "T%H:%M:%S", " %H:%M:%S.%f"];
const patterns = [
    ...["%Y%m%d", "%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S", "%Y%m%d %H:%M:%S", "%Y%m%d %H:%M", "%Y%m%dT%H%M%SZ"],
    ...["%Y-%m-%dT%H", "%Y-%m-%d %H", "%Y-%m-%d %H:%M:%S %z", "%d/%b/%Y:%H:%M:%S %z"],
    ...days.flatMap((day) => times.map((time) => `${day}${time}`)),
];

/** The rows to look at. */
export interface Sample {
    /** A table of the first of them. */
    readonly table: string;
    /** SQL for all of them, for a FROM. */
    readonly all: string;
    readonly columns: readonly FileColumn[];
}

/** The timestamp column, and how it is written. Throws UsageError when none can be found, or the one that is named cannot be read. */
export async function findTimestamp(
    wanted: Wanted,
    sample: Sample,
    database: FileDatabase,
): Promise<Settings["timestamp"]> {
    const { timestamp, timestampFormat } = wanted;
    if (timestamp !== undefined) {
        const column = findColumn(sample.columns, timestamp, "--timestamp");
        const rule =
            timestampFormat === undefined ? await findRule(column, sample, database) : givenRule(timestampFormat);
        if (rule === undefined) throw unreadable(column, await exampleOf(column, sample, database));
        return { column: column.name, rule };
    }
    for (const column of candidates(sample.columns)) {
        const rule =
            timestampFormat === undefined ? await findRule(column, sample, database) : givenRule(timestampFormat);
        if (rule !== undefined) return { column: column.name, rule };
    }
    throw new UsageError(
        `no column looks like a timestamp; name it with --timestamp. The columns are ${sample.columns.map(({ name }) => name).join(", ")}`,
    );
}

/** The likeliest first: a type that is a time, then a telling name, then any text. */
function candidates(columns: readonly FileColumn[]): FileColumn[] {
    const told = columns.filter(({ name }) => tellingName.test(name));
    const typed = columns.filter(isTime);
    return [
        ...new Set([
            ...told.filter(isTime),
            ...typed,
            ...told,
            ...columns.filter(({ name }) => /time|date|stamp/i.test(name)),
            ...columns.filter(isCategory),
        ]),
    ];
}

function givenRule(format: string): TimestampRule {
    try {
        return ruleOf(format);
    } catch (error) {
        throw new UsageError(`--timestamp-format: ${(error as Error).message}`, { cause: error });
    }
}

async function findRule(
    column: FileColumn,
    sample: Sample,
    database: FileDatabase,
): Promise<TimestampRule | undefined> {
    if (isTime({ type: column.stored })) return { kind: /ZONE/.test(column.stored) ? "instant" : "clock" };
    const [iso = 0] = await shareRead(column, [{ kind: "iso" }], sample.table, database);
    if (iso > leastShare) return { kind: "iso" };
    const rules = patterns.map((pattern) => ({ kind: "text", pattern }) as const);
    const read = await shareRead(column, rules, `(select * from ${sample.table} limit ${patternRows})`, database);
    const most = Math.max(...read);
    if (most > leastShare) return rules[read.indexOf(most)]!;
    const [unix = 0] = await shareRead(column, [{ kind: "unix" }], sample.table, database);
    return unix > leastShare && (isNumber(column) || isCategory(column)) ? { kind: "unix" } : undefined;
}

/** Rows on which all patterns are tried. */
const patternRows = 200;

/** Part of a sample's values that a rule has to read before it is taken. */
const leastShare = 0.5;

/** For each rule the part of the sample's values that it reads to a time between 1990 and 2100. */
async function shareRead(
    { name }: FileColumn,
    rules: readonly TimestampRule[],
    table: string,
    database: FileDatabase,
): Promise<number[]> {
    const column = quoteIdentifier(name);
    const counts = rules.map((rule, index) => {
        const instant = instantSql(column, rule, "UTC");
        return `count(*) filter (${instant} between timestamp '1990-01-01' and timestamp '2100-01-01') as r${index}`;
    });
    const [row = {}] = await database.rows(
        `select count(*) filter (${column} is not null) as seen, ${counts.join(", ")} from ${table}`,
    );
    return rules.map((_, index) => Number(row[`r${index}`]) / Math.max(1, Number(row["seen"])));
}

async function exampleOf({ name }: FileColumn, { table }: Sample, database: FileDatabase): Promise<string> {
    const column = quoteIdentifier(name);
    const [row = {}] = await database.rows(
        `select cast(${column} as varchar) as v from ${table} where ${column} is not null limit 1`,
    );
    return String(row["v"] ?? "");
}

const unreadable = ({ name }: FileColumn, example: string): UsageError =>
    new UsageError(
        `--timestamp: column "${name}" holds no timestamps ("${example.slice(0, 40)}"); name another column, or say how they are ` +
            `written, such as --timestamp-format "dd.MM.yyyy HH:mm" or --timestamp-format UNIX`,
    );
