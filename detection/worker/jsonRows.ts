import { addField, createFields } from "./fields";
import { memberText, parseJsonLine } from "./jsonLine";
import { objectText, type RowObject } from "./objectText";
import type { JsonLinesFormat } from "./rowFormat";
import { columnNames, findColumns, openIntake, type RowPlan } from "./rowIntake";
import { relieve, type RowTable } from "./rowTable";

/** Characters after which a line without an end is given up. */
const longestLine = 1_048_576;

/**
 * Puts the rows of JSON lines into a table: one flat object a line. Lines that are none, or lack the timestamp or a dimension, are counted
 * and named, never fatal. Null and a measure that is left out are gaps.
 */
export async function readJsonLines(
    source: RowObject & { readonly format: JsonLinesFormat },
    plan: RowPlan,
    table: RowTable,
): Promise<void> {
    const intake = openIntake(plan, table, source.object);
    const names = columnNames(plan, table);
    const columns = findColumns(names, plan, table, source.object);
    const needed = [plan.timestamp.column, ...table.shape.dimensions];
    const fields = createFields();
    const take = (text: string, line: number): void => {
        if (text.trim() === "") return;
        const row = parseJsonLine(text);
        const missing = row === undefined ? undefined : needed.find((name) => !Object.hasOwn(row, name));
        if (row === undefined) return intake.refuse(text, line, "a JSON object on a line of its own");
        if (missing !== undefined) return intake.refuse(text, line, `an object with a member "${missing}"`);
        fields.count = 0;
        for (const name of names) {
            const value = memberText(row, name);
            addField(fields, value, 0, value.length);
        }
        intake.take(fields, line, columns);
    };
    let rest = "";
    let line = 1;
    let isGivenUp = false;
    for await (const text of objectText(source, source.format)) {
        const pieces = text.split("\n");
        pieces.forEach((piece, i) => {
            if (!isGivenUp) rest += piece;
            if (i === pieces.length - 1) return;
            if (!isGivenUp) take(rest, line);
            [rest, isGivenUp] = ["", false];
            line++;
        });
        if (rest.length > longestLine) {
            intake.refuse(rest, line, "a line that ends");
            [rest, isGivenUp] = ["", true];
        }
        await relieve(table);
    }
    take(rest, line);
}
