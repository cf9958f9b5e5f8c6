/** What a spreadsheet takes for the beginning of a formula. */
const beginsFormula = /^[=+\-@\t\r]/;
const plainNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A text as a field of a CSV file that people open, quoted where it has to be. One that a spreadsheet would run as a formula gets an
 * apostrophe before it, which spreadsheets show as plain text: rows may come from whoever fills in a form. Numbers stay numbers.
 */
export function spreadsheetCell(text: string): string {
    const harmless = beginsFormula.test(text) && !plainNumber.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
