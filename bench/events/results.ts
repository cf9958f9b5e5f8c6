import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { incidentsOf } from "../../detection/engine/incidentList";
import type { DataSet } from "./dataSet";
import { positionOf, type Played } from "./play";
import { timestampOf } from "./timestamps";

/** Writes `scores.csv` (rows of severity 0 left out) and `anomalies.json`, as the event scorer reads them. */
export function writeResults(folder: string, set: DataSet, played: Played): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "scores.csv"), scoresOf(set, played));
    writeFileSync(path.join(folder, "anomalies.json"), JSON.stringify(anomaliesOf(set, played)));
}

function scoresOf(set: DataSet, { severities }: Played): string {
    const header = ["timestamp", ...set.dimensions, "measure", "severity"].join(",");
    const lines = severities.map(({ interval, combination, measure, severity }) =>
        [
            timestampOf(instantOf(set, interval)),
            ...set.combinations[combination]!,
            set.measures[measure]!,
            severity.toFixed(4),
        ].join(","),
    );
    // The scorer takes its thresholds from the severities that it finds: a set without any gets one that alerts nobody.
    const [quiet] = set.combinations;
    if (lines.length === 0 && quiet !== undefined)
        lines.push([timestampOf(instantOf(set, set.intervals - 1)), ...quiet, set.measures[0]!, "0.0001"].join(","));
    return `${[header, ...lines].join("\n")}\n`;
}

/** One entry an incident, with its measure where it has only one; the dimensions of a cause hold only what it fixes. */
function anomaliesOf(set: DataSet, { groups }: Played): unknown[] {
    const base = positionOf(set, 0);
    return incidentsOf(groups).map((incident) => ({
        start: timestampOf(instantOf(set, incident.start - base)),
        end: timestampOf(instantOf(set, incident.end - base)),
        severity: incident.severity,
        ...(incident.groups.length === 1 ? { measure: set.measures[incident.groups[0]!.measure]! } : {}),
        causes: incident.causes.map(({ values, strength }) => ({
            dims: Object.fromEntries(
                set.dimensions.flatMap((name, d) => (values[d] === null ? [] : [[name, values[d]!] as const])),
            ),
            score: strength,
        })),
    }));
}

const instantOf = (set: DataSet, interval: number): number => set.start + interval * set.intervalSeconds * 1000;
