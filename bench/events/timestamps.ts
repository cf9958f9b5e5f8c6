/** Milliseconds since 1970 of `2018-06-19 00:00:00` or `2018-06-19T00:00:00.5Z`, read as UTC. Throws Error for anything else. */
export function instantOf(text: string): number {
    const trimmed = text.trim().replace(" ", "T").replace(/Z$/, "");
    const instant = Date.parse(`${/T/.test(trimmed) ? trimmed : `${trimmed}T00:00:00`}Z`);
    if (Number.isNaN(instant)) throw new Error(`unreadable timestamp "${text}"; expected YYYY-MM-DD HH:MM:SS`);
    return instant;
}

/** The other way: `2018-06-19 00:00:00`. */
export const timestampOf = (instant: number): string => new Date(instant).toISOString().slice(0, 19).replace("T", " ");
