import assert from "node:assert/strict";
import { commitWindow } from "../../pipeline/commit";
import { manifestKey } from "../../pipeline/objectLayout";
import { beginBackfill } from "../../pipeline/backfill";
import { historyDigest } from "../../pipeline/historyDigest";
import { startReplay, windowsToReplay } from "../../pipeline/replay";
import type { Run } from "../../pipeline/run";
import type { Window } from "../../pipeline/windows";
import { fakeExecutions } from "../support/fakeExecutions";
import { memoryObjectStore } from "../support/memoryObjectStore";
import {
    at,
    backfillMachine,
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
    return { store, executions, world: { store, executions, liveMachine, backfillMachine } };
}

describe("pipeline/replay", () => {
    it("takes the windows of a stretch that are over", async () => {
        const { store } = await shop();
        const stretch = { start: at("2026-01-11T02:30"), end: at("2026-01-12") };
        const windows = await windowsToReplay(store, shopDefinition, stretch, now);
        const live = [hour("2026-01-11T03:00"), hour("2026-01-11T04:00"), hour("2026-01-11T05:00")];
        assert.deepEqual(windows, { backfill: [], live });
    });

    it("takes a window only when its offset has passed: until then rows of it may be missing", async () => {
        const { store } = await shop();
        const { start, end } = hour("2026-01-11T03:00");
        const definition = { ...shopDefinition, offsetSeconds: 900 };
        const of = (stretch: Window, secondsAfterEnd: number) =>
            windowsToReplay(store, definition, stretch, end + secondsAfterEnd * 1000);
        await assert.rejects(of({ start, end }, 899), {
            name: "DataError",
            message: /and is over: one is when its offset of 900 s has passed after its end$/,
        });
        assert.deepEqual((await of({ start, end }, 900)).live, [{ start, end }]);
        const two = { start: start - 3_600_000, end };
        assert.deepEqual((await of(two, 899)).live, [hour("2026-01-11T02:00")]);
    });

    it("takes windows of the history that a stretch touches, as a whole, beside the live ones", async () => {
        const { store } = await shop();
        const stretch = { start: at("2026-01-08T23:00"), end: at("2026-01-11T01:30") };
        const windows = await windowsToReplay(store, shopDefinition, stretch, now);
        assert.deepEqual(windows, { backfill: chunks.slice(1), live: [hour("2026-01-11T00:00")] });
    });

    it("refuses a stretch without windows, and a detector whose history is not there yet", async () => {
        const { store } = await shop();
        const of = (start: string, end: string, definition = shopDefinition) =>
            windowsToReplay(store, definition, { start: at(start), end: at(end) }, now);
        await assert.rejects(of("2025-12-01", "2026-01-01"), /no window of "shop" \(PT1H\) lies within/);
        await assert.rejects(of("2026-01-11T01:10", "2026-01-11T01:50"), /no window of "shop" \(PT1H\) lies within/);
        await assert.rejects(of("2026-02-01", "2026-02-02"), /and is over/);
        const unborn = { ...shopDefinition, live: null };
        await assert.rejects(of("2026-01-11", "2026-01-12", unborn), /no windows to replay yet/);
    });

    it("starts one run under the lease, with as many windows as a run may have", async () => {
        const { executions, world, store } = await shop();
        const windows = Array.from({ length: 50 }, (_, i) => ({
            start: at("2026-01-11") + i * 3_600_000,
            end: at("2026-01-11") + (i + 1) * 3_600_000,
        }));
        const { execution, taken } = await startReplay(
            world,
            shopDefinition,
            { kind: "live", windows, force: true },
            now,
        );
        assert.equal(taken, 40);
        assert.deepEqual(store.json("shop/lease/live.json"), { owner: execution, fence: 1 });
        const { input } = executions.all.get(execution)!;
        const { run, windows: planned } = input as { run: Run; windows: unknown[] };
        assert.deepEqual([run.force, run.generation, planned.length], [true, generation, 40]);
        await assert.rejects(startReplay(world, shopDefinition, { kind: "live", windows, force: false }, now + 1000), {
            name: "DetectorBusyError",
        });
    });

    it("has the backfill machine extract windows of the history, which takes its lease itself", async () => {
        const { executions, world, store } = await shop();
        const windows = chunks.slice(0, 1);
        const replay = { kind: "backfill", windows, force: true } as const;
        const { execution, taken } = await startReplay(world, shopDefinition, replay, now);
        assert.equal(taken, 1);
        assert.deepEqual(executions.names(), [`bf-shop-${generation}-20260111060500`]);
        const definition = store.json("_detectors/PT1H/shop.json") as { learned: string };
        assert.equal(definition.learned, await historyDigest(store, { detector: "shop", generation }));
        const event = { detector: "shop", interval: "PT1H", generation, startTime: now, execution } as const;
        const planned = await beginBackfill(
            { store, isRunning: (arn) => executions.isRunning(arn) },
            { ...event, input: { replay } },
        );
        assert.deepEqual(
            [planned.windows, planned.remaining, planned.run.force],
            [[{ start: "2026-01-01T00:00:00Z", end: "2026-01-05T00:00:00Z" }], 0, true],
        );
        assert.deepEqual(store.json("shop/lease/backfill.json"), { owner: execution, fence: planned.run.fence });
        await assert.rejects(startReplay(world, shopDefinition, replay, now + 1000), { name: "DetectorBusyError" });
    });

    it("extracts no part of a window of the history", async () => {
        const { store } = await shop();
        const event = { detector: "shop", interval: "PT1H", generation, startTime: now, execution: "e-9" } as const;
        const replay = { windows: [{ start: at("2026-01-01"), end: at("2026-01-02") }], force: false };
        await assert.rejects(beginBackfill({ store, isRunning: async () => false }, { ...event, input: { replay } }), {
            name: "DataError",
            message: /2026-01-01T00:00:00Z\/2026-01-02T00:00:00Z is no window of the history/,
        });
    });

    it("has another digest of the history when rows of it have changed, and the same when they have not", async () => {
        const { store } = await shop();
        const digest = () => historyDigest(store, { detector: "shop", generation });
        const before = await digest();
        const again = async (fence: number, views: number) => {
            const run = { ...backfillRun, execution: `b-${fence}`, fence };
            const event = await extract(store, run, chunks[0]!, { rows: [row(chunks[0]!.start, views)] });
            await commitWindow({ store, advance: async () => undefined }, event);
        };
        await again(2, 1);
        assert.equal(await digest(), before);
        await again(3, 5);
        assert.notEqual(await digest(), before);
        const changed = await digest();
        await commitAll(store, liveRun, [hour("2026-01-11T00:00")]);
        assert.equal(await digest(), changed);
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
