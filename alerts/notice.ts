import { z } from "zod";
import { instant } from "../detection/store/instant";
import { intervalName } from "../detection/store/records";

/** What was seen and what was expected; null where it is not known. */
const seen = { value: z.number().nullable(), expected: z.number().nullable() };

/**
 * What one alert tells of one anomaly group, as it was when the alert first matched it: a document of the outbox. It holds all that a
 * message needs but what the alert itself says, which may be changed until the message is sent.
 */
export const notice = z.object({
    version: z.literal(1),
    detector: z.string(),
    alert: z.string(),
    /** Of the alert's creation: what an earlier alert of the name had to tell is not told by a later one. */
    alertId: z.string(),
    group: z.uuid(),
    /**
     * What scoring again made of a group that had been told: `withdrawn` takes the alert back, `renewed` tells what had been taken back.
     * Absent for what is told for the first time.
     */
    change: z.enum(["withdrawn", "renewed"]).optional(),
    /** Number of the telling, from 0. */
    telling: z.int().optional(),
    measure: z.string(),
    /** Starts of the group's first and of its latest interval. */
    start: instant,
    end: instant,
    interval: intervalName,
    /** IANA zone of the metric set. */
    timeZone: z.string(),
    /** 0 to 100. */
    severity: z.number(),
    /** Names of the dimensions, in the order of each series' values. */
    dimensions: z.array(z.string()),
    /** Number of the affected series, of which `series` has the most affected. */
    seriesCount: z.int(),
    series: z.array(z.object({ values: z.array(z.string()), ...seen })),
    /** Of all affected series together, where the measure can be summed. */
    total: z.object(seen).optional(),
    /** By dimension, in the order of `dimensions`: each value's share in the deviation in whole per cent, largest first. */
    contributions: z.array(z.array(z.object({ value: z.string(), share: z.int() }))),
    /** The parts of the measure that explain the deviation, best first; null stands for every value of a dimension. */
    causes: z.array(z.array(z.string().nullable())),
    /** When the alert matched. */
    noticedAt: instant,
    /** How often sending was tried, and failed. */
    tries: z.int(),
    /** Not to be sent before. */
    notBefore: instant,
    /** Why the last try failed. */
    failure: z.string().optional(),
});
export type Notice = z.output<typeof notice>;

/** What has become of a notice: kept, so that a group is told once by an alert. */
export const outcome = z.object({
    version: z.literal(1),
    outcome: z.enum(["delivered", "undeliverable"]),
    at: instant,
    tries: z.int(),
    failure: z.string().optional(),
});
export type Outcome = z.output<typeof outcome>;
