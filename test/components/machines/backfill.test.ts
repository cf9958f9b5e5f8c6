import assert from "node:assert/strict";
import { backfillDefinition } from "../../../components/machines/backfill";
import { type Answer, NamedError, playMachine } from "../../support/playMachine";
import { functions } from "./functions";

const request = { detector: "ecommerce", interval: "PT1H", generation: "0123456789" };
const run = { ...request, kind: "backfill", extractor: "extract", maxConcurrentStatements: 2 };
const window = { start: "2026-01-01T00:00:00Z", end: "2026-01-31T00:00:00Z" };

const calm: Readonly<Record<string, Answer>> = {
    Plan: () => ({ run, windows: [window], remaining: 0 }),
    Check: () => ({ verdict: "ok", warnings: [] }),
    Start: () => ({ ticketKey: "t", attemptId: "a", waitSeconds: 2 }),
    Status: () => ({ state: "finished", waitSeconds: 4, polls: 1 }),
    Commit: () => ({ outcome: "committed", ...window }),
    Park: () => ({ outcome: "parked", ...window }),
    Cancel: () => ({}),
    CloseRun: () => ({ outcome: "ok", committed: 1, remaining: 0 }),
    Activate: () => ({ status: "LEARNING", waitSeconds: 60 }),
    StartNext: () => ({}),
    NotifyOk: () => ({ told: false }),
    NotifyParked: () => ({ told: true }),
    NotifyError: () => ({ told: true }),
    NotifyUnplanned: () => ({ told: true }),
};

const play = async (tasks: Readonly<Record<string, Answer>>) => {
    const played = await playMachine({
        definition: backfillDefinition(functions),
        input: request,
        tasks: { ...calm, ...tasks },
    });
    return { ...played, names: played.calls.map(({ state }) => state) };
};

describe("components/machines/backfill, played", () => {
    it("plans by the execution's own start and name", async () => {
        const { calls } = await play({});
        const { startTime, ...rest } = calls[0]!.payload;
        assert.match(startTime as string, /^\d{4}-\d\d-\d\dT/);
        assert.deepEqual(rest, {
            ...request,
            execution: "arn:aws:states:us-east-1:123456789012:execution:lookout-dev-backfill:bf-1",
            input: request,
        });
    });

    it("looks at the database once before it extracts anything", async () => {
        const { calls, names } = await play({});
        assert.deepEqual(names.slice(0, 3), ["Plan", "Check", "Start"]);
        assert.deepEqual(calls[1]!.payload, { action: "check", run });
        assert.equal(names.filter((name) => name === "Check").length, 1);
    });

    it("tells what the check found and extracts nothing", async () => {
        const { error, names, calls } = await play({
            Check: () => {
                throw new NamedError("ConfigError", 'lookout:detectors.ecommerce.dimensions[0]: no column "platfrom".');
            },
        });
        assert.equal(error, "RunFailed");
        assert.deepEqual(names, ["Plan", "Check", "NotifyError"]);
        const { run: told, detector, error: found } = calls[2]!.payload as Record<string, Record<string, unknown>>;
        assert.deepEqual([told, detector], [run, "ecommerce"]);
        assert.match(String(found!.Cause), /no column "platfrom"/);
    });

    it("asks a busy database again before it gives up", async () => {
        let asked = 0;
        const { status, names } = await play({
            Check: () => {
                if ((asked += 1) < 4) throw new NamedError("SourceBusyError", "resuming");
                return { verdict: "ok", warnings: [] };
            },
        });
        assert.equal(status, "SUCCEEDED");
        assert.equal(names.filter((name) => name === "Check").length, 4);
    });

    it("checks nothing when it goes on with what an earlier execution has left", async () => {
        const { status, calls } = await playMachine({
            definition: backfillDefinition(functions),
            input: { ...request, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: "arn" },
            tasks: calm,
        });
        assert.equal(status, "SUCCEEDED");
        assert.ok(!calls.some(({ state }) => state === "Check"));
    });

    it("activates the detector when no window remains, and asks until it learns", async () => {
        let asked = 0;
        const { status, names } = await play({
            Activate: () => ({ status: (asked += 1) < 3 ? "ACTIVATING" : "ACTIVE", waitSeconds: 60 }),
        });
        assert.equal(status, "SUCCEEDED");
        assert.deepEqual(names.slice(names.indexOf("CloseRun")), [
            "CloseRun",
            "Activate",
            "Activate",
            "Activate",
            "NotifyOk",
        ]);
    });

    it("starts itself again for what remains, under a name that a repeated call gives again", async () => {
        const first = await play({ Plan: () => ({ run, windows: [window], remaining: 3 }) });
        const second = await play({ Plan: () => ({ run, windows: [window], remaining: 3 }) });
        const [next, again] = [first, second].map(
            ({ calls }) => calls.find(({ state }) => state === "StartNext")!.payload,
        );
        assert.deepEqual(next, again);
        assert.match(next!.Name as string, /^bf-0123456789-[0-9a-f]{40}$/);
        const { AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: _, ...input } = next!.Input as Record<string, unknown>;
        assert.deepEqual(input, request);
        assert.ok(!first.names.includes("Activate"));
    });

    it("starts nothing when another execution has the history in hand, whatever is left of it", async () => {
        const { status, names } = await play({
            Plan: () => ({ run, windows: [], remaining: 0 }),
            CloseRun: () => ({ outcome: "ok", committed: 0, remaining: 7 }),
        });
        assert.equal(status, "SUCCEEDED");
        assert.deepEqual(names, ["Plan", "CloseRun", "Activate", "NotifyOk"]);
    });

    it("does not activate a detector whose history has a parked window", async () => {
        const { error, names } = await play({ CloseRun: () => ({ outcome: "failed", committed: 1, remaining: 0 }) });
        assert.equal(error, "RunFailed");
        assert.deepEqual(names.slice(-2), ["CloseRun", "NotifyParked"]);
    });

    it("goes on with the rest of the history although a window failed, and leaves the telling to the last run", async () => {
        const { status, names } = await play({
            Plan: () => ({ run, windows: [window], remaining: 3 }),
            CloseRun: () => ({ outcome: "failed", committed: 39, remaining: 3 }),
        });
        assert.equal(status, "SUCCEEDED");
        assert.deepEqual(names.slice(names.indexOf("CloseRun")), ["CloseRun", "StartNext"]);
    });

    it("goes on with nothing when every window failed, however much is left", async () => {
        const { error, names } = await play({
            Plan: () => ({ run, windows: [window], remaining: 3 }),
            CloseRun: () => ({ outcome: "failed", committed: 0, remaining: 3 }),
        });
        assert.equal(error, "RunFailed");
        assert.deepEqual(names.slice(names.indexOf("CloseRun")), ["CloseRun", "NotifyParked"]);
    });

    it("tells which detector could not be planned", async () => {
        const { error, calls } = await play({
            Plan: () => {
                throw new NamedError("NotFoundError", "the detector is gone");
            },
        });
        assert.equal(error, "RunFailed");
        assert.equal(calls.at(-1)!.state, "NotifyUnplanned");
        assert.equal(calls.at(-1)!.payload.detector, "ecommerce");
    });

    it("tells of a failed activation and fails", async () => {
        const { error, names } = await play({
            Activate: () => {
                throw new NamedError("DataError", "no rows");
            },
        });
        assert.equal(error, "RunFailed");
        assert.deepEqual(names.slice(-2), ["Activate", "NotifyError"]);
    });
});
