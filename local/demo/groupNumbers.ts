import type { ExplainedPoint } from "../../detection/client";
import type { Window } from "../../pipeline/windows";
import type { Scope } from "./anomalies";
import { type CauseNumbers, isCovered, type SeriesPoint, shareOf } from "./foundGroup";

/** One metric of a group: its dimension values, and what it was. */
export interface ExplainedMetric {
    readonly dimensions: Scope;
    readonly points: readonly ExplainedPoint[];
}

/** Reads a timestamp of the API, such as `2026-04-01T15:00Z[UTC]`, as milliseconds since 1970. */
export function parseTimestamp(text: string | undefined): number {
    const instant = Date.parse((text ?? "").replace(/\[.*\]$/, ""));
    if (Number.isNaN(instant)) {
        throw new RangeError(`the detection service gave "${text}" where a timestamp was expected`);
    }
    return instant;
}

/** What the metrics that a cause covers came to, and their part of all metrics' deviation. */
export function causeNumbers(
    metrics: readonly ExplainedMetric[],
    cause: Scope,
    span: Window,
    isMean = false,
): CauseNumbers {
    const inside = ({ points }: ExplainedMetric) =>
        points.filter(({ timestamp }) => isInside(parseTimestamp(timestamp), span));
    const { own, share } = shareOf(metrics, ({ dimensions }) => isCovered(cause, dimensions), inside);
    const series = sumSeries(
        own.map(({ points }) => points),
        isMean,
    );
    return { ...totalsOf(series, span, isMean), share, metrics: own.length };
}

/** What a series came to in a stretch of time. */
export function totalsOf(
    series: readonly SeriesPoint[],
    span: Window,
    isMean: boolean,
): { expected: number; actual: number } {
    const inside = series.filter(({ timestamp }) => isInside(timestamp, span));
    const combined = isMean ? mean : add;
    return {
        expected: combined(inside.map(({ expected }) => expected)) ?? 0,
        actual: combined(inside.map(({ value }) => value)) ?? 0,
    };
}

const isInside = (instant: number, { start, end }: Window): boolean => instant >= start && instant < end;

/**
 * The sum of several metrics at each interval, or their mean. Bands are added as independent spreads are, by the root of the sum of squares;
 * an interval that one metric lacks is summed over the others.
 */
export function sumSeries(metrics: readonly (readonly ExplainedPoint[])[], isMean = false): SeriesPoint[] {
    const combined = isMean ? mean : add;
    const byTime = new Map<number, ExplainedPoint[]>();
    for (const point of metrics.flat()) {
        const timestamp = parseTimestamp(point.timestamp);
        byTime.set(timestamp, [...(byTime.get(timestamp) ?? []), point]);
    }
    return [...byTime]
        .sort(([a], [b]) => a - b)
        .map(([timestamp, points]) => {
            const expected = combined(points.map((point) => point.expected));
            const spread = (edge: "lower" | "upper"): number | null => {
                const distances = points.map((point) =>
                    point[edge] === null || point.expected === null ? null : (point[edge] - point.expected) ** 2,
                );
                const squares = add(distances);
                return squares === null ? null : Math.sqrt(squares) / (isMean ? points.length : 1);
            };
            const [below, above] = [spread("lower"), spread("upper")];
            return {
                timestamp,
                value: combined(points.map((point) => point.value)),
                expected,
                lower: expected === null || below === null ? null : expected - below,
                upper: expected === null || above === null ? null : expected + above,
            };
        });
}

/** The sum of what is known, null when nothing is. */
function add(values: readonly (number | null)[]): number | null {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** The mean of what is known, null when nothing is. */
function mean(values: readonly (number | null)[]): number | null {
    const sum = add(values);
    return sum === null ? null : sum / values.filter((value) => value !== null).length;
}
