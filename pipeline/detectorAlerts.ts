import { z } from "zod";

/** One alert as the program wants it; exactly one of `sns` and `lambda` is there. */
export const wantedAlert = z.object({
    /** Least severity that is told, 0 to 100. */
    threshold: z.int(),
    /** ARN of the topic or of the function that is told. */
    sns: z.string().optional(),
    lambda: z.string().optional(),
    /** ARN of the role that is assumed for it; the service's own unless given. */
    role: z.string().optional(),
    /** How a message to a topic is written; JSON unless given. */
    format: z.enum(["JSON", "LONG_TEXT", "SHORT_TEXT"]).optional(),
    /** Only anomalies of these measures; all when there are none. */
    measures: z.array(z.string()).default([]),
    /** Only anomalies that involve one of the values of each dimension. */
    dimensions: z.record(z.string(), z.array(z.string())).default({}),
});
export type WantedAlert = z.output<typeof wantedAlert>;

/** Alerts by their logical name. */
export const wantedAlerts = z.record(z.string(), wantedAlert);
export type WantedAlerts = z.output<typeof wantedAlerts>;
