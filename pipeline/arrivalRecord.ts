import { z } from "zod";
import { instant, windowRecord } from "./records";

/** A window whose rows did not come as usual. */
export const arrivalEvent = z.object({
    window: windowRecord,
    /** `empty` and `short`: no rows, or far fewer than usual; `late`: they came, later than usual. */
    kind: z.enum(["empty", "short", "late"]),
    rows: z.int(),
    /** Rows that such a window usually has. */
    usual: z.number(),
    /** 0 to 100: see `severityOf`. */
    severity: z.int(),
    /** Seconds from the window's end to the run that found the rows, where they came late. */
    delaySeconds: z.int().optional(),
    /** How long they usually take at most, where they came late. */
    usualDelaySeconds: z.int().optional(),
});
export type ArrivalEvent = z.output<typeof arrivalEvent>;

/** A live window that may still change. */
export const recentWindow = z.object({
    window: windowRecord,
    rows: z.int(),
    version: z.int(),
    /** When a run first had it, and when one last found other rows in it. */
    firstAt: instant,
    changedAt: instant,
});
export type RecentWindow = z.output<typeof recentWindow>;

/** `<detector>/cache/<generation>/arrival.json`: how rows come, learned from live windows. Not derived again when it is lost: learned anew. */
export const arrivalRecord = z.object({
    version: z.literal(1),
    /** The latest windows, oldest first. */
    recent: z.array(recentWindow),
    /** Rows of earlier windows by slot of the week, the newest last. */
    slots: z.record(z.string(), z.array(z.int())),
    /** Seconds from a window's end until its rows were all there, of earlier windows, the newest last. */
    delays: z.array(z.int()),
    /** Earlier windows whose rows were other ones when they were extracted again. */
    changed: z.int(),
    /** The latest events, oldest first. */
    events: z.array(arrivalEvent),
    /** What is wrong now: the event of the newest window, when rows are missing. */
    missing: arrivalEvent.optional(),
    /** The newest window whose rows came later than usual; absent once rows have come in time since. */
    late: arrivalEvent.optional(),
});
export type ArrivalRecord = z.output<typeof arrivalRecord>;

export const noArrival: ArrivalRecord = { version: 1, recent: [], slots: {}, delays: [], changed: 0, events: [] };
