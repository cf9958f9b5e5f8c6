import { createHash } from "node:crypto";
import { z } from "zod";
import { DataError, NotFoundError } from "../errors";
import type { ObjectStore } from "../objects/objectStore";
import type { Extraction, Extractor, Ticket } from "../sources/metricSource";
import { type BackfillCheck, checkBackfill } from "./check/backfillCheck";
import { checkDetector } from "./check/check";
import { checkRequestRecord } from "./check/event";
import { checkReport } from "./check/report";
import { checkLimits } from "./check/windowFindings";
import { readDocument, writeDocument } from "./documents";
import { attemptFolder, attemptId } from "./extraction";
import { generationKey, ticketKey as keyOfTicket } from "./objectLayout";
import { type GenerationRecord, generationRecord, windowRecord } from "./records";
import { type Run, runRecord } from "./run";
import { formatWindow, type Window } from "./windows";

/*
 * One attempt at a window, in three short calls: start, status until it has finished, cancel when it is given up. The state machine
 * waits between them; it carries the ticket's key, and the ticket lies in the object store.
 */

const ticketRecord = z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .and(z.object({ queryHash: z.string() }));

/** What an extractor function is called with. */
export const attemptEvent = z.discriminatedUnion("action", [
    z.object({ action: z.literal("start"), run: runRecord, window: windowRecord, attempt: z.int().positive() }),
    z.object({ action: z.literal("status"), ticketKey: z.string(), polls: z.int().nonnegative() }),
    z.object({ action: z.literal("cancel"), ticketKey: z.string().nullable() }),
    /** Before a history is extracted (`run`), or for somebody who asks (`request`). Writes nothing. */
    z.object({ action: z.literal("check"), run: runRecord.optional(), request: checkRequestRecord.optional() }),
]);
export type AttemptEvent = z.output<typeof attemptEvent>;

/** What an attempt needs around it. */
export interface AttemptContext {
    readonly extractor: Extractor;
    readonly store: ObjectStore;
    /** Bucket behind `store`, for databases that write into it themselves. */
    readonly bucket: string;
    /** Aborts when the call is about to run out of time. */
    readonly signal?: AbortSignal;
    /** Limits that a check holds detectors to, where they differ from its own. */
    readonly limits?: Readonly<Partial<Record<string, number>>>;
}

/** Where an attempt's ticket lies, and what its objects are filed under. */
export interface StartedAttempt {
    readonly ticketKey: string;
    readonly attemptId: string;
    /** Seconds until it is worth asking. */
    readonly waitSeconds: number;
}

export interface AttemptStatus {
    readonly state: "running" | "finished";
    /** Seconds until it is worth asking again. */
    readonly waitSeconds: number;
    /** Times that it has been asked. */
    readonly polls: number;
}

/** Longest wait between two polls, in seconds. */
const longestWaitSeconds = 60;

/** Does what the event asks. */
export async function handleAttempt(
    event: AttemptEvent,
    context: AttemptContext,
): Promise<StartedAttempt | AttemptStatus | BackfillCheck | z.input<typeof checkReport> | Record<string, never>> {
    switch (event.action) {
        case "start":
            return startAttempt(event, context);
        case "status":
            return attemptStatus(event, context);
        case "cancel":
            return cancelAttempt(event.ticketKey, context);
        case "check":
            return check(event, context);
    }
}

/** A backfill's check throws what would make its windows fail; one that somebody asks for answers with a report. */
async function check(
    { run, request }: Extract<AttemptEvent, { action: "check" }>,
    { extractor, store, limits, signal }: AttemptContext,
): Promise<BackfillCheck | z.input<typeof checkReport>> {
    const patience = { ...(signal !== undefined && { signal }) };
    if (run !== undefined) return checkBackfill(extractor, store, run, { limits: checkLimits(limits), ...patience });
    if (request !== undefined) {
        return z.encode(checkReport, await checkDetector(extractor, { ...request, ...patience }));
    }
    throw new DataError("An extractor was asked to check nothing: the event has neither a run nor a request.");
}

/** Seconds to wait after so many polls: 2, 4, 8 … 60. */
export function waitSeconds(polls: number): number {
    return Math.min(2 ** (polls + 1), longestWaitSeconds);
}

/**
 * Starts the query and stores its ticket before answering. A retried call starts nothing again: it finds the ticket, or, when the
 * first call died before it was stored, hands the source the same token.
 */
async function startAttempt(
    { run, window, attempt }: { run: Run; window: Window; attempt: number },
    { extractor, store, bucket, signal }: AttemptContext,
): Promise<StartedAttempt> {
    const id = attemptId(run.execution, window, attempt);
    const key = keyOfTicket(run.detector, run.generation, id);
    if ((await store.get(key)) === undefined) {
        const { spec } = await readGeneration(store, run);
        const extraction: Extraction = {
            detector: run.detector,
            spec,
            window,
            kind: run.kind,
            bucket,
            prefix: attemptFolder(run, window, spec, id),
            token: tokenOf(run.execution, window, attempt),
            ...(signal !== undefined && { signal }),
        };
        await writeDocument(store, key, ticketRecord, await extractor.start(extraction));
    }
    return { ticketKey: key, attemptId: id, waitSeconds: waitSeconds(0) };
}

/** 64 hexadecimal digits, as many as the strictest source takes. */
function tokenOf(execution: string, window: Window, attempt: number): string {
    return createHash("sha256")
        .update(JSON.stringify([execution, formatWindow(window), attempt]))
        .digest("hex");
}

async function attemptStatus(
    { ticketKey, polls }: { ticketKey: string; polls: number },
    { extractor, store }: AttemptContext,
): Promise<AttemptStatus> {
    const ticket = await readTicket(store, ticketKey);
    if (ticket === undefined) {
        throw new NotFoundError(
            `There is no ticket "${ticketKey}": the extraction was given up or committed elsewhere.`,
        );
    }
    const { state } = await extractor.status(ticket);
    return { state, waitSeconds: waitSeconds(polls + 1), polls: polls + 1 };
}

/** Silent when nothing was started, and when it is over. */
async function cancelAttempt(
    ticketKey: string | null,
    { extractor, store }: AttemptContext,
): Promise<Record<string, never>> {
    const ticket = ticketKey === null ? undefined : await readTicket(store, ticketKey);
    if (ticket !== undefined) {
        await extractor.cancel(ticket);
    }
    return {};
}

async function readTicket(store: ObjectStore, key: string): Promise<Ticket | undefined> {
    return (await readDocument(store, key, ticketRecord))?.value;
}

async function readGeneration(store: ObjectStore, { detector, generation }: Run): Promise<GenerationRecord> {
    const found = await readDocument(store, generationKey(detector, generation), generationRecord);
    if (found === undefined) {
        throw new NotFoundError(
            `Detector ${detector}: generation ${generation} has no record in the bucket; the detector was deleted or changed ` +
                "while the run was under way. Nothing is lost: the next run extracts the current generation.",
            { detector },
        );
    }
    return found.value;
}
