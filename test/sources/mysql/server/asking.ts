import type { MysqlBench } from "../../../support/mysqlBench";
import { specOf } from "../../../support/specs";

/** What tests ask a server: a spec without dimensions, whose one measure is `v`, over an hour. */
export const values = specOf({ dimensions: [], measures: [{ name: "v", aggregation: "SUM" }] });

export const hour = { start: Date.parse("2026-01-01T10:00:00Z"), end: Date.parse("2026-01-01T11:00:00Z") };

/** A timestamp in that hour, for the list of a SELECT. */
export const at = "timestamp '2026-01-01 10:00:00' as ts";

const linesOf = async (bench: MysqlBench, query: string, changes: object): Promise<string[]> =>
    (await bench.extract({ ...values, query, ...changes })).trimEnd().split("\n").slice(1);

/** The second column of the hour's rows for a query whose columns are `ts` and `v`. */
export async function valuesOf(bench: MysqlBench, query: string, changes: object = {}): Promise<string[]> {
    return (await linesOf(bench, query, changes)).map((line) => line.replace(/^[^,]*,/, ""));
}

/** The first. */
export async function timesOf(bench: MysqlBench, query: string, changes: object = {}): Promise<string[]> {
    return (await linesOf(bench, query, changes)).map((line) => line.replace(/,.*$/, ""));
}
