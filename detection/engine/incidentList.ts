import type { Cause } from "./causes";
import type { AnomalyGroup, GroupKey } from "./incidents";

/** What one cause brought about: groups of one or several measures. */
export interface Incident {
    readonly key: GroupKey;
    /** Positions of the first and the last anomalous interval. */
    readonly start: number;
    readonly end: number;
    /** 0 to 100: that of its worst group. */
    readonly severity: number;
    /** Best first: those of the group that they explain best. */
    readonly causes: readonly Cause[];
    /** Sum of its groups' versions: it grows with each change. */
    readonly version: number;
    /** In the order of start and measure. */
    readonly groups: readonly AnomalyGroup[];
}

/** Puts groups together to incidents, in the order of their start. */
export function incidentsOf(groups: readonly AnomalyGroup[]): Incident[] {
    const byKey = new Map<string, AnomalyGroup[]>();
    for (const group of groups) {
        const key = `${group.incident.start} ${group.incident.measure}`;
        const known = byKey.get(key);
        if (known === undefined) byKey.set(key, [group]);
        else known.push(group);
    }
    const incidents = [...byKey.values()].map(incidentOf);
    return incidents.sort((a, b) => a.start - b.start || a.key.measure - b.key.measure);
}

function incidentOf(unordered: readonly AnomalyGroup[]): Incident {
    const groups = [...unordered].sort((a, b) => a.start - b.start || a.measure - b.measure);
    const clearest = groups.reduce((best, one) => (strengthOf(one) > strengthOf(best) ? one : best));
    return {
        key: groups[0]!.incident,
        start: groups[0]!.start,
        end: Math.max(...groups.map(({ end }) => end)),
        severity: Math.max(...groups.map(({ severity }) => severity)),
        causes: clearest.causes,
        version: groups.reduce((sum, { version }) => sum + version, 0),
        groups,
    };
}

const strengthOf = ({ causes }: AnomalyGroup): number => causes[0]?.strength ?? 0;
