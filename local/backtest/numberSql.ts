import { quoteIdentifier } from "../../sources/sql/quoting";

/** A measure as a number; NULL for what is none, and for what no sum survives. */
export function numberSql(name: string): string {
    const number = `try_cast(${quoteIdentifier(name)} as double)`;
    return `case when not isnan(${number}) then ${number} end`;
}

/** True for text that should be a number and is none; an empty one is a gap. */
export const badNumberSql = (name: string): string =>
    `${quoteIdentifier(name)} is not null and trim(cast(${quoteIdentifier(name)} as varchar)) <> '' and ${numberSql(name)} is null`;
