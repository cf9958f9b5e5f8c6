import assert from "node:assert/strict";
import { commitWindow } from "../../pipeline/commit";
import { manifestKey } from "../../pipeline/objectLayout";
import { startReplay, windowsToReplay } from "../../pipeline/replay";
import type { Run } from "../../pipeline/run";
import { fakeExecutions } from "../support/fakeExecutions";
import { memoryObjectStore } from "../support/memoryObjectStore";
import {
    at,
    backfillRun,
    chunks,
    commitAll,
    extract,
    generation,
    hour,
    liveMachine,
    liveRun,
    row,
    shopDefinition,
    writeShop,
} from "../support/shop";

const now = at("2026-01-11T06:05");

async function shop() {
    const store = memoryObjectStore();
    await writeShop(store);
    await commitAll(store, backfillRun, chunks);
    const executions = fakeExecutions();
    return { store, executions, world: { store, executions, machineArn: liveMachine } };
}

describe("pipeline/replay", () => {
    it("takes the windows of a stretch that are over", async () => {
        const { store } = await shop();
        const stretch = { start: at("2026-01-11T02:30"), end: at("2026-01-12") };
        const windows = await windowsToReplay(store, shopDefinition, stretch, now);
        assert.deepEqual(windows, [hour("2026-01-11T03:00"), hour("2026-01-11T04:00"), hour("2026-01-11T05:00")]);
    });

    it("refuses a stretch of the history, one without windows, and a detector without live windows", async () => {
        const { store } = await shop();
        const of = (start: string, end: string, definition = shopDefinition) =>
            windowsToReplay(store, definition, { start: at(start), end: at(end) }, now);
        await assert.rejects(of("2026-01-10", "2026-01-11T05:00"), /begin at 2026-01-11T00:00:00Z/);
        await assert.rejects(of("2026-01-11T01:10", "2026-01-11T01:50"), /no window of "shop" \(PT1H\) lies within/);
        await assert.rejects(of("2026-02-01", "2026-02-02"), /and is over/);
        const unborn = { ...shopDefinition, live: null };
        await assert.rejects(of("2026-01-11", "2026-01-12", unborn), /no live windows yet/);
    });

    it("starts one run under the lease, with as many windows as a run may have", async () => {
        const { executions, world, store } = await shop();
        const windows = Array.from({ length: 50 }, (_, i) => ({
            start: at("2026-01-11") + i * 3_600_000,
            end: at("2026-01-11") + (i + 1) * 3_600_000,
        }));
        const { execution, taken } = await startReplay(world, shopDefinition, { windows, force: true }, now);
        assert.equal(taken, 40);
        assert.deepEqual(store.json("shop/lease/live.json"), { owner: execution, fence: 1 });
        const { input } = executions.all.get(execution)!;
        const { run, windows: planned } = input as { run: Run; windows: unknown[] };
        assert.deepEqual([run.force, run.generation, planned.length], [true, generation, 40]);
        await assert.rejects(startReplay(world, shopDefinition, { windows, force: false }, now + 1000), {
            name: "DetectorBusyError",
        });
    });

    it("changes nothing where the rows are the same, unless that is forced", async () => {
        const { store } = await shop();
        const window = hour("2026-01-11T00:00");
        const version = async (run: Run): Promise<number> => {
            const event = await extract(store, run, window, { rows: [row(window.start)] });
            return (await commitWindow({ store, advance: async () => undefined, now: () => now }, event)).version;
        };
        const nth = (fence: number, force?: boolean): Run => ({ ...liveRun, execution: `e-${fence}`, fence, force });
        assert.equal(await version(nth(1)), 1);
        assert.equal(await version(nth(2)), 1);
        assert.equal(await version(nth(3, true)), 2);
        const record = store.json(manifestKey("shop", generation, window.start)) as Record<string, unknown>;
        assert.equal(record.committedAt, "2026-01-11T06:05:00Z");
    });

    it("remembers how many runs had failed on a window that is committed", async () => {
        const { store } = await shop();
        const window = hour("2026-01-11T00:00");
        const parked = { window: { start: "2026-01-11T00:00:00Z", end: "2026-01-11T01:00:00Z" }, kind: "live" };
        const record = { ...parked, failures: 3, error: "QueryError", message: "no" };
        await store.put(`shop/parked/${generation}/20260111T000000Z.json`, JSON.stringify(record));
        await commitAll(store, liveRun, [window]);
        const manifest = store.json(manifestKey("shop", generation, window.start)) as Record<string, unknown>;
        assert.equal(manifest.failures, 3);
    });
});
