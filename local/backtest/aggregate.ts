import { scanAll, type FileSet } from "../../sources/duckdb/files";
import { quoteIdentifier } from "../../sources/sql/quoting";
import { instantSql } from "../../sources/duckdb/timestamp";
import { checkRows } from "./checkRows";
import { checkSize } from "./checkSize";
import type { FileDatabase } from "./database";
import { unreadableFiles } from "./decide";
import { missingIntervals } from "./gaps";
import { positionSql, timelineOf } from "./interval";
import { badNumberSql, numberSql } from "./numberSql";
import { membersSql, readMembers } from "./readMembers";
import type { Settings } from "./settings";
import { cells } from "./tables";

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
