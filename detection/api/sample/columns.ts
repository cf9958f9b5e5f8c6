import { sure, unknown, unsure, type DetectedField } from "./detected";

/** What the columns beside the timestamp are. */
export interface DetectedColumns {
    readonly DimensionList: DetectedField;
    readonly MetricList: DetectedField;
}

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
export const isNumber = (text: string): boolean => text.length < 40 && decimal.test(text.trim());

/** Columns of numbers are measures, those of texts that come again are dimensions; keys of rows are neither. */
export function detectColumns(
    header: readonly string[],
    rows: readonly (readonly string[])[],
    timestamp: number | undefined,
): DetectedColumns {
    const [measures, dimensions, doubtful]: [string[], string[], string[]] = [[], [], []];
    header.forEach((name, column) => {
        const values = rows.map((row) => row[column] ?? "").filter((value) => value !== "");
        if (column === timestamp || values.length === 0) return;
        const distinct = new Set(values).size;
        const isKey = rows.length >= 20 && distinct === values.length;
        const isCode = /(^|_)(id|code|key|zip)$/i.test(name);
        if (!values.every(isNumber)) (isKey ? doubtful : dimensions).push(name);
        else if (!isCode) measures.push(name);
        else if (!isKey) doubtful.push(name);
    });
    const doubt = `It is not clear what these columns are for: ${doubtful.join(", ")}.`;
    const listOf = (names: string[], nothing: string): DetectedField =>
        names.length === 0
            ? unknown(nothing)
            : doubtful.length === 0
              ? sure({ SS: names })
              : unsure({ SS: names }, doubt);
    return {
        DimensionList: listOf(dimensions, "No column holds texts that come again."),
        MetricList: listOf(measures, "No column holds numbers alone."),
    };
}
