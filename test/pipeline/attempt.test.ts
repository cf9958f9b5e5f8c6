import assert from "node:assert/strict";
import { z } from "zod";
import { NotFoundError, SourceBusyError } from "../../errors";
import { attemptEvent, handleAttempt, waitSeconds } from "../../pipeline/attempt";
import { generationKey } from "../../pipeline/objectLayout";
import { extractionSpec, generationRecord } from "../../pipeline/records";
import type { Extraction, Extractor, Ticket } from "../../sources/metricSource";
import { memoryObjectStore, type MemoryObjectStore } from "../support/memoryObjectStore";
import { specOf } from "../support/specs";

const run = {
    kind: "live",
    detector: "ecommerce",
    interval: "PT1H",
    source: "warehouse",
    generation: "abcdef0123",
    execution: "arn:aws:states:eu-west-1:123456789012:execution:live:run-1",
    fence: 3,
    extractor: "lookout-dev-extract-warehouse",
    maxConcurrentStatements: 2,
};
const window = { start: "2026-01-01T10:00:00Z", end: "2026-01-01T11:00:00Z" };
const startEvent = { action: "start", run, window, attempt: 1 };

describe("pipeline/attempt", () => {
    let store: MemoryObjectStore;
    let started: Extraction[];
    let cancelled: Ticket[];
    let state: "running" | "finished";

    beforeEach(() => {
        started = [];
        cancelled = [];
        state = "running";
        const record = z.encode(generationRecord, { version: 1, generation: run.generation, spec: specOf() });
        store = memoryObjectStore({ [generationKey(run.detector, run.generation)]: JSON.stringify(record) });
    });

    const extractor: Extractor = {
        async start(extraction) {
            started.push(extraction);
            return { statementId: `statement-${started.length}`, queryHash: "0123456789abcdef" };
        },
        status: async () => ({ state }),
        cancel: async (ticket) => void cancelled.push(ticket),
        describe: async () => [],
        inspect: async () => assert.fail("nobody asked to look at a window"),
    };
    const handle = async (event: object, other: Partial<Extractor> = {}): Promise<Record<string, unknown>> => ({
        ...(await handleAttempt(attemptEvent.parse(event), {
            extractor: { ...extractor, ...other },
            store,
            bucket: "metrics",
        })),
    });
    const startOf = async (changes: object = {}): Promise<{ ticketKey: string; attemptId: string }> =>
        (await handle({ ...startEvent, ...changes })) as { ticketKey: string; attemptId: string };

    it("starts under a prefix and a token of the attempt's own, and stores the ticket before it answers", async () => {
        const { ticketKey, attemptId } = await startOf();
        const [extraction] = started;
        assert.equal(extraction?.prefix, `ecommerce/live/20260101/1000/abcdef0123-${attemptId}/`);
        assert.match(extraction?.token ?? "", /^[0-9a-f]{64}$/);
        assert.equal(ticketKey, `ecommerce/tickets/abcdef0123/${attemptId}.json`);
        assert.deepEqual(store.json(ticketKey), { statementId: "statement-1", queryHash: "0123456789abcdef" });
    });

    it("hands the source the signal that tells it to stop", async () => {
        const { signal } = new AbortController();
        const context = { extractor, store, bucket: "metrics", signal };
        await handleAttempt(attemptEvent.parse(startEvent), context);
        assert.equal(started[0]?.signal, signal);
    });

    it("hands it to whoever looks as well, for a backfill and for somebody who asks", async () => {
        const { signal } = new AbortController();
        const given: unknown[] = [];
        const looking: Extractor = {
            ...extractor,
            describe: async (_spec, heard) => {
                given.push(heard);
                throw new SourceBusyError("Source warehouse: describing the query took longer than there is time for.");
            },
        };
        const context = { extractor: looking, store, bucket: "metrics", signal };
        const check = (of: object) => handleAttempt(attemptEvent.parse({ action: "check", ...of }), context);
        const limits = { metrics: 1, measures: 1, dimensions: 1 };
        const now = "2026-01-01T12:00:00Z";
        const spec = z.encode(extractionSpec, specOf());
        const request = { detector: run.detector, spec, now, offsetSeconds: 0, limits, thorough: false };
        await assert.rejects(check({ run: { ...run, kind: "backfill" } }), SourceBusyError);
        assert.equal(((await check({ request })) as { verdict?: string }).verdict, "unreachable");
        assert.deepEqual(given, [signal, signal]);
    });

    it("files a backfill window under its generation", async () => {
        const { attemptId } = await startOf({ run: { ...run, kind: "backfill" } });
        assert.equal(started[0]?.prefix, `ecommerce/backtest/abcdef0123/20260101T100000Z/${attemptId}/`);
    });

    it("starts nothing again when the call is repeated", async () => {
        const first = await startOf();
        assert.deepEqual(await startOf(), first);
        assert.equal(started.length, 1);
    });

    it("hands the source the same token when the first call died before the ticket was stored", async () => {
        store.before = (operation) => {
            if (operation === "put") throw new Error("the store is gone");
        };
        await assert.rejects(startOf(), /the store is gone/);
        store.before = undefined;
        await startOf();
        assert.equal(started.length, 2);
        assert.equal(started[0]?.token, started[1]?.token);
    });

    it("tells executions, windows and attempts apart", async () => {
        const later = { start: "2026-01-01T11:00:00Z", end: "2026-01-01T12:00:00Z" };
        const other = { ...run, execution: `${run.execution}-again` };
        for (const changes of [{}, { attempt: 2 }, { window: later }, { run: other }]) {
            await startOf(changes);
        }
        assert.equal(new Set(started.map(({ token }) => token)).size, 4);
        assert.equal(new Set(started.map(({ prefix }) => prefix)).size, 4);
    });

    it("leaves no ticket when the source is busy", async () => {
        const busy = async (): Promise<never> => {
            throw new SourceBusyError("busy");
        };
        await assert.rejects(handle(startEvent, { start: busy }), SourceBusyError);
        assert.deepEqual(store.keys("ecommerce/tickets/"), []);
    });

    it("says that the detector was changed when its generation has no record", async () => {
        store = memoryObjectStore();
        await assert.rejects(
            startOf(),
            (error) => error instanceof NotFoundError && error.message.includes("generation abcdef0123 has no record"),
        );
    });

    it("waits longer from poll to poll, a minute at most", () => {
        assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 60].map(waitSeconds), [2, 4, 8, 16, 32, 60, 60, 60]);
    });

    it("reports the state and counts the polls", async () => {
        const { ticketKey } = await startOf();
        const poll = { action: "status", ticketKey, polls: 0 };
        assert.deepEqual(await handle(poll), { state: "running", waitSeconds: 4, polls: 1 });
        state = "finished";
        assert.deepEqual(await handle({ ...poll, polls: 1 }), { state: "finished", waitSeconds: 8, polls: 2 });
    });

    it("does not find a ticket that was deleted", async () => {
        await assert.rejects(
            handle({ action: "status", ticketKey: "ecommerce/tickets/abcdef0123/gone.json", polls: 0 }),
            NotFoundError,
        );
    });

    it("cancels what was started, and is silent when nothing was", async () => {
        const { ticketKey } = await startOf();
        assert.deepEqual(await handle({ action: "cancel", ticketKey }), {});
        assert.deepEqual(await handle({ action: "cancel", ticketKey: null }), {});
        assert.deepEqual(await handle({ action: "cancel", ticketKey: "ecommerce/tickets/abcdef0123/gone.json" }), {});
        assert.deepEqual(
            cancelled.map(({ statementId }) => statementId),
            ["statement-1"],
        );
    });
});
