import assert from "node:assert/strict";
import { liveDefinition } from "../../../components/machines/live";
import { type Answer, NamedError, playMachine } from "../../support/playMachine";
import { functions } from "./functions";

const run = {
    kind: "live",
    detector: "ecommerce",
    generation: "0123456789",
    extractor: "lookout-dev-extract-warehouse",
    maxConcurrentStatements: 2,
};
const hourly = (hour: number) => ({ start: `2026-04-01T0${hour}:00:00Z`, end: `2026-04-01T0${hour + 1}:00:00Z` });

const startOf = (payload: Record<string, unknown>) => (payload.window as { start: string }).start;

/** Functions of a run in which everything goes well. */
const calm: Readonly<Record<string, Answer>> = {
    Start: (payload) => ({
        ticketKey: `ticket-${startOf(payload)}-${String(payload.attempt)}`,
        attemptId: "a1",
        waitSeconds: 2,
    }),
    Status: ({ polls }) => ({ state: polls === 0 ? "running" : "finished", waitSeconds: 4, polls: Number(polls) + 1 }),
    Cancel: () => ({}),
    Commit: (payload) => ({ outcome: "committed", ...(payload.window as object) }),
    Park: ({ window, error }) => ({ outcome: "parked", ...(window as object), ...(error as object) }),
    CloseRun: ({ results }) => ({
        outcome: (results as { outcome: string }[]).some(({ outcome }) => outcome === "parked") ? "failed" : "ok",
    }),
    NotifyOk: () => ({ told: false }),
    NotifyParked: () => ({ told: true }),
    NotifyError: () => ({ told: true }),
};

const play = (tasks: Readonly<Record<string, Answer>>, windows = [hourly(0), hourly(1)]) =>
    playMachine({ definition: liveDefinition(functions), input: { run, windows }, tasks: { ...calm, ...tasks } });

const namesOf = (calls: readonly { state: string }[]) => calls.map(({ state }) => state);
const callsOf = <Call extends { state: string }>(calls: readonly Call[], state: string) =>
    calls.filter((call) => call.state === state);

describe("components/machines/live, played", () => {
    it("starts, polls and commits a window, then closes the run and succeeds", async () => {
        const { status, calls } = await play({}, [hourly(0)]);
        assert.equal(status, "SUCCEEDED");
        assert.deepEqual(namesOf(calls), ["Start", "Status", "Status", "Commit", "CloseRun", "NotifyOk"]);
        assert.deepEqual(
            callsOf(calls, "Status").map(({ payload }) => payload),
            [0, 1].map((polls) => ({ action: "status", ticketKey: "ticket-2026-04-01T00:00:00Z-1", polls })),
        );
        assert.deepEqual(callsOf(calls, "Commit")[0]!.payload, {
            run,
            window: hourly(0),
            ticketKey: "ticket-2026-04-01T00:00:00Z-1",
            attemptId: "a1",
        });
    });

    it("hands the outcome of every window to CloseRun, in the order of the windows", async () => {
        const { calls } = await play({});
        const { results } = callsOf(calls, "CloseRun")[0]!.payload as { results: unknown[] };
        assert.deepEqual(
            results,
            [hourly(0), hourly(1)].map((window) => ({ outcome: "committed", ...window })),
        );
    });

    it("parks a window whose query fails, after cancelling it, and still commits the other", async () => {
        const { status, error, calls } = await play({
            Status: (payload) => {
                if (String(payload.ticketKey).includes("T00:00")) {
                    throw new NamedError("QueryError", "column does not exist");
                }
                return { state: "finished", waitSeconds: 4, polls: 1 };
            },
        });
        assert.deepEqual([status, error], ["FAILED", "RunFailed"]);
        const parked = callsOf(calls, "Park").map(({ payload }) => payload);
        assert.equal(parked.length, 1);
        assert.equal((parked[0]!.error as { Error: string }).Error, "QueryError");
        assert.equal(parked[0]!.ticketKey, "ticket-2026-04-01T00:00:00Z-1");
        assert.equal(callsOf(calls, "Cancel").length, 1);
        assert.equal(callsOf(calls, "Commit").length, 1);
        assert.equal(callsOf(calls, "NotifyParked").length, 1);
    });

    it("parks a window that could not even be started, without a ticket", async () => {
        const { calls } = await play(
            {
                Start: () => {
                    throw new NamedError("NotFoundError", "no secret");
                },
            },
            [hourly(0)],
        );
        assert.deepEqual(namesOf(calls), ["Start", "Park", "CloseRun", "NotifyParked"]);
        assert.equal(callsOf(calls, "Park")[0]!.payload.ticketKey, null);
    });

    it("makes a new attempt when the source stays busy, eight at most, each counting as four polls", async () => {
        const busy = () => {
            throw new NamedError("SourceBusyError", "cluster is pausing");
        };
        const { calls } = await play({ Status: busy }, [hourly(0)]);
        assert.deepEqual(
            callsOf(calls, "Start").map(({ payload }) => payload.attempt),
            [1, 2, 3, 4, 5, 6, 7, 8],
        );
        const polls = callsOf(calls, "Status").map(({ payload }) => payload.polls);
        assert.deepEqual([...new Set(polls)], [0, 4, 8, 12, 16, 20, 24, 28]);
        assert.equal(callsOf(calls, "Cancel").length, 8);
        assert.equal(callsOf(calls, "Park").length, 1);
    });

    it("goes on with a query whose polls were throttled three times in a row", async () => {
        let tries = 0;
        const { status, calls } = await play(
            {
                Status: () => {
                    tries += 1;
                    if (tries < 4) throw new NamedError("SourceBusyError", "DescribeStatement was throttled");
                    return { state: "finished", waitSeconds: 4, polls: 1 };
                },
            },
            [hourly(0)],
        );
        assert.equal(status, "SUCCEEDED");
        assert.deepEqual(namesOf(calls), [
            "Start",
            "Status",
            "Status",
            "Status",
            "Status",
            "Commit",
            "CloseRun",
            "NotifyOk",
        ]);
    });

    it("starts again while the source is busy, as the same attempt", async () => {
        let tries = 0;
        const { status, calls } = await play(
            {
                Start: () => {
                    tries += 1;
                    if (tries < 4) throw new NamedError("SourceBusyError", "resuming");
                    return { ticketKey: "t", attemptId: "a", waitSeconds: 2 };
                },
            },
            [hourly(0)],
        );
        assert.equal(status, "SUCCEEDED");
        assert.deepEqual(
            callsOf(calls, "Start").map(({ payload }) => payload.attempt),
            [1, 1, 1, 1],
        );
    });

    it("cancels and parks a query that never ends", async () => {
        const running: Answer = ({ polls }) => ({ state: "running", waitSeconds: 60, polls: Number(polls) + 1 });
        const { calls } = await play({ Status: running }, [hourly(0)]);
        assert.equal(callsOf(calls, "Status").length, 60);
        assert.equal(callsOf(calls, "Cancel").length, 1);
        assert.equal((callsOf(calls, "Park")[0]!.payload.error as { Error: string }).Error, "ExtractionTimeout");
    });

    it("parks a window although its query could not be cancelled, with the first error", async () => {
        const { calls } = await play(
            {
                Status: () => {
                    throw new NamedError("QueryError", "syntax");
                },
                Cancel: () => {
                    throw new NamedError("QueryError", "no such statement");
                },
            },
            [hourly(0)],
        );
        assert.equal((callsOf(calls, "Park")[0]!.payload.error as { Error: string }).Error, "QueryError");
        assert.match(JSON.stringify(callsOf(calls, "Park")[0]!.payload.error), /syntax/);
    });

    it("tells of an error outside the windows, and fails", async () => {
        const { status, error, calls } = await play({
            CloseRun: () => {
                throw new NamedError("NotFoundError", "bucket gone");
            },
        });
        assert.deepEqual([status, error], ["FAILED", "RunFailed"]);
        const { payload } = callsOf(calls, "NotifyError")[0]!;
        assert.deepEqual(
            [payload.detector, (payload.error as { Error: string }).Error],
            ["ecommerce", "NotFoundError"],
        );
    });

    it("fails as it would have when nobody can be told", async () => {
        const mute = () => {
            throw new NamedError("NotFoundError", "no topic");
        };
        const { error } = await play({
            Commit: () => {
                throw new NamedError("DataError", "bad row");
            },
            NotifyParked: mute,
        });
        assert.equal(error, "RunFailed");
        assert.equal((await play({ NotifyOk: mute })).status, "SUCCEEDED");
    });
});
