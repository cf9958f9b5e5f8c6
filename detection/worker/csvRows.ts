import { createCsvScanner } from "./csvScanner";
import { fieldText, type Fields } from "./fields";
import { objectText, type RowObject } from "./objectText";
import type { CsvFormat } from "./rowFormat";
import { findColumns, openIntake, type Columns, type RowPlan } from "./rowIntake";
import { relieve, type RowTable } from "./rowTable";

/**
 * Puts a CSV object's rows into a table. Bad rows are counted and named, never fatal; only a missing column is, for then no row of the
 * object can be read: UnreadableObjectError names it and the columns found.
 */
export async function readCsv(
    source: RowObject & { readonly format: CsvFormat },
    plan: RowPlan,
    table: RowTable,
): Promise<void> {
    const { object, format } = source;
    const intake = openIntake(plan, table, object);
    let columns: Columns | undefined;
    if (format.header !== undefined) columns = findColumns(format.header, plan, table, object);
    const scanner = createCsvScanner(format, {
        row: (fields, line) => {
            if (columns === undefined) columns = findColumns(textsOf(fields), plan, table, object);
            else intake.take(fields, line, columns);
        },
        broken: (text, line) => intake.refuse(text, line, "a row: a quote is not closed, or is followed by text"),
    });
    for await (const text of objectText(source, format)) {
        scanner.push(text);
        await relieve(table);
    }
    scanner.end();
}

const textsOf = (fields: Fields): string[] => Array.from({ length: fields.count }, (_, at) => fieldText(fields, at));
