import { csvRows } from "./rows";

/** How delimited text tells its values apart. */
export interface DetectedDialect {
    readonly delimiter: string;
    /** False where the rows are not all as long as each other. */
    readonly isSure: boolean;
    /** The quote that is in use; undefined where none is seen. */
    readonly quote?: string;
    readonly rows: readonly (readonly string[])[];
}

/** By preference. A blank stands last: there is one in most timestamps. */
const delimiters = [",", "\t", "|", ";", " "];
const quotes = ['"', "'"];
const mostRows = 2000;

/** The delimiter under which rows are longest and alike. */
export function detectDialect(head: { readonly text: string; readonly isWhole: boolean }): DetectedDialect {
    const tried = delimiters.map((delimiter) => {
        const quote = quotes.find((candidate) => isQuote(head.text, candidate, delimiter));
        const rows = csvRows(head, { delimiter, quote: quote ?? '"' }, mostRows);
        return { delimiter, quote, rows, ...likeness(rows) };
    });
    const split = tried.filter(({ width }) => width > 1);
    const alike = split.filter(({ isSure }) => isSure);
    // One column has no delimiter: any will do.
    return widest(alike.filter(({ delimiter }) => delimiter !== " ")) ?? widest(alike) ?? widest(split) ?? tried[0]!;
}

const widest = <T extends { readonly width: number }>(candidates: readonly T[]): T | undefined =>
    [...candidates].sort((one, other) => other.width - one.width)[0];

/** The usual number of values in a row, and whether every row has as many. */
function likeness(rows: readonly (readonly string[])[]): { readonly width: number; readonly isSure: boolean } {
    const counts = new Map<number, number>();
    for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
    const [width = 0] = [...counts].sort(([, one], [, other]) => other - one)[0] ?? [];
    return { width, isSure: counts.size === 1 && width > 1 };
}

/** True where a value begins with the quote and another, or the same, ends with it. */
function isQuote(text: string, quote: string, delimiter: string): boolean {
    return (
        (text.startsWith(quote) || text.includes(`\n${quote}`) || text.includes(`${delimiter}${quote}`)) &&
        (text.includes(`${quote}${delimiter}`) || text.includes(`${quote}\n`) || text.includes(`${quote}\r`))
    );
}
