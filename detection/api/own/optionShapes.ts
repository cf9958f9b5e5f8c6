import { z } from "zod";
import type { OptionsRecord } from "../../store/optionsRecord";
import type { MetricSetRecord } from "../../store/records";
import { validationError } from "../errors";
import { parseIntervalTime } from "../intervalTime";
import { intervalTime, measureName } from "../members";
import { timeOf } from "./ownMembers";

/** Most known events of a detector. */
const mostEvents = 1000;

const measureOptions = z.strictObject({
    direction: z.enum(["up", "down", "both"]).optional().describe("The side on which a deviation is of interest."),
    minimumEffect: z
        .strictObject({
            absolute: z.number().positive().max(1e15).optional().describe("In the measure's own unit."),
            relative: z
                .number()
                .positive()
                .max(1e6)
                .optional()
                .describe("Part of the expected value: 0.1 for a tenth."),
        })
        .optional()
        .describe("Least deviation that is of interest; where both are given, both must be reached."),
    sensitivity: z.enum(["low", "medium", "high"]).optional().describe("How readily a value is called anomalous."),
    ratio: z
        .strictObject({ numerator: measureName, denominator: measureName })
        .optional()
        .describe("The measure is one measure divided by another, to be judged with the size of the other in mind."),
});

const knownEvent = z.strictObject({
    from: intervalTime.describe("First instant, ISO 8601."),
    to: intervalTime.describe("End, exclusive, ISO 8601."),
    measure: measureName.optional().describe("The measure that it concerns; without, all of them."),
    dimensions: z
        .record(z.string().max(63), z.string().max(256))
        .optional()
        .describe("Dimension values that it concerns; any value of a dimension that is not named."),
});

/** What users know that the data cannot tell, by names; what is absent is the default. */
export const options = z.strictObject({
    measures: z.record(measureName, measureOptions).default({}).describe("By the measure's name."),
    events: z
        .array(knownEvent)
        .max(mostEvents)
        .default([])
        .describe("Times that are neither learned from nor reported."),
});
export type Options = z.output<typeof options>;

/** Throws ValidationException that lists each member that does not fit the metric set. */
export function optionsRecordOf(given: Options, metricSet: MetricSetRecord): OptionsRecord {
    const events = given.events.map((event, i) => ({
        ...event,
        from: parseIntervalTime(event.from, `Options.events.${i}.from`),
        to: parseIntervalTime(event.to, `Options.events.${i}.to`),
    }));
    const record = { measures: given.measures, events };
    const issues = findMisfits(record, metricSet);
    if (issues.length > 0) throw validationError(new z.ZodError(issues));
    return record;
}

export function shownOptionsOf({ measures, events }: OptionsRecord): Options {
    return {
        measures,
        events: events.map(({ from, to, ...rest }) => ({ from: timeOf(from), to: timeOf(to), ...rest })),
    };
}

function findMisfits({ measures, events }: OptionsRecord, metricSet: MetricSetRecord): z.core.$ZodIssue[] {
    const issues: z.core.$ZodIssue[] = [];
    const refuse = (path: (string | number)[], message: string): void => {
        issues.push({ code: "custom", path: ["Options", ...path], message, input: undefined });
    };
    const names = metricSet.measures.map(({ name }) => name);
    const requireMeasure = (path: (string | number)[], name: string): void => {
        if (!names.includes(name)) refuse(path, `is not a measure; there are ${names.join(", ")}`);
    };
    for (const [name, { ratio }] of Object.entries(measures)) {
        requireMeasure(["measures", name], name);
        if (ratio === undefined) continue;
        for (const part of ["numerator", "denominator"] as const)
            requireMeasure(["measures", name, "ratio", part], ratio[part]);
        if (new Set([name, ratio.numerator, ratio.denominator]).size < 3)
            refuse(["measures", name, "ratio"], "must name two other measures");
    }
    events.forEach(({ from, to, measure, dimensions = {} }, i) => {
        if (to <= from) refuse(["events", i, "to"], "must be after from");
        if (measure !== undefined) requireMeasure(["events", i, "measure"], measure);
        for (const name of Object.keys(dimensions))
            if (!metricSet.dimensions.includes(name))
                refuse(
                    ["events", i, "dimensions", name],
                    `is not a dimension; there are ${metricSet.dimensions.join(", ") || "none"}`,
                );
    });
    return issues;
}
