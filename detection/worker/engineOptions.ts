import { noOptions, type EngineOptions, type MeasureOptions } from "../engine/options";
import type { OptionsRecord } from "../store/optionsRecord";
import type { MetricSetRecord } from "../store/records";
import type { Calendar } from "./calendar";

type Names = Pick<MetricSetRecord, "measures" | "dimensions">;

/**
 * What users said of a detector, in the engine's terms: measures by index, times by position. What names a measure or a dimension that the
 * metric set has lost since is passed over.
 */
export function engineOptionsOf(record: OptionsRecord | undefined, names: Names, calendar: Calendar): EngineOptions {
    if (record === undefined) return noOptions;
    const indexOf = (name: string): number => names.measures.findIndex((measure) => measure.name === name);
    return {
        measures: names.measures.map(({ name }) => measureOptionsOf(record.measures[name], indexOf)),
        events: record.events.flatMap(({ from, to, measure, dimensions = {} }) => {
            const index = measure === undefined ? undefined : indexOf(measure);
            const isLost = Object.keys(dimensions).some((name) => !names.dimensions.includes(name));
            if (index === -1 || isLost) return [];
            return {
                from: calendar.positionOf(from),
                // An event that ends within an interval touches all of it.
                to: calendar.positionOf(to - 1),
                ...(index === undefined ? {} : { measure: index }),
                values: names.dimensions.map((name) => dimensions[name] ?? null),
            };
        }),
    };
}

function measureOptionsOf(
    given: OptionsRecord["measures"][string] | undefined,
    indexOf: (name: string) => number,
): MeasureOptions {
    const { ratio, ...rest } = given ?? {};
    const [numerator, denominator] = [indexOf(ratio?.numerator ?? ""), indexOf(ratio?.denominator ?? "")];
    return numerator < 0 || denominator < 0 ? rest : { ...rest, ratio: { numerator, denominator } };
}
