import { z } from "zod";
import { detectorArn, intervalTime, measureName } from "../members";

/* Members that requests and answers of several calls share. */

/** Names one metric. */
export const metricMembers = {
    ...detectorArn,
    MetricName: measureName.describe("The measure."),
    Dimensions: z
        .record(z.string().max(63), z.string().max(256))
        .default({})
        .describe("One value for each dimension of the metric set."),
};

/** A stretch of time; without a bound it has none on that side. */
export const stretchMembers = {
    StartTime: intervalTime.optional().describe("First instant, ISO 8601 or `2020-12-05T01:00Z[UTC]`."),
    EndTime: intervalTime.optional().describe("End, exclusive."),
};

/** Start of an interval. */
export const time = z.iso.datetime({ precision: 0 }).describe("ISO 8601, UTC.");
export const severity = z.number().min(0).max(100);
/** A value of a measure; expectations are kept to about seven digits, and no more are shown. */
export const measured = z.number().nullable();
export const dimensionValues = z.record(z.string(), z.string()).describe("Value of each dimension.");
export const scope = z
    .record(z.string(), z.string().nullable())
    .describe("Value of each dimension; null stands for all of them.");
export const nextToken = z
    .string()
    .optional()
    .describe("Where the next page begins; absent on the last one. A page may be short, or empty, and still have one.");

/** `2026-01-01T00:00:00Z`. */
export const timeOf = (instant: number): string => new Date(instant).toISOString().replace(/\.\d+Z$/, "Z");

export const roundedSeverity = (value: number): number => Math.round(value * 100) / 100;

/** Null for none. */
export const measuredOf = (value: number): number | null =>
    Number.isFinite(value) ? Number(value.toPrecision(7)) : null;

/** Dimensions by name, with what stands for each. */
export const byDimension = <T>(dimensions: readonly string[], values: readonly T[]): Record<string, T> =>
    Object.fromEntries(dimensions.map((name, d) => [name, values[d]!]));
