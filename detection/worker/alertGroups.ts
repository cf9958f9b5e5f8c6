import type { GroupRecord } from "../store/groupRecord";
import type { StretchInterval } from "../store/stretch";
import type { Work } from "./work";
import { pointsNeeded } from "./pointsNeeded";

/** Has those told that heard of groups which are no more. */
export async function retractAlerts({ services, record, now }: Work, withdrawn: readonly GroupRecord[]): Promise<void> {
    if (withdrawn.length > 0) await services.alerting?.retract({ detector: record, groups: withdrawn }, now);
}

/** What one round of scoring found. */
export interface Round {
    /** Groups that were open in the round; those that have not grown are passed over. */
    readonly groups: readonly GroupRecord[];
    /** The intervals that were scored, and the position of the first. */
    readonly intervals: readonly StretchInterval[];
    readonly first: number;
    /** Intervals with data so far. */
    readonly points: number;
}

/**
 * Notes what the detector's alerts have to tell of a round's groups; gives how many notices are new. Nothing is told of a back-test, nor
 * while the detector learns.
 */
export async function noteAlerts(work: Work, { groups, intervals, first, points }: Round): Promise<number> {
    const { services, calendar, record, metricSet, now } = work;
    const isBacktest = record.status.startsWith("BACK_TEST");
    if (services.alerting === undefined || isBacktest || points < pointsNeeded(record.interval)) return 0;
    const pointOf = (group: GroupRecord, combination: number) => {
        const interval = intervals[calendar.positionOf(group.end) - first];
        const measure = metricSet.measures.findIndex(({ name }) => name === group.measure);
        const series = combination * metricSet.measures.length + measure;
        return { value: interval?.value[series] ?? NaN, expected: interval?.expected?.[series] ?? NaN };
    };
    const grown = groups.filter(({ end }) => calendar.positionOf(end) >= first);
    return services.alerting.note({ detector: record, groups: grown, pointOf }, now);
}
