import { z } from "zod";
import { extractionSpec, instant, windowRecord } from "../records";

/** A check as an extractor function is asked for it: what `lookout check --deployed` sends. */
export const checkRequestRecord = z.object({
    /** Logical name of the detector. */
    detector: z.string(),
    spec: extractionSpec,
    now: instant,
    offsetSeconds: z.int().nonnegative(),
    window: windowRecord.optional(),
    limits: z.object({ metrics: z.int(), measures: z.int(), dimensions: z.int() }),
    thorough: z.boolean(),
});
