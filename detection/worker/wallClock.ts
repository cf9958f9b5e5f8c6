/** What clocks of a zone show. */
export interface WallClock {
    /** `2021-02-14`. */
    readonly date: string;
    /** `05:00`. */
    readonly time: string;
    /** From UTC: `+01:00`, or `Z` for none. */
    readonly offset: string;
}

/** What clocks of an IANA zone show at an instant, in milliseconds since 1970. */
export function wallClock(instant: number, timeZone: string): WallClock {
    const parts = new Intl.DateTimeFormat("en-CA", {
        timeZone,
        hourCycle: "h23",
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        timeZoneName: "longOffset",
    }).formatToParts(instant);
    const part = (type: string): string => parts.find((candidate) => candidate.type === type)?.value ?? "";
    const offset = part("timeZoneName").replace("GMT", "");
    return {
        date: `${part("year")}-${part("month")}-${part("day")}`,
        time: `${part("hour")}:${part("minute")}`,
        offset: offset === "" || offset === "+00:00" ? "Z" : offset,
    };
}
