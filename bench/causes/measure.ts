import type { Incident } from "../../detection/engine/incidentList";
import { firstPosition, type DataSet, type TrueEvent } from "../generator/dataSet";
import { labelEnd } from "../generator/generate";

/** How well the incidents of a set tell what happened. */
export interface Report {
    /** True incidents that count. */
    readonly events: number;
    /** Those that an incident overlaps. */
    readonly found: number;
    /** Those whose first cause is exactly the true one, in the most severe incident that overlaps. */
    readonly exact: number;
    /** Those whose cause is among the first three. */
    readonly amongThree: number;
    /** Incidents reported, but for those that lie in a time in which nothing counts. */
    readonly reported: number;
    /** Of those, the ones that overlap a true incident. */
    readonly rightly: number;
}

/** Intervals after an event in which telling of it still counts: two, one for daily data. */
export const graceOf = (set: DataSet): number => (set.intervalSeconds >= 86_400 ? 1 : 2);

/** Compares incidents with the truth, as the event scorer does. Only those of at least `severity` count as reported. */
export function measure(set: DataSet, all: readonly Incident[], severity = 0): Report {
    const incidents = all.filter((incident) => incident.severity >= severity);
    const scored = set.events.filter(({ isScored }) => isScored);
    const told = scored.map((event) => worstOf(set, incidents, event));
    const rightly = incidents.filter((incident) => scored.some((event) => overlaps(set, incident, event)));
    const wrongly = incidents.filter((incident) => !rightly.includes(incident) && !isIgnored(set, incident));
    const causes = (incident: Incident | undefined, most: number): readonly string[] =>
        (incident?.causes ?? []).slice(0, most).map(({ values }) => JSON.stringify(values));
    const hits = (most: number): number =>
        scored.filter((event, e) => causes(told[e], most).includes(JSON.stringify(event.cause))).length;
    return {
        events: scored.length,
        found: told.filter((incident) => incident !== undefined).length,
        exact: hits(1),
        amongThree: hits(3),
        reported: rightly.length + wrongly.length,
        rightly: rightly.length,
    };
}

/** The most severe incident that overlaps an event in time and in a measure. */
export function worstOf(set: DataSet, incidents: readonly Incident[], event: TrueEvent): Incident | undefined {
    const over = incidents.filter((incident) => overlaps(set, incident, event));
    return over.reduce<Incident | undefined>(
        (worst, one) => (worst === undefined || one.severity > worst.severity ? one : worst),
        undefined,
    );
}

function overlaps(set: DataSet, incident: Incident, event: TrueEvent): boolean {
    const first = firstPosition(set);
    return (
        incident.start - first <= labelEnd(set, event.type, event.from, event.to) + graceOf(set) &&
        incident.end - first >= event.from &&
        incident.groups.some(({ measure }) => event.measures.includes(measure))
    );
}

/** True when every series of the incident is at some time of it one that does not count. */
function isIgnored(set: DataSet, incident: Incident): boolean {
    const [first, count] = [firstPosition(set), set.measures.length];
    return incident.groups.every((group) =>
        group.members.every(({ combination }) =>
            set.ignored.some(
                ({ series, from, to }) =>
                    series === combination * count + group.measure &&
                    from <= group.end - first &&
                    to >= group.start - first,
            ),
        ),
    );
}

/** Sums of several reports. */
export function added(reports: readonly Report[]): Report {
    const sum = (of: (report: Report) => number): number => reports.reduce((all, report) => all + of(report), 0);
    return {
        events: sum((r) => r.events),
        found: sum((r) => r.found),
        exact: sum((r) => r.exact),
        amongThree: sum((r) => r.amongThree),
        reported: sum((r) => r.reported),
        rightly: sum((r) => r.rightly),
    };
}
