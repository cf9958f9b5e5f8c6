import { z } from "zod";
import { wantedAlerts } from "./detectorAlerts";
import { detectorOptions, noDetectorOptions } from "./detectorOptions";
import { extractionSpec } from "./records";

/** What the program wants of one detector: the input of its life-cycle invocation. References and query text, nothing secret. */
export const detectorRequest = z.object({
    /** Logical name. */
    name: z.string(),
    /** Name under which the detection service knows it. */
    detectorName: z.string(),
    /** URN of the stack: what carries another's is left alone. */
    owner: z.string(),
    description: z.string(),
    /** Seconds to wait after a window's end before it is extracted. */
    offsetSeconds: z.int().nonnegative(),
    /** Seconds back in which windows are extracted again for late rows; 0 for never. */
    latenessSeconds: z.int().nonnegative(),
    /** Name of the source's extractor function. */
    extractor: z.string(),
    maxConcurrentStatements: z.int().positive(),
    spec: extractionSpec,
    alerts: wantedAlerts.default({}),
    /** What the user knows of measures and times. */
    options: detectorOptions.default(noDetectorOptions),
    /** Whether extracted data, ledger and history stay when the detector is deleted. */
    keepData: z.boolean(),
});
export type DetectorRequest = z.output<typeof detectorRequest>;

/** A life-cycle invocation: what is wanted, and under `tf` what happens and, on an update, what was wanted before. */
export const reconcileEvent = detectorRequest.extend({
    tf: z.object({
        action: z.enum(["create", "update", "delete"]),
        // A failed update may have left anything here; without it nothing is lost but the old name of a renamed detector.
        prev_input: detectorRequest.nullish().catch(undefined),
    }),
});
export type ReconcileEvent = z.output<typeof reconcileEvent>;
