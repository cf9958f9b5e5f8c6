import type { Problem } from "../../errors";
import { isBounded } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import { durationSeconds } from "../../pipeline/windows";

/** A database that is paid by the bytes that its queries read. */
export interface ScanBilled {
    /** The database's own name, for people. */
    readonly database: string;
    /** A condition on a partition by the window's bounds, in the database's SQL. */
    readonly condition: string;
}

/**
 * What to say of a query that leaves its bounds to whoever runs it: a condition from outside comes after its tables are read, as far as the
 * database does not push it down, and each window pays for that anew.
 */
export function scanAdvice({ query, interval }: ExtractionSpec, { database, condition }: ScanBilled): Problem[] {
    if (isBounded(query)) return [];
    const windows = 86_400 / durationSeconds(interval);
    const often = windows === 1 ? "each window, one a day," : `each window, ${windows} a day,`;
    const finding =
        `does not name {{start}} and {{end}}; ${database} is paid by the bytes that a query reads, and ${often} may read ` +
        "the whole of its tables";
    const fix = `bound the partitions of the tables in it by {{start}} and {{end}}, such as ${condition}`;
    return [{ key: "query", finding, fix }];
}
