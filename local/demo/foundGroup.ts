import type { Scope } from "./anomalies";

/** One anomaly group that the detection service reported, with what the demo shows of it. Instants are milliseconds since 1970. */
export interface FoundGroup {
    readonly id: string;
    readonly detector: string;
    /** Start of the first anomalous interval. */
    readonly start: number;
    /** End of the last anomalous interval. */
    readonly end: number;
    readonly measure: string;
    /** From 0 to 100. */
    readonly severity: number;
    /** The dimension values that caused it: those that carry most of their dimension's contribution. */
    readonly dimensions: Scope;
    readonly contributions: readonly Contribution[];
    /** Sum over the group's metrics and intervals; their mean for an average. */
    readonly expected: number;
    readonly actual: number;
    /** What the cause's own metrics came to. */
    readonly cause: CauseNumbers;
    /** Around the group: the sum of its metrics at each interval. */
    readonly series: readonly SeriesPoint[];
    /** How many metrics the series sums. */
    readonly metrics: number;
}

/** The metrics of a group that its cause covers; all of them where no dimension value stands out. */
export interface CauseNumbers {
    /** Sum over these metrics and the group's intervals; their mean for an average. */
    readonly expected: number;
    readonly actual: number;
    /** Their part of the group's absolute deviation, from 0 to 100. */
    readonly share: number;
    readonly metrics: number;
}

/** A dimension value's share of the group. */
export interface Contribution {
    readonly dimension: string;
    readonly value: string;
    /** From 0 to 100; the shares of a dimension's values add up to 100. */
    readonly share: number;
}

/** Observed and expected at one interval; what is not known is null. */
export interface SeriesPoint {
    readonly timestamp: number;
    readonly value: number | null;
    readonly expected: number | null;
    readonly lower: number | null;
    readonly upper: number | null;
}

/** A value is named as the cause when it carries at least this share of its dimension, from 0 to 100. */
const causeShare = 70;

/** The values that stand out in their dimension; a dimension whose values share the contribution names none. */
export function causeOf(contributions: readonly Contribution[]): Scope {
    const leading = contributions.filter(({ share }) => share >= causeShare);
    return Object.fromEntries(leading.map(({ dimension, value }) => [dimension, value]));
}

/** Whether a metric's dimension values are among those that a cause names. */
export const isCovered = (cause: Scope, dimensions: Scope): boolean =>
    Object.entries(cause).every(([dimension, value]) => dimensions[dimension] === value);

/** The metrics that a cause covers, or all where it covers none, and their part of all metrics' absolute deviation, from 0 to 100. */
export function shareOf<Metric>(
    metrics: readonly Metric[],
    isCovered: (metric: Metric) => boolean,
    pointsOf: (metric: Metric) => readonly Pick<SeriesPoint, "value" | "expected">[],
): { readonly own: readonly Metric[]; readonly share: number } {
    const covered = metrics.filter(isCovered);
    const own = covered.length === 0 ? metrics : covered;
    const deviation = (of: readonly Metric[]): number =>
        of
            .flatMap(pointsOf)
            .reduce(
                (sum, { value, expected }) =>
                    sum + (value === null || expected === null ? 0 : Math.abs(value - expected)),
                0,
            );
    const whole = deviation(metrics);
    return { own, share: whole === 0 ? 100 : (100 * deviation(own)) / whole };
}

/** Writes a cause for people: `mobile_app, us`, or `everything` when no value stands out. */
export function formatCause(dimensions: Scope): string {
    return Object.values(dimensions).join(", ") || "everything";
}
