import type { AlertRecord } from "../detection/store/alerts";
import type { GroupRecord } from "../detection/store/groupRecord";
import type { MetricSetRecord } from "../detection/store/records";
import type { Notice } from "./notice";
import { wholeShares } from "./shares";

/** What was seen of a series in one interval, NaN where there is none. */
export interface SeenPoint {
    readonly value: number;
    readonly expected: number;
}

/** A group as the worker found it. */
export interface FoundGroup {
    readonly detector: string;
    readonly metricSet: MetricSetRecord;
    readonly group: GroupRecord;
    /** Of the group's latest interval, by combination. */
    readonly pointOf: (combination: number) => SeenPoint;
}

/** Most affected series that a notice keeps; a message shows fewer. */
const mostSeries = 100;
/** Values of a dimension that a notice keeps: the rest have no whole per cent each. */
const mostValues = 100;

/** What an alert has to tell of a group; `now` is in milliseconds since 1970. */
export function noticeOf({ name, id }: AlertRecord, found: FoundGroup, now: number): Notice {
    const { detector, metricSet, group, pointOf } = found;
    const byWeight = [...group.members].sort((one, other) => other.weight - one.weight);
    return {
        version: 1,
        detector,
        alert: name,
        alertId: id,
        group: group.id,
        ...tellingOf(group),
        measure: group.measure,
        start: group.start,
        end: group.end,
        interval: metricSet.interval,
        timeZone: metricSet.timeZone,
        severity: Math.round(group.severity * 100) / 100,
        dimensions: metricSet.dimensions,
        seriesCount: group.members.length,
        series: byWeight.slice(0, mostSeries).map(({ combination, values }) => {
            const { value, expected } = pointOf(combination);
            return { values, value: numberOrNull(value), expected: numberOrNull(expected) };
        }),
        total: totalOf(found),
        contributions: metricSet.dimensions.map((_, d) => contributionsOf(group, d)),
        causes: group.causes.map(({ values }) => values),
        noticedAt: now,
        tries: 0,
        notBefore: now,
    };
}

/** What is said beside what was found, of a group that has been told and taken back. */
function tellingOf({ amended }: GroupRecord): Pick<Notice, "change" | "telling"> {
    const telling = amended?.tellings ?? 0;
    if (telling === 0) return {};
    return { telling, change: amended?.kind === "withdrawn" ? "withdrawn" : "renewed" };
}

/** Sums over the affected series that have both a value and an expectation; undefined for averages, which have no sum. */
function totalOf({ metricSet, group, pointOf }: FoundGroup): Notice["total"] {
    const measure = metricSet.measures.find(({ name }) => name === group.measure);
    if (measure?.aggregation !== "SUM") return undefined;
    const points = group.members.map(({ combination }) => pointOf(combination));
    const known = points.filter(({ value, expected }) => Number.isFinite(value) && Number.isFinite(expected));
    if (known.length === 0) return undefined;
    const sum = (of: (point: SeenPoint) => number): number => known.reduce((total, point) => total + of(point), 0);
    return { value: sum(({ value }) => value), expected: sum(({ expected }) => expected) };
}

function contributionsOf(group: GroupRecord, dimension: number): { value: string; share: number }[] {
    const weights = new Map<string, number>();
    for (const { values, weight } of group.members)
        weights.set(values[dimension]!, (weights.get(values[dimension]!) ?? 0) + weight);
    const parts = [...weights].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).slice(0, mostValues);
    const shares = wholeShares(parts.map(([, weight]) => weight));
    return parts.map(([value], index) => ({ value, share: shares[index]! }));
}

const numberOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
