import { z } from "zod";
import { instant } from "./instant";

/** What users know of one measure; what is absent is the engine's default. */
export const measureOptionsRecord = z.object({
    /** Side of the expected value on which a deviation is of interest. */
    direction: z.enum(["up", "down", "both"]).optional(),
    /** Least deviation that is of interest: in the measure's unit, and as a part of the expected value's size. */
    minimumEffect: z
        .object({ absolute: z.number().positive().optional(), relative: z.number().positive().optional() })
        .optional(),
    sensitivity: z.enum(["low", "medium", "high"]).optional(),
    /** Names of the measures whose quotient this measure is. */
    ratio: z.object({ numerator: z.string(), denominator: z.string() }).optional(),
});

/** A stretch of time that is known to be out of the ordinary. */
export const eventRecord = z.object({
    /** First instant of it, and the first one after it. */
    from: instant,
    to: instant,
    /** Name of the measure that it concerns; all without. */
    measure: z.string().optional(),
    /** Dimension values that it concerns, by dimension; any value of a dimension that is not named. */
    dimensions: z.record(z.string(), z.string()).optional(),
});

/** What users know of a detector's measures, by their names. */
export const optionsRecord = z.object({
    measures: z.record(z.string(), measureOptionsRecord),
    events: z.array(eventRecord),
});
export type OptionsRecord = z.output<typeof optionsRecord>;
