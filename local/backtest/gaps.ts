import type { FileDatabase } from "./database";
import { nameOf, type Timeline } from "./interval";
import { number } from "./tables";

/** What to tell of intervals between the first and the last of `table` in which there are no rows; undefined where there are none. */
export async function missingIntervals(
    table: string,
    timeline: Timeline,
    { first, intervals }: { readonly first: number; readonly intervals: number },
    database: FileDatabase,
): Promise<string | undefined> {
    const within = `select distinct position as p from ${table} where position between ${first} and ${first + intervals - 1}`;
    const [row = {}] = await database.rows(
        `select count(*) as held, min(p + 1) filter (next > p + 1) as gap from (select p, lead(p) over (order by p) as next from (${within}))`,
    );
    const missing = intervals - Number(row["held"]);
    if (missing === 0) return undefined;
    return (
        `${number(missing)} of ${number(intervals)} intervals ${missing === 1 ? "has" : "have"} no rows ` +
        `(first ${nameOf(Number(row["gap"]), timeline)})`
    );
}
