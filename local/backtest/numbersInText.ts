import { quoteIdentifier } from "../../sources/sql/quoting";
import { badNumberSql, numberSql } from "./numberSql";
import type { FileDatabase } from "./database";
import type { Sample } from "./guessTimestamp";
import type { FileColumn } from "./settings";

/** What of a text column's values are numbers. */
export interface NumbersInText {
    readonly column: FileColumn;
    /** Values of the sample that are numbers, those that are none, and those of them with a decimal comma; empty ones are neither. */
    readonly numbers: number;
    readonly others: number;
    readonly commas: number;
    /** One that is no number. */
    readonly example: string;
}

/** Part of a text column's values that has to be numbers for it to be taken as a measure. */
const leastShare = 0.95;
/** Part from which on people are told why it is not. */
const tellingShare = 0.5;

/** Numbers with a decimal comma, with points or blanks between thousands. */
const commaNumber = "^\\s*[-+]?\\d+([. ]\\d{3})*,\\d+\\s*$";

/** Looks for numbers in columns of text, within the sample. */
export async function countNumbers(
    columns: readonly FileColumn[],
    { table }: Pick<Sample, "table">,
    database: FileDatabase,
): Promise<NumbersInText[]> {
    if (columns.length === 0) return [];
    const counts = columns.flatMap(({ name }, c) => {
        const [bad, text] = [badNumberSql(name), `cast(${quoteIdentifier(name)} as varchar)`];
        return [
            `count(${numberSql(name)}) as n${c}`,
            `count_if(${bad}) as b${c}`,
            `count_if(regexp_matches(${text}, '${commaNumber}')) as c${c}`,
            `first(${text}) filter (${bad}) as e${c}`,
        ];
    });
    const [row = {}] = await database.rows(`select ${counts.join(", ")} from ${table}`);
    return columns.map((column, c) => ({
        column,
        numbers: Number(row[`n${c}`]),
        others: Number(row[`b${c}`]),
        commas: Number(row[`c${c}`]),
        example: String(row[`e${c}`] ?? "").slice(0, 40),
    }));
}

/** Whether almost all values are numbers. */
export const isMostlyNumbers = ({ numbers, others }: NumbersInText): boolean =>
    numbers > 0 && numbers >= leastShare * (numbers + others);

/** Why a column of text is no measure; undefined for plain text, of which nobody expects that it is one. */
export function whyNoMeasure(found: NumbersInText): string | undefined {
    const { column, numbers, others, commas, example } = found;
    const all = numbers + others;
    if (all === 0 || isMostlyNumbers(found)) return undefined;
    if (commas > 0 && numbers + commas >= tellingShare * all)
        return `column "${column.name}" is not taken as a measure: ${decimalComma(example)}`;
    if (numbers < tellingShare * all) return undefined;
    const percent = Math.max(1, Math.round((others / all) * 100));
    return (
        `column "${column.name}" is not taken as a measure: ${percent} % of its values are no numbers, such as "${example}"; ` +
        `name it with --measures to leave those out`
    );
}

/** What to do about a value such as `12,5`; undefined for another one. */
export const commaHint = (value: string): string | undefined =>
    new RegExp(commaNumber).test(value) ? decimalComma(value) : undefined;

const decimalComma = (example: string): string =>
    `its numbers have a decimal comma ("${example}"); write them with a decimal point`;
