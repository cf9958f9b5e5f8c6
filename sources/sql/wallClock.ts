/** What a clock in the zone shows at an instant, as milliseconds since 1970 of a UTC clock that shows the same. */
export function wallClock(instant: number, timeZone: string): number {
    if (timeZone === "UTC") {
        return instant;
    }
    const parts = new Intl.DateTimeFormat("en-u-ca-gregory", {
        timeZone,
        hourCycle: "h23",
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
    }).formatToParts(instant);
    const [year = 1970, month = 1, ...rest] = ["year", "month", "day", "hour", "minute", "second"].map((type) =>
        Number(parts.find((part) => part.type === type)?.value),
    );
    return Date.UTC(year, month - 1, ...rest);
}

/** A clock reading as `2026-01-01 00:00:00`. */
export function clockText(wall: number): string {
    return new Date(wall).toISOString().slice(0, 19).replace("T", " ");
}

/** A clock reading as a literal without a zone. */
export function timestampLiteral(wall: number): string {
    return `TIMESTAMP '${clockText(wall)}'`;
}
