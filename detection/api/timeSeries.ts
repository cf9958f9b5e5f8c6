import { createHash } from "node:crypto";

/** A dimension and its value. */
export type DimensionPair = readonly [dimension: string, value: string];

/** Dimensions with their values, by the dimension's name, as the API always lists them. */
export function dimensionPairs(dimensions: readonly string[], values: readonly string[]): DimensionPair[] {
    return dimensions
        .map((name, d): DimensionPair => [name, values[d]!])
        .sort(([one], [other]) => (one < other ? -1 : 1));
}

/**
 * Id of a metric: the same whatever group it is in and whatever run found it, since feedback refers to it. `pairs` are in the order that
 * `dimensionPairs` gives.
 */
export function timeSeriesId(detectorArn: string, measure: string, pairs: readonly DimensionPair[]): string {
    return createHash("sha512")
        .update(JSON.stringify([detectorArn, measure, pairs]))
        .digest("hex");
}
