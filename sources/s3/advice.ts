import { QueryError, type Problem } from "../../errors";
import type { ExtractionSpec } from "../../pipeline/records";
import type { S3Config } from "./config";
import { hasKeys } from "./pathTemplate";
import { readQuery } from "./query";

/** What works and costs far more than it has to: of Parquet the statistics spare what cannot lie in the window, of text nothing does. */
export function adviseOn(spec: ExtractionSpec, { tables }: S3Config): Problem[] {
    const table = tableOf(spec);
    const { path, format } = tables[table] ?? {};
    if (path === undefined || format === "PARQUET" || hasKeys(path)) return [];
    const finding =
        `has no key of the time; requests and transfer are paid, and each window reads every object below ${path}, ` +
        `since ${format} tells nothing of its rows before they are read`;
    const fix =
        "lay the objects out by time and say how, such as s3://my-lake/orders/{{yyyyMMdd}}/, or write them as Parquet";
    return [{ key: `lookout:sources.${spec.source}.tables.${table}.path`, finding, fix }];
}

/** The table that a query reads; none for a query that is wrong, which describing it tells. */
function tableOf({ query }: ExtractionSpec): string {
    try {
        return readQuery(query).table;
    } catch (error) {
        if (error instanceof QueryError) return "";
        throw error;
    }
}
