import { readCsv } from "./csvRows";
import { readJsonLines } from "./jsonRows";
import type { RowObject } from "./objectText";
import { isJsonLines, type RowFormat } from "./rowFormat";
import type { RowPlan } from "./rowIntake";
import type { RowTable } from "./rowTable";

/** Puts an object's rows into a table, in constant memory beside it. Throws UnreadableObjectError for an object that cannot be read at all. */
export function readRows(
    { format, ...source }: RowObject & { readonly format: RowFormat },
    plan: RowPlan,
    table: RowTable,
): Promise<void> {
    return isJsonLines(format)
        ? readJsonLines({ ...source, format }, plan, table)
        : readCsv({ ...source, format }, plan, table);
}
