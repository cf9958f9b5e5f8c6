import type { FileSet } from "../../sources/duckdb/files";
import { instantSql } from "../../sources/duckdb/timestamp";
import { quoteIdentifier } from "../../sources/sql/quoting";
import { UsageError } from "../serve/options";
import { findBadValue } from "./badValue";
import type { FileDatabase } from "./database";
import { badNumberSql } from "./numberSql";
import { commaHint } from "./numbersInText";
import type { Settings } from "./settings";
import { cells, count, number } from "./tables";

/** Part of the rows that may lack a readable timestamp. */
const mostUnreadable = 0.01;

/**
 * What of the rows was left out, and why, for people. Throws UsageError for files without rows, a measure without numbers, and more rows
 * without a timestamp than a few; names file, line and value.
 */
export async function checkRows(
    settings: Settings,
    files: readonly FileSet[],
    database: FileDatabase,
): Promise<string[]> {
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
