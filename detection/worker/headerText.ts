const delimiters: readonly (readonly [string, string])[] = [
    [",", "a comma"],
    [";", "a semicolon"],
    ["\t", "a tab"],
    ["|", "a bar"],
];

/** Text of somebody's data for a message: what cannot be printed is replaced, so that a binary file does no harm to a terminal. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\ufffd]+/gu, "?");

/**
 * The columns that were found, for a message. Where all is one column that another delimiter would divide, it says so; columns that are no
 * text are not told.
 */
export function columnsFound(header: readonly string[]): string {
    const [only = ""] = header;
    if (header.some((name) => /[\0-\x08\x0e-\x1f\ufffd]/.test(name)))
        return "bytes that are no text (check Charset and FileCompression)";
    const found = header.map(printable).join(", ").slice(0, 300);
    const other = header.length === 1 ? delimiters.find(([delimiter]) => only.includes(delimiter)) : undefined;
    return other === undefined ? found : `${found} (one column, with ${other[1]} in it: set Delimiter)`;
}
