import { z } from "zod";
import { DataError } from "../errors";
import { arrivalEvent } from "./arrivalRecord";
import { instant, intervalName, windowKind, windowRecord } from "./records";

/*
 * The values that travel through the state machines: plain JSON, instants as text. A run is one execution's work on one detector.
 */

/** Who runs what: carried unchanged through every state of an execution. */
export const runRecord = z.object({
    kind: windowKind,
    /** Logical name of the detector. */
    detector: z.string(),
    interval: intervalName,
    source: z.string(),
    generation: z.string(),
    /** ARN of the state machine execution. */
    execution: z.string(),
    /** Number of the lease under which it runs: the higher one wins. */
    fence: z.int().nonnegative(),
    /** Name of the source's extractor function. */
    extractor: z.string(),
    maxConcurrentStatements: z.int().positive(),
    /** Set where a window is to count anew also when its rows are the same. */
    force: z.boolean().optional(),
});
export type Run = z.output<typeof runRecord>;

/** What a state machine gives for a task that failed: the error's name, and for a function JSON in `Cause`. */
export const taskError = z.object({ Error: z.string().default("Unknown"), Cause: z.string().default("") });
export type TaskError = z.output<typeof taskError>;

/** What became of one window that counts. */
export const committedOutcome = z.object({
    outcome: z.literal("committed"),
    ...windowRecord.shape,
    rows: z.int(),
    bytes: z.int(),
    /** Version of the manifest that counts. */
    version: z.int(),
});

/** What became of one window that failed. */
export const parkedOutcome = z.object({
    outcome: z.literal("parked"),
    ...windowRecord.shape,
    /** Name of the error. */
    error: z.string(),
    message: z.string(),
});

export const windowOutcome = z.discriminatedUnion("outcome", [committedOutcome, parkedOutcome]);
export type WindowOutcome = z.output<typeof windowOutcome>;

/** What a run came to. */
export const runResult = z.object({
    /** `failed` when a window was parked. */
    outcome: z.enum(["ok", "failed"]),
    committed: z.int(),
    parked: z.int(),
    rows: z.int(),
    /** Windows of the history that are neither committed nor parked: another execution's work; 0 for a live run. */
    remaining: z.int(),
    /** Live windows that failed, now or earlier, and wait to be tried again; 0 for a backfill. */
    setAside: z.int().default(0),
    watermark: instant,
    message: z.string(),
    /** What is wrong with how rows come: missing in the newest live window, or found later than usual by this run; null when nothing is, absent when nothing can be said. */
    arrival: arrivalEvent.nullish(),
    /** The whole history, when it has been extracted and holds no row. */
    emptyHistory: windowRecord.optional(),
});
export type RunResult = z.output<typeof runResult>;

/** Reads an event that a function was called with. Throws DataError naming the function and everything that is wrong. */
export function readEvent<S extends z.ZodType>(schema: S, event: unknown, functionName: string): z.output<S> {
    const result = schema.safeParse(event);
    if (result.success) return result.data;
    const findings = result.error.issues.map(({ path, message }) => `event.${path.map(String).join(".")}: ${message}`);
    throw new DataError(
        `${functionName} was called with an event that it does not understand: ${findings.join("; ")}`,
        {
            cause: result.error,
        },
    );
}
