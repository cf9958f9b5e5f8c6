import assert from "node:assert/strict";
import { closeRun } from "../../pipeline/closeRun";
import { executionArn } from "../../pipeline/executions";
import { definitionKey } from "../../pipeline/objectLayout";
import { parkWindow } from "../../pipeline/park";
import type { Run } from "../../pipeline/run";
import { requireAllPlanned, runTick } from "../../pipeline/tick";
import { parseWindow, type Window } from "../../pipeline/windows";
import { fakeExecutions, type FakeExecutions } from "../support/fakeExecutions";
import { memoryObjectStore, type MemoryObjectStore } from "../support/memoryObjectStore";
import {
    at,
    backfillMachine,
    backfillRun,
    chunks,
    commitAll,
    liveMachine,
    liveRun,
    shopDefinition,
    viewOf,
    writeShop,
} from "../support/shop";

interface Live {
    readonly run: Run;
    readonly windows: { start: string; end: string }[];
}

async function shop() {
    const store = memoryObjectStore();
    const executions = fakeExecutions();
    await writeShop(store);
    await commitAll(store, backfillRun, chunks);
    const tick = (time: string) =>
        runTick(
            { store, executions, machineArn: liveMachine, backfillMachine },
            { interval: "PT1H", scheduledTime: at(time) },
        );
    return { store, executions, tick };
}

const windowsOf = ({ windows }: Live): Window[] => windows.map((window) => parseWindow(window, "window"));

/** Does what the live machine does with an execution: commits every window but the failing ones, and closes the run. */
async function play(
    store: MemoryObjectStore,
    executions: FakeExecutions,
    failing: readonly number[] = [],
): Promise<number> {
    const [arn, execution] = [...executions.all].at(-1) ?? assert.fail("nothing was started");
    const input = execution.input as Live;
    for (const window of windowsOf(input)) {
        if (!failing.includes(window.start)) await commitAll(store, input.run, [window]);
        else await parkWindow(store, { run: input.run, window, error: { Error: "QueryError", Cause: "" } });
    }
    await closeRun(store, { run: input.run, results: [] }, 0);
    executions.end(arn);
    return input.windows.length;
}

describe("pipeline/tick", () => {
    it("starts one execution for the due window, under the lease", async () => {
        const { store, executions, tick } = await shop();
        assert.deepEqual(await tick("2026-01-11T01:05"), { started: ["shop"], running: [], idle: 0, failed: [] });
        assert.deepEqual(executions.names(), ["shop-20260111T010500Z-1"]);
        const execution = executionArn(liveMachine, "shop-20260111T010500Z-1");
        assert.deepEqual(executions.all.get(execution)?.input, {
            run: { ...liveRun, execution },
            windows: [{ start: "2026-01-11T00:00:00Z", end: "2026-01-11T01:00:00Z" }],
        });
        assert.deepEqual(store.json("shop/lease/live.json"), { owner: execution, fence: 1 });
    });

    it("starts nothing, and writes nothing, when nothing is due", async () => {
        const { store, executions, tick } = await shop();
        const before = store.calls.put;
        assert.equal((await tick("2026-01-11T00:59")).idle, 1);
        await writeShop(store, { live: null });
        assert.equal((await tick("2026-01-11T01:05")).idle, 1);
        assert.deepEqual([executions.all.size, store.calls.put - before], [0, 2]);
    });

    it("leaves a run that is under way alone, and goes on after it", async () => {
        const { store, executions, tick } = await shop();
        await tick("2026-01-11T01:05");
        assert.deepEqual((await tick("2026-01-11T02:05")).running, ["shop"]);
        await play(store, executions);
        assert.deepEqual((await tick("2026-01-11T03:05")).started, ["shop"]);
        assert.equal(await play(store, executions), 2);
    });

    it("starts one execution when the same tick is delivered twice, at once or one after the other", async () => {
        const { store, executions, tick } = await shop();
        await Promise.all([tick("2026-01-11T01:05"), tick("2026-01-11T01:05")]);
        assert.equal(executions.all.size, 1);
        await play(store, executions);
        assert.equal((await tick("2026-01-11T01:05")).idle, 1);
        assert.equal(executions.all.size, 1);
    });

    it("takes over from a run that died, and tries what it lost", async () => {
        const { executions, tick } = await shop();
        await tick("2026-01-11T01:05");
        executions.end(executionArn(liveMachine, "shop-20260111T010500Z-1"), "ABORTED");
        await tick("2026-01-11T02:05");
        assert.equal(executions.names().at(-1), "shop-20260111T020500Z-2");
        assert.equal(([...executions.all.values()].at(-1)?.input as Live).windows.length, 2);
    });

    it("gives the lease back when the execution could not be started, so that the next tick can", async () => {
        const { store, executions, tick } = await shop();
        executions.beforeStart = () => {
            throw new Error("throttled");
        };
        const result = await tick("2026-01-11T01:05");
        assert.deepEqual(
            result.failed.map(({ detector }) => detector),
            ["shop"],
        );
        assert.throws(() => requireAllPlanned(result), /throttled/);
        assert.deepEqual(store.json("shop/lease/live.json"), { owner: null, fence: 1 });
        executions.beforeStart = undefined;
        assert.deepEqual((await tick("2026-01-11T01:05")).started, ["shop"]);
    });

    it("recovers from a crash between taking the lease and starting the execution", async () => {
        const { store, tick } = await shop();
        await store.put(
            "shop/lease/live.json",
            JSON.stringify({ owner: executionArn(liveMachine, "never"), fence: 4 }),
        );
        assert.deepEqual((await tick("2026-01-11T01:05")).started, ["shop"]);
        assert.equal((store.json("shop/lease/live.json") as { fence: number }).fence, 5);
    });

    it("catches up after an outage, bounded per tick, losing and doubling no window", async () => {
        const { store, executions, tick } = await shop();
        const counts: number[] = [];
        for (let index = 0; index < 6; index += 1) {
            await tick(`2026-01-15T0${index}:05`);
            counts.push(await play(store, executions));
        }
        assert.deepEqual(counts, [40, 40, 18, 1, 1, 1]);
        const view = await viewOf(store);
        assert.deepEqual([view.watermark, view.gaps], [at("2026-01-15T05:00"), []]);
        assert.equal(store.keys("shop/ledger/aaaaaaaaaa/2026-01/").length, 3 + 101);
    });

    it("goes on behind a window that fails for good, and completes the ledger once it succeeds", async () => {
        const { store, executions, tick } = await shop();
        const bad = at("2026-01-11T01:00");
        for (let index = 1; index <= 4; index += 1) {
            await tick(`2026-01-11T0${index}:05`);
            await play(store, executions, [bad]);
        }
        const held = await viewOf(store);
        assert.deepEqual([held.watermark, held.frontier], [bad, at("2026-01-11T04:00")]);
        for (let index = 0; index < 8; index += 1) {
            if ((await tick(`2026-01-11T1${index}:05`)).started.length > 0) await play(store, executions);
        }
        assert.equal((await viewOf(store)).watermark, at("2026-01-11T17:00"));
        assert.deepEqual(store.keys("shop/parked/"), []);
    });

    it("plans the others when one detector's records are broken, and names the broken one", async () => {
        const { store, tick } = await shop();
        await store.put(definitionKey("PT1H", "broken"), "{");
        await writeShop(store, { name: "lost" });
        await store.delete(["lost/ledger/aaaaaaaaaa/generation.json"]);
        const result = await tick("2026-01-11T01:05");
        assert.deepEqual(result.started, ["shop"]);
        assert.deepEqual(result.failed.map(({ detector }) => detector).sort(), ["broken", "lost"]);
        assert.throws(
            () => requireAllPlanned(result),
            /2 detectors could not be planned: broken: .*not JSON.*lost: .*no record/,
        );
    });

    it("plans the detectors of its own interval only", async () => {
        const { store, tick } = await shop();
        await writeShop(store, { name: "daily", interval: "P1D" });
        assert.deepEqual(await tick("2026-01-11T00:10"), { started: [], running: [], idle: 1, failed: [] });
        assert.equal(shopDefinition.interval, "PT1H");
    });

    it("plans as before when the cache is lost", async () => {
        const { store, executions, tick } = await shop();
        await tick("2026-01-11T01:05");
        await play(store, executions);
        await store.delete(store.keys("shop/cache/"));
        await tick("2026-01-11T02:05");
        assert.equal(await play(store, executions), 1);
    });
});
