import { timestampReader } from "../worker/timestampFormat";
import { wallClock } from "../worker/wallClock";
import { invalidField } from "./errors";

/** An interval's time as the API writes it: `2020-12-05T01:00Z[UTC]`; in a zone off UTC `2021-02-14T05:00+01:00[Europe/Paris]`. */
export function formatIntervalTime(instant: number, timeZone: string): string {
    if (timeZone === "UTC") return `${new Date(instant).toISOString().slice(0, 16)}Z[UTC]`;
    const { date, time, offset } = wallClock(instant, timeZone);
    return `${date}T${time}${offset}[${timeZone}]`;
}

const pattern = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?(?:\[([A-Za-z0-9_+\-/]+)\])?$/;

const [earliest, latest] = [Date.UTC(1900, 0, 1), Date.UTC(9999, 0, 1)];

/** Reads what `formatIntervalTime` writes, ISO 8601 with seconds, and either with an offset. Throws ValidationException naming the member. */
export function parseIntervalTime(text: string, member: string): number {
    const [, minutes, seconds, offset, zone] = pattern.exec(text) ?? [];
    const instant =
        minutes === undefined
            ? NaN
            : offset !== undefined
              ? Date.parse(`${minutes}${seconds ?? ":00"}${offset}`)
              : readLocal(`${minutes}${seconds?.slice(0, 3) ?? ":00"}`, zone ?? "UTC");
    if (Number.isNaN(instant)) throw invalidField(member, "is not a time such as 2020-12-05T01:00Z[UTC]");
    // Local dates are counted in years of four digits.
    if (instant < earliest || instant >= latest) throw invalidField(member, "must lie in the years 1900 to 9998");
    return instant;
}

function readLocal(text: string, zone: string): number {
    try {
        return timestampReader("yyyy-MM-dd'T'HH:mm:ss", zone)(text);
    } catch {
        return NaN;
    }
}
