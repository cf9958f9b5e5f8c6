import { z } from "zod";

/** What a user knows of one measure; what is absent is the detection service's default. */
export const measureOptions = z.object({
    /** Side of the expected value on which a deviation is of interest. */
    direction: z.enum(["up", "down", "both"]).optional(),
    /** Least deviation that is of interest: in the measure's unit, and as part of the expected value. */
    minimumEffect: z.object({ absolute: z.number().optional(), relative: z.number().optional() }).optional(),
    /** How readily a value is called anomalous. */
    sensitivity: z.enum(["low", "medium", "high"]).optional(),
    /** Names of the measures whose quotient it is. */
    ratio: z.object({ numerator: z.string(), denominator: z.string() }).optional(),
});
export type MeasureOptions = z.output<typeof measureOptions>;

/** What a user knows of a detector that its data cannot tell, as the detection service is told it. */
export const detectorOptions = z.object({
    /** By the measure's name. */
    measures: z.record(z.string(), measureOptions),
    /** Times that are neither learned from nor reported. */
    events: z.array(
        z.object({
            /** First instant and end, ISO 8601 in UTC; the end is exclusive. */
            from: z.string(),
            to: z.string(),
            /** Name of the measure that it concerns; all without. */
            measure: z.string().optional(),
            /** Dimension values that it concerns, by dimension; any value of a dimension that is not named. */
            dimensions: z.record(z.string(), z.string()).optional(),
        }),
    ),
});
export type DetectorOptions = z.output<typeof detectorOptions>;

/** Nothing is known. */
export const noDetectorOptions: DetectorOptions = { measures: {}, events: [] };

/** Whether a user said anything. */
export const saysNothing = ({ measures, events }: DetectorOptions): boolean =>
    Object.keys(measures).length === 0 && events.length === 0;
