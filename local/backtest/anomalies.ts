import { incidentsOf } from "../../detection/engine/incidentList";
import type { Backtest } from "./backtest";
import { startOf, timelineOf } from "./interval";

/** An incident as `--json` prints it; other programs read it. */
export interface Anomaly {
    /** Start of the first and of the last anomalous interval, UTC: `2026-04-01 03:00:00`. */
    readonly start: string;
    readonly end: string;
    /** 0 to 100. */
    readonly severity: number;
    /** Absent where several measures are concerned. */
    readonly measure?: string;
    /** Best first; `dims` holds only what the cause fixes. */
    readonly causes: readonly { readonly dims: Readonly<Record<string, string>>; readonly score: number }[];
}

/** The incidents of a back-test, oldest first. */
export function anomaliesOf({ settings, played }: Backtest): Anomaly[] {
    const { dimensions, measures, intervalSeconds, timeZone } = settings;
    const timeline = timelineOf(intervalSeconds, timeZone);
    return incidentsOf(played.groups).map(({ start, end, severity, groups, causes }) => ({
        start: timestampOf(startOf(start, timeline)),
        end: timestampOf(startOf(end, timeline)),
        severity,
        ...(groups.length === 1 ? { measure: measures[groups[0]!.measure]!.name } : {}),
        causes: causes.map(({ values, strength }) => ({
            dims: Object.fromEntries(
                dimensions.flatMap((name, d) => (values[d] === null ? [] : [[name, values[d]!] as const])),
            ),
            score: strength,
        })),
    }));
}

/** `2026-04-01 03:00:00`, UTC. */
export const timestampOf = (instant: number): string => new Date(instant).toISOString().slice(0, 19).replace("T", " ");
