import assert from "node:assert/strict";
import { NotFoundError } from "../../errors";
import { stoppedOnPurpose } from "../../operations/detectorExecutions";
import type { Message } from "../../operations/incidents";
import { notify, notifyEvent } from "../../operations/notify";
import { runRecord, runResult, type Run } from "../../pipeline/run";
import { readEvent } from "../../pipeline/run";
import { z } from "zod";
import { memoryObjectStore } from "../support/memoryObjectStore";
import { at, backfillRun, liveRun } from "../support/shop";

function operators() {
    const store = memoryObjectStore();
    const messages: Message[] = [];
    const world = { store, publish: async (message: Message) => void messages.push(message) };
    const tell = async (event: unknown) =>
        (await notify(world, readEvent(notifyEvent, event, "notify"), "lookout/dev")).told;
    return { store, messages, world, tell };
}

const nth = (run: Run, number: number): Run => ({ ...run, execution: `${run.execution}-${number}` });
const caught = (run: Run) => ({
    run: z.encode(runRecord, run),
    detector: run.detector,
    error: { Error: "QueryError", Cause: JSON.stringify({ errorType: "QueryError", errorMessage: 'no table "shop"' }) },
});
const closed = (run: Run, outcome: "ok" | "failed", setAside = 0) => ({
    run: z.encode(runRecord, run),
    result: z.encode(runResult, {
        outcome,
        committed: 1,
        parked: outcome === "ok" ? 0 : 1,
        rows: 1,
        remaining: 0,
        setAside,
        watermark: at("2026-01-11"),
        message: outcome === "ok" ? "all is well" : 'QueryError: no table "shop"',
    }),
});
const ended = (run: Run, changes: object = {}) => ({
    "detail-type": "Step Functions Execution Status Change",
    source: "aws.states",
    detail: {
        executionArn: run.execution,
        name: "shop-20260111T010500Z-1",
        status: "FAILED",
        input: JSON.stringify(run.kind === "live" ? { run } : { detector: run.detector, generation: run.generation }),
        error: "RunFailed",
        cause: "see the message",
        ...changes,
    },
});

describe("operations/notify", () => {
    it("tells once when runs begin to fail, and once when they work again", async () => {
        const { messages, tell } = operators();
        const told: boolean[] = [];
        for (const event of [
            closed(nth(liveRun, 1), "ok"),
            closed(nth(liveRun, 2), "failed"),
            ended(nth(liveRun, 2)),
            closed(nth(liveRun, 3), "failed"),
            caught(nth(liveRun, 4)),
            closed(nth(liveRun, 5), "ok"),
            closed(nth(liveRun, 6), "ok"),
            closed(nth(liveRun, 7), "failed"),
        ]) {
            told.push(await tell(event));
        }
        assert.deepEqual(told, [false, true, false, false, false, true, false, true]);
        assert.deepEqual(
            messages.map(({ subject }) => subject),
            [
                "Lookout: shop (live data) failed",
                "Lookout: shop (live data) works again",
                "Lookout: shop (live data) failed",
            ],
        );
    });

    it("says what failed, on what, why, and what to do", async () => {
        const { messages, tell } = operators();
        await tell(caught(liveRun));
        const text = messages[0]?.text ?? "";
        assert.match(text, /detector "shop" of the stack lookout\/dev failed/);
        assert.match(text, /QueryError: no table "shop"/);
        assert.match(text, /correct lookout:detectors\.shop\.query/);
        assert.match(text, /nothing is lost/);
        assert.ok(text.includes(liveRun.execution));
    });

    it("hears of an execution that no state could catch, by its input or its name", async () => {
        for (const change of [{}, { input: null }]) {
            const { messages, tell } = operators();
            assert.equal(
                await tell(ended(liveRun, { status: "TIMED_OUT", error: null, cause: null, ...change })),
                true,
            );
            assert.match(
                messages[0]?.text ?? "",
                /live data for the detector "shop"[^]*TIMED_OUT: the run took longer/,
            );
        }
        const { messages, tell } = operators();
        await tell(ended(backfillRun, { input: null, name: "bf-shop-aaaaaaaaaa-12" }));
        assert.match(messages[0]?.subject ?? "", /shop \(history\)/);
    });

    it("does not tell that live data work again while a window that failed still waits to be tried again", async () => {
        const { tell } = operators();
        const told: boolean[] = [];
        for (const [number, outcome, setAside] of [
            [1, "failed", 1],
            [2, "ok", 1],
            [3, "failed", 2],
            [4, "ok", 1],
            [5, "ok", 0],
        ] as const)
            told.push(await tell(closed(nth(liveRun, number), outcome, setAside)));
        assert.deepEqual(told, [true, false, false, false, true]);
    });

    it("does not open an incident again when an event comes late or twice", async () => {
        const { messages, tell } = operators();
        await tell(caught(nth(liveRun, 1)));
        await tell(ended(nth(liveRun, 2)));
        await tell(closed(nth(liveRun, 3), "ok"));
        assert.equal(await tell(ended(nth(liveRun, 2))), false);
        assert.equal(messages.length, 2);
    });

    it("keeps live runs and backfills apart", async () => {
        const { tell } = operators();
        assert.equal(await tell(caught(backfillRun)), true);
        assert.equal(await tell(closed(nth(liveRun, 1), "ok")), false);
        assert.equal(await tell(caught(nth(liveRun, 2))), true);
        assert.equal(await tell(closed(nth(backfillRun, 3), "ok")), true);
    });

    it("hears of a backfill that could not even be planned", async () => {
        const { tell, messages } = operators();
        const { run: _none, ...event } = caught(backfillRun);
        assert.equal(await tell(event), true);
        assert.equal(await tell(ended(backfillRun)), false);
        assert.match(messages[0]?.text ?? "", /history for the detector "shop"/);
    });

    it("says nothing of an execution that was stopped on purpose, or of one that is none of ours", async () => {
        const { tell } = operators();
        assert.equal(await tell(ended(liveRun, { status: "ABORTED", error: stoppedOnPurpose })), false);
        assert.equal(await tell(ended(liveRun, { input: "{}", name: "somebody-else" })), false);
    });

    describe("a history without rows", () => {
        const empty = (run: Run) => {
            const { result, ...event } = closed(run, "ok");
            const window = { start: "2026-01-01T00:00:00Z", end: "2026-01-11T00:00:00Z" };
            return { ...event, result: { ...(result as object), emptyHistory: window } };
        };

        it("is warned of once a generation, with what to check", async () => {
            const { messages, tell } = operators();
            assert.equal(await tell(empty(nth(backfillRun, 1))), true);
            assert.equal(await tell(empty(nth(backfillRun, 2))), false);
            assert.equal(await tell(empty({ ...backfillRun, generation: "bbbbbbbbbb" })), true);
            assert.equal(messages[0]?.subject, "Lookout: shop (history) has no rows");
            const text = messages[0]?.text ?? "";
            assert.match(text, /the query gave no rows between 2026-01-01T00:00:00Z and 2026-01-11T00:00:00Z/);
            assert.match(
                text,
                /"shop" of the stack lookout\/dev[^]*source "warehouse"[^]*learns from live windows only/,
            );
            for (const key of ["detectors.shop.query", "sources.warehouse.sourceTimeZone", "detectors.shop.history"])
                assert.ok(text.includes(`lookout:${key}`), key);
        });

        it("is warned of beside the recovery of a backfill that had failed", async () => {
            const { messages, tell } = operators();
            await tell(caught(nth(backfillRun, 1)));
            await tell(empty(nth(backfillRun, 2)));
            assert.deepEqual(
                messages.slice(1).map(({ subject }) => subject),
                ["Lookout: shop (history) works again", "Lookout: shop (history) has no rows"],
            );
        });

        it("is warned of again when the topic did not take it", async () => {
            const { world, tell } = operators();
            const deaf = { store: world.store, publish: async () => Promise.reject(new Error("throttled")) };
            const event = readEvent(notifyEvent, empty(backfillRun), "notify");
            await assert.rejects(notify(deaf, event, "lookout/dev"), /throttled/);
            assert.equal(await tell(empty(backfillRun)), true);
        });
    });

    it("tells of a failure although the bucket is gone", async () => {
        const { store, messages, tell } = operators();
        store.before = () => {
            throw new NotFoundError("the bucket does not exist");
        };
        assert.equal(await tell(caught(liveRun)), true);
        assert.equal(messages.length, 1);
    });

    it("tells when it is called again after the topic failed", async () => {
        const { world, store, tell } = operators();
        const event = readEvent(notifyEvent, caught(liveRun), "notify");
        const deaf = { store: world.store, publish: async () => Promise.reject(new Error("throttled")) };
        await assert.rejects(notify(deaf, event, "lookout/dev"), /throttled/);
        assert.equal(await tell(caught(liveRun)), true);
        assert.equal((store.json("_operations/shop.json") as { told: boolean }).told, true);
    });

    it("writes subjects that the topic takes", async () => {
        const { messages, tell } = operators();
        await tell({ ...caught(backfillRun), run: undefined, detector: `ü${"x".repeat(200)}` });
        assert.match(messages[0]?.subject ?? "", /^[\x20-\x7e]{1,100}$/);
    });

    it("refuses an event that it does not understand", () => {
        assert.throws(() => readEvent(notifyEvent, { hello: 1 }, "notify"), {
            name: "DataError",
            message: /^notify was called/,
        });
    });
});
