import { createCsvScanner, type CsvDialect } from "../../worker/csvScanner";
import { fieldText } from "../../worker/fields";
import { memberText, parseJsonLine } from "../../worker/jsonLine";
import { objectText } from "../../worker/objectText";
import { isJsonLines, type Encoding, type RowFormat } from "../../worker/rowFormat";
import type { FoundObject } from "./objects";

/** The beginning of an object's rows. */
export interface SampleRows {
    /** Column names; empty when nothing says them. */
    readonly header: readonly string[];
    /** Values in the order of the header. */
    readonly rows: readonly (readonly string[])[];
}

/** Characters that are read of an object at most. */
const mostText = 262_144;

/** The beginning of an object's text, unpacked and decoded. `isWhole` when there is no more. */
export async function headOf(
    object: FoundObject,
    encoding: Encoding,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
    let text = "";
    for await (const piece of objectText({ object: object.name, bytes: await object.stream() }, encoding)) {
        text += piece;
        if (text.length >= mostText) return { text: text.slice(0, mostText), isWhole: false };
    }
    return { text, isWhole: true };
}

/** The first rows of an object as its format reads them. Throws DataError for what is not packed as the format says. */
export async function sampleRows(object: FoundObject, format: RowFormat, most: number): Promise<SampleRows> {
    const head = await headOf(object, format);
    if (isJsonLines(format)) return jsonRows(head, most);
    if (format.header !== undefined) return { header: format.header, rows: csvRows(head, format, most) };
    const [header = [], ...rows] = csvRows(head, format, most + 1);
    return { header, rows };
}

/** The first rows of delimited text; one that the end of the sample cuts off is left out. */
export function csvRows(
    { text, isWhole }: { readonly text: string; readonly isWhole: boolean },
    dialect: CsvDialect,
    most: number,
): string[][] {
    const rows: string[][] = [];
    const scanner = createCsvScanner(dialect, {
        row: (fields) => {
            if (rows.length < most) rows.push(Array.from({ length: fields.count }, (_, i) => fieldText(fields, i)));
        },
        broken: () => undefined,
    });
    scanner.push(text);
    if (isWhole) scanner.end();
    return rows;
}

/** Members of the first object are the header; the values of all are texts. */
export function jsonRows(
    { text, isWhole }: { readonly text: string; readonly isWhole: boolean },
    most: number,
): SampleRows {
    const lines = text.split("\n");
    const objects = (isWhole ? lines : lines.slice(0, -1)).map(parseJsonLine).filter((value) => value !== undefined);
    const header = Object.keys(objects[0] ?? {});
    const rows = objects.slice(0, most).map((value) => header.map((name) => memberText(value, name)));
    return { header, rows };
}
