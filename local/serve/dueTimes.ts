import type { Undispatched } from "../../detection/api/tick";
import type { DetectorStore } from "../../detection/store/detectors";
import type { DetectorRecord } from "../../detection/store/records";
import { openCalendar } from "../../detection/worker/calendar";

/** A detector's next interval that ends: when its scoring is due. */
export interface Due {
    readonly detector: string;
    /** The interval's end plus the metric set's offset, in milliseconds since 1970. */
    readonly at: number;
}

/** When each running detector has its next interval to score, later than `now`; a record that cannot be read is no hindrance to others. */
export async function nextDues(
    detectors: Pick<DetectorStore, "names" | "read">,
    now: number,
): Promise<{ readonly dues: readonly Due[]; readonly failed: readonly Undispatched[] }> {
    const dues: Due[] = [];
    const failed: Undispatched[] = [];
    for (const name of await detectors.names()) {
        try {
            const record = await detectors.read(name);
            const at = record === undefined ? undefined : nextDue(record, now);
            if (at !== undefined) dues.push({ detector: name, at });
        } catch (error) {
            failed.push({ job: "advance", detector: name, error });
        }
    }
    return { dues, failed };
}

/** The first instant after `now` at which an interval's end and the offset have passed; undefined for one that does not run. */
export function nextDue({ status, metricSet }: DetectorRecord, now: number): number | undefined {
    if (metricSet === undefined || (status !== "LEARNING" && status !== "ACTIVE")) return undefined;
    const calendar = openCalendar(metricSet.interval, metricSet.timeZone);
    const offset = metricSet.offsetSeconds * 1000;
    return calendar.startOf(calendar.positionOf(now - offset) + 1) + offset;
}
