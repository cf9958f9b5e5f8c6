import type { AlertRecord } from "../detection/store/alerts";
import type { GroupRecord } from "../detection/store/groupRecord";

/**
 * Whether an alert tells of a group: its severity reaches the threshold, its measure is among the alert's, and one and the same of
 * its series has, for every dimension that the alert filters by, one of the values given. `dimensions` names the metric set's
 * dimensions; a filter by one that it has not got matches nothing.
 */
export function matches(alert: AlertRecord, group: GroupRecord, dimensions: readonly string[]): boolean {
    if (group.severity < alert.threshold) return false;
    if (alert.measures !== undefined && !alert.measures.includes(group.measure)) return false;
    const filters = (alert.dimensions ?? []).map(({ dimension, values }) => ({
        at: dimensions.indexOf(dimension),
        values: new Set(values),
    }));
    return group.members.some((member) => filters.every(({ at, values }) => at >= 0 && values.has(member.values[at]!)));
}
