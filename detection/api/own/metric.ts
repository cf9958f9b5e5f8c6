import type { z } from "zod";
import type { MetricSetRecord } from "../../store/records";
import { combinationKey } from "../../worker/rowTable";
import { invalidField, notFound } from "../errors";
import type { ReadRun } from "../readRun";
import type { metricMembers } from "./ownMembers";

/** One metric of a run: a measure at one combination of dimension values. */
export interface Metric {
    readonly measure: number;
    readonly combination: number;
    readonly values: readonly string[];
    /** The engine's index of its series. */
    readonly series: number;
}

type Named = { readonly MetricName: string; readonly Dimensions: z.output<(typeof metricMembers)["Dimensions"]> };

/** Index of a measure. Throws ResourceNotFoundException for one that the metric set does not have. */
export function mustFindMeasure({ measures }: MetricSetRecord, name: string): number {
    const measure = measures.findIndex((one) => one.name === name);
    if (measure < 0) throw notFound("TimeSeries", name);
    return measure;
}

/**
 * The metric that a request names. Throws ValidationException when a dimension is missing or unknown, ResourceNotFoundException when no
 * row has had the values.
 */
export async function mustFindMetric({ metricSet, store, progress }: ReadRun, named: Named): Promise<Metric> {
    const measure = mustFindMeasure(metricSet, named.MetricName);
    const values = valuesOf(metricSet, named.Dimensions);
    const key = combinationKey(values);
    const combinations = await store.combinations(progress);
    const combination = combinations.findIndex((one) => combinationKey(one) === key);
    if (combination < 0) throw notFound("TimeSeries", JSON.stringify(named.Dimensions));
    return { measure, combination, values, series: combination * metricSet.measures.length + measure };
}

function valuesOf({ dimensions }: MetricSetRecord, given: Readonly<Record<string, string>>): string[] {
    const unknown = Object.keys(given).find((name) => !dimensions.includes(name));
    if (unknown !== undefined)
        throw invalidField(`Dimensions.${unknown}`, `is not a dimension; there are ${dimensions.join(", ") || "none"}`);
    return dimensions.map((name) => {
        const value = Object.hasOwn(given, name) ? given[name] : undefined;
        if (value === undefined) throw invalidField(`Dimensions.${name}`, "is required");
        return value;
    });
}
