import { UsageError } from "../serve/options";
import type { History } from "./aggregate";
import type { FileDatabase } from "./database";
import type { Settings } from "./settings";
import { cells, count, hasNumber, members, number } from "./tables";

/** Values that are kept in memory: 8 bytes each, and as much again four times for those that are scored. */
const mostValues = 30_000_000;

/** How large the history is. Throws UsageError for more values than fit, saying what makes them fewer. */
export async function checkSize(
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
