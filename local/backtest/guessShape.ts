import { quoteIdentifier } from "../../sources/sql/quoting";
import { instantSql } from "../../sources/duckdb/timestamp";
import { UsageError } from "../serve/options";
import { findColumn, isCategory, isNumber, isTime } from "./columns";
import { countNumbers, isMostlyNumbers, whyNoMeasure } from "./numbersInText";
import type { FileDatabase } from "./database";
import { durationOf } from "./interval";
import type { Sample } from "./guessTimestamp";
import type { FileColumn, Measure, Settings, Wanted } from "./settings";

/** Numbers whose mean says more than their sum. */
const averagedName =
    /(^|_)(avg|average|mean|median|p\d\d|rate|ratio|share|percent|pct|price|latency|duration|temp|temperature|humidity|utili[sz]ation|usage|load|score|level|speed|cpu|value)(_|$)/i;
/** Numbers that name things. */
const namingName =
    /(^|_)(id|code|zip|key|no|nr|number|year|month|week|day|hour|minute|index|lat|lon|latitude|longitude|version)$/i;

/** Values up to which a column is taken for a dimension, and combinations up to which another one is added. */
const mostValues = 200;
const mostCombinations = 1000;

/**
 * The measures: those wanted, else all numbers that do not name things, also where a few values are none; `note` gets which columns are none
 * though they look it. Throws UsageError when there are none.
 */
export async function findMeasures(
    wanted: Wanted,
    timestamp: string,
    sample: Sample,
    { database, note }: { readonly database: FileDatabase; readonly note: (text: string) => void },
): Promise<readonly Measure[]> {
    const { columns } = sample;
    if (wanted.measures !== undefined) {
        for (const { name } of wanted.measures) findColumn(columns, name, "--measures");
        return wanted.measures;
    }
    const dimensions = wanted.dimensions ?? [];
    const open = columns.filter(
        ({ name }) => name !== timestamp && !dimensions.includes(name) && !namingName.test(name),
    );
    const texts = await countNumbers(open.filter(mayHoldNumbers), sample, database);
    const mostly = texts.filter(isMostlyNumbers).map(({ column }) => column);
    const numbers = open.filter((column) => isNumber(column) || mostly.includes(column));
    const reasons = texts.map(whyNoMeasure).filter((reason) => reason !== undefined);
    if (numbers.length === 0)
        throw new UsageError(
            `no column looks like a measure; name them, such as --measures revenue:SUM. The columns are ` +
                [columns.map(({ name, type }) => `${name} (${type})`).join(", "), ...reasons].join("; "),
        );
    reasons.forEach(note);
    return numbers.map(({ name }) => ({ name, aggregation: averagedName.test(name) ? "AVG" : "SUM" }));
}

/** Text in which numbers are looked for: CSV and mixed JSON; text that a typed file calls text is meant so, numbers or not. */
const mayHoldNumbers = ({ type, isSniffed }: FileColumn): boolean =>
    type === "JSON" || (type === "VARCHAR" && isSniffed);

/** The dimensions: those wanted, else the columns of few values, fewest first, as long as their combinations are few. */
export async function findDimensions(
    wanted: Wanted,
    { timestamp, measures }: Pick<Settings, "timestamp" | "measures">,
    { all, columns }: Sample,
    database: FileDatabase,
): Promise<readonly string[]> {
    if (wanted.dimensions !== undefined) {
        for (const name of wanted.dimensions) findColumn(columns, name, "--dimensions");
        return wanted.dimensions;
    }
    const taken = new Set([timestamp.column, ...measures.map(({ name }) => name)]);
    const open = columns.filter(
        (column) => !taken.has(column.name) && !isTime(column) && (isCategory(column) || isNumber(column)),
    );
    if (open.length === 0) return [];
    const [counts = {}] = await database.rows(
        `select ${open.map(({ name }, index) => `${distinctSql([name])} as c${index}`).join(", ")} from ${all}`,
    );
    const few = open
        .map(({ name }, index) => ({ name, values: Number(counts[`c${index}`]) }))
        .filter(({ values }) => values > 1 && values <= mostValues)
        .sort((a, b) => a.values - b.values);
    let chosen: string[] = [];
    let most = 1;
    for (const { name, values } of few) {
        const wider = [...chosen, name];
        const found = most * values <= mostCombinations ? most * values : await countDistinct(wider, all, database);
        if (found <= mostCombinations) [chosen, most] = [wider, found];
    }
    return columns.map(({ name }) => name).filter((name) => chosen.includes(name));
}

/** About how many different values, or combinations of them, columns have: no memory grows with their number. */
const distinctSql = (names: readonly string[]): string =>
    `approx_count_distinct(${names.length === 1 ? quoteIdentifier(names[0]!) : `row(${names.map(quoteIdentifier).join(", ")})`})`;

async function countDistinct(names: readonly string[], all: string, database: FileDatabase): Promise<number> {
    const [row = {}] = await database.rows(`select ${distinctSql(names)} as n from ${all}`);
    return Number(row["n"]);
}

/** Intervals that are taken, shortest first, in seconds. */
const usualIntervals = [
    60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 14_400, 21_600, 28_800, 43_200, 86_400, 604_800,
];
/** Part of the steps between timestamps that are whole multiples of the interval, where rows are sums already. */
const leastRegular = 0.95;
/** Single events are put into the longest of the usual intervals up to this, of which there are enough. */
const longestForEvents = 3600;
const enoughIntervals = 500;

const tooShort = (wanted: number, usual: number): UsageError =>
    new UsageError(
        `--interval ${durationOf(wanted)} is shorter than the distance of the rows, which come every ${durationOf(usual)}: ` +
            `most intervals would be empty; give --interval ${durationOf(usual)} or longer`,
    );

/** The interval: the usual step between timestamps, below which none may be wanted; for single events, the longest up to an hour that leaves enough intervals. In seconds. */
export async function findInterval(
    wanted: Wanted,
    { column, rule }: Settings["timestamp"],
    { table, all }: Pick<Sample, "table" | "all">,
    database: FileDatabase,
): Promise<number> {
    const { intervalSeconds } = wanted;
    const time = `epoch(${instantSql(quoteIdentifier(column), rule, wanted.timeZone)})`;
    const steps = `select t - lag(t) over (order by t) as step from (select distinct ${time} as t from ${table}) where t is not null`;
    const [row = {}] = await database.rows(
        `with s as (${steps}) select mode(step) as usual, count(*) filter (step % (select mode(step) from s) = 0) / count(step) as regular from s`,
    );
    const usual = Number(row["usual"]);
    const isRegular = usualIntervals.includes(usual) && Number(row["regular"]) >= leastRegular;
    if (intervalSeconds !== undefined) {
        if (isRegular && intervalSeconds < usual) throw tooShort(intervalSeconds, usual);
        return intervalSeconds;
    }
    if (isRegular) return usual;
    const [ends = {}] = await database.rows(`select max(${time}) - min(${time}) as span from ${all}`);
    const span = Number(ends["span"]);
    if (!(span > 0))
        throw new UsageError(
            "all rows have the same timestamp: an interval cannot be guessed, nor anything learned from one",
        );
    const fits = usualIntervals.filter((seconds) => seconds <= longestForEvents && span / seconds >= enoughIntervals);
    return fits.at(-1) ?? usualIntervals[0]!;
}
