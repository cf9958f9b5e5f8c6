/**
 * True when an event matches an EventBridge pattern: every key of the pattern is in the event with one of the values listed, or
 * one that a `prefix`, `suffix`, `anything-but`, `exists` or `equals-ignore-case` filter accepts. Throws an Error for any other filter.
 */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
    if (typeof pattern !== "object" || pattern === null) {
        throw new Error(`an event pattern is made of objects and lists; found ${JSON.stringify(pattern)}`);
    }
    if (Array.isArray(pattern)) {
        const values = Array.isArray(event) ? (event as unknown[]) : [event];
        return values.some((value) => pattern.some((wanted) => matchesValue(wanted, value)));
    }
    return Object.entries(pattern).every(([key, wanted]) =>
        matchesPattern(
            wanted,
            typeof event === "object" && event !== null ? (event as Record<string, unknown>)[key] : undefined,
        ),
    );
}

function matchesValue(wanted: unknown, value: unknown): boolean {
    if (typeof wanted !== "object" || wanted === null) {
        return wanted === value;
    }
    const [[filter, operand] = []] = Object.entries(wanted) as [string, unknown][];
    switch (filter) {
        case "prefix":
            return typeof value === "string" && value.startsWith(String(operand));
        case "suffix":
            return typeof value === "string" && value.endsWith(String(operand));
        case "equals-ignore-case":
            return typeof value === "string" && value.toLowerCase() === String(operand).toLowerCase();
        case "exists":
            return (value !== undefined) === operand;
        case "anything-but":
            return (
                value !== undefined &&
                !(Array.isArray(operand) ? operand : [operand]).some((no) => matchesValue(no, value))
            );
        default:
            throw new Error(`the embedded cloud does not know the filter ${filter} of event patterns`);
    }
}
