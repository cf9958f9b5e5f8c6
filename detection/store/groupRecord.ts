import { z } from "zod";
import { instant } from "./instant";

/** Anomalies of one measure in consecutive intervals, as listed, and as a line of a day's file. */
export const groupRecord = z.object({
    /** UUID that begins with the start in minutes since 1970, so that a group is found by its id. */
    id: z.uuid(),
    measure: z.string(),
    /** Starts of the first and of the last anomalous interval. */
    start: instant,
    end: instant,
    /** 0 to 100. */
    severity: z.number(),
    /** The affected series. */
    members: z.array(
        z.object({
            combination: z.int(),
            /** One value for each dimension. */
            values: z.array(z.string()),
            weight: z.number(),
            severity: z.number(),
        }),
    ),
    /** Parts of the measure that explain the deviation, best first; null stands for every value of a dimension. */
    causes: z.array(z.object({ values: z.array(z.string().nullable()), strength: z.number() })),
    /** True while the next interval may extend it. */
    isOpen: z.boolean(),
});
export type GroupRecord = z.output<typeof groupRecord>;
