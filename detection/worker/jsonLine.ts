/** The flat object that a line holds; undefined for any other line. */
export function parseJsonLine(line: string): Record<string, unknown> | undefined {
    try {
        const value: unknown = JSON.parse(line);
        return typeof value === "object" && value !== null && !Array.isArray(value)
            ? (value as Record<string, unknown>)
            : undefined;
    } catch {
        return undefined;
    }
}

/** A member's value as the text that a CSV file would have; empty for none. */
export function memberText(row: Record<string, unknown>, name: string): string {
    const value = Object.hasOwn(row, name) ? row[name] : undefined;
    if (typeof value === "string") return value;
    return value === undefined || value === null ? "" : JSON.stringify(value);
}
