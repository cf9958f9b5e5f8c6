import { z } from "zod";
import type { ExtractionSpec } from "../records";

/**
 * One thing that a check found: an error stops the detector from working, a warning is something that works and is probably not meant.
 * The key is the full path of what has to change, such as `lookout:detectors.orders.measures[1].name`.
 */
export const findingRecord = z.object({
    severity: z.enum(["error", "warning"]),
    key: z.string(),
    /** What was found and what was expected: a clause that follows the key, without a full stop. One line. */
    finding: z.string(),
    /** What would mend it. One line. */
    fix: z.string().optional(),
});
export type Finding = z.output<typeof findingRecord>;

/** What findings are about: the names that their keys begin with. */
export interface Checked {
    /** Logical name of the detector. */
    readonly detector: string;
    readonly spec: ExtractionSpec;
}

/** Key of the detector, or of a part of it: `lookout:detectors.orders.query`. */
export const detectorKey = (detector: string, part?: string): string =>
    `lookout:detectors.${detector}${part === undefined ? "" : `.${part}`}`;

/** Key of the source, or of a part of it. */
export const sourceKey = (source: string, part?: string): string =>
    `lookout:sources.${source}${part === undefined ? "" : `.${part}`}`;

/** A finding on one line, as the configuration's own messages are written. */
export const formatFinding = ({ key, finding, fix }: Finding): string =>
    `${key}: ${finding}.${fix === undefined ? "" : ` Fix: ${fix}.`}`;

/** Numbers as people read them. */
export const grouped = (count: number): string => count.toLocaleString("en-US");
