import assert from "node:assert/strict";
import { commitWindow } from "../../pipeline/commit";
import { readLease, takeLease } from "../../pipeline/lease";
import type { Run } from "../../pipeline/run";
import { memoryObjectStore, type MemoryObjectStore } from "../support/memoryObjectStore";
import {
    backfillRun,
    chunks,
    extract,
    generation,
    hour,
    liveRun,
    row,
    shopDefinition,
    writeShop,
} from "../support/shop";

const window = hour("2026-01-11T13:00");
const key = "shop/ledger/aaaaaaaaaa/2026-01/20260111T130000Z.json";
const laterRun: Run = { ...liveRun, execution: `${liveRun.execution}-later`, fence: 2 };

interface Manifest {
    version: number;
    attempt: string;
    rows: number;
    fence: number;
    objects: { key: string }[];
}

async function shop() {
    const store = memoryObjectStore();
    await writeShop(store);
    const advanced: string[] = [];
    const world = { store, advance: async (arn: string) => void advanced.push(arn) };
    const state = await takeLease(store, "shop", "live", undefined, () => liveRun.execution);
    assert.equal(state?.fence, 1);
    return { store, advanced, world };
}

/** Gives the lease to the later run, as happens once the earlier one's execution has ended. */
async function overtake(store: MemoryObjectStore): Promise<void> {
    const state = await readLease(store, "shop", "live");
    assert.equal((await takeLease(store, "shop", "live", state, () => laterRun.execution))?.fence, 2);
}

const manifestOf = (store: MemoryObjectStore): Manifest => store.json(key) as Manifest;

/** Every object that the manifest names is there: data that count are never garbage. */
function assertWhole(store: MemoryObjectStore): void {
    for (const object of manifestOf(store).objects) assert.ok(store.keys().includes(object.key), object.key);
}

describe("pipeline/commit", () => {
    it("writes the manifest, clears ticket and parked record, and tells the detection service", async () => {
        const { store, world, advanced } = await shop();
        await store.put("shop/parked/aaaaaaaaaa/20260111T130000Z.json", "{}");
        const event = await extract(store, liveRun, window, { rows: [row(window.start), row(window.end - 1000)] });
        assert.deepEqual(await commitWindow(world, event), {
            outcome: "committed",
            ...window,
            rows: 2,
            bytes: 70,
            version: 1,
        });
        assert.deepEqual(store.json(key), {
            rows: 2,
            minTimestamp: "2026-01-11T13:00:00Z",
            maxTimestamp: "2026-01-11T13:59:59Z",
            queryHash: "0123456789abcdef",
            bytes: 70,
            objects: [
                { key: `${event.folder}0000.csv`, bytes: 70, etag: (await store.get(`${event.folder}0000.csv`))?.etag },
            ],
            ticket: { statement: "s-1", queryHash: "0123456789abcdef" },
            version: 1,
            generation,
            kind: "live",
            window: { start: "2026-01-11T13:00:00Z", end: "2026-01-11T14:00:00Z" },
            attempt: event.attemptId,
            fence: 1,
        });
        assert.match(event.folder, /^shop\/live\/20260111\/1300\/aaaaaaaaaa-[0-9a-f]{12}\/$/);
        assert.deepEqual(store.keys("shop/tickets/").concat(store.keys("shop/parked/")), []);
        assert.deepEqual(advanced, [shopDefinition.detectorArn]);
    });

    it("counts an empty window", async () => {
        const { store, world } = await shop();
        const outcome = await commitWindow(world, await extract(store, liveRun, window, { rows: [] }));
        assert.deepEqual([outcome.rows, outcome.bytes, outcome.version], [0, 0, 1]);
        assert.equal("minTimestamp" in manifestOf(store), false);
    });

    it("adds up all objects of the attempt", async () => {
        const { store, world } = await shop();
        await extract(store, liveRun, window, { part: "0001.csv", rows: [row(window.start + 60_000)] });
        const event = await extract(store, liveRun, window);
        assert.equal((await commitWindow(world, event)).rows, 2);
        assert.equal(manifestOf(store).objects.length, 2);
    });

    it("changes nothing when the same commit is repeated", async () => {
        const { store, world } = await shop();
        const event = await extract(store, liveRun, window);
        const first = await commitWindow(world, event);
        const before = store.text(key);
        assert.deepEqual(await commitWindow(world, event), first);
        assert.equal(store.text(key), before);
        assertWhole(store);
    });

    it("commits once when the same call runs twice at the same time", async () => {
        const { store, world } = await shop();
        const event = await extract(store, liveRun, window);
        const outcomes = await Promise.all([commitWindow(world, event), commitWindow(world, event)]);
        assert.deepEqual(outcomes[0], outcomes[1]);
        assert.equal(manifestOf(store).version, 1);
        assertWhole(store);
    });

    it("replaces other rows by a new version, and deletes the attempt it supersedes", async () => {
        const { store, world } = await shop();
        const first = await extract(store, liveRun, window);
        await commitWindow(world, first);
        const second = await extract(store, liveRun, window, {
            attempt: 2,
            rows: [row(window.start), row(window.start, 7)],
        });
        assert.equal((await commitWindow(world, second)).version, 2);
        assert.deepEqual(store.keys(first.folder), []);
        assert.equal(manifestOf(store).attempt, second.attemptId);
        assertWhole(store);
    });

    it("keeps version and objects when the rows are the same as before", async () => {
        const { store, world } = await shop();
        const first = await extract(store, liveRun, window);
        await commitWindow(world, first);
        const again = await extract(store, liveRun, window, { attempt: 2 });
        assert.equal((await commitWindow(world, again)).version, 1);
        assert.equal(manifestOf(store).attempt, first.attemptId);
        assert.deepEqual(store.keys(again.folder), []);
        assertWhole(store);
    });

    it("keeps version and objects when the commit of the same rows is repeated", async () => {
        const { store, world } = await shop();
        await commitWindow(world, await extract(store, liveRun, window));
        const again = await extract(store, liveRun, window, { attempt: 2 });
        const outcome = await commitWindow(world, again);
        const before = store.text(key);
        assert.deepEqual(await commitWindow(world, again), outcome);
        assert.deepEqual([outcome.rows, outcome.version, store.text(key)], [1, 1, before]);
        assertWhole(store);
    });

    it("commits no attempt that has no ticket, whatever is left of it", async () => {
        const { store, world } = await shop();
        const event = await extract(store, liveRun, window);
        await store.delete([event.ticketKey]);
        await assert.rejects(commitWindow(world, event), { name: "NotFoundError", message: /13:00.*"shop".*given up/ });
        assert.deepEqual(store.keys("shop/ledger/aaaaaaaaaa/2026-01/"), []);
    });

    it("has one outcome when a commit, of new, equal or other rows, dies before or after any call and is repeated", async () => {
        for (const earlier of [undefined, [row(window.start)], [row(window.start, 7), row(window.start, 8)]]) {
            for (let moment = 1; moment <= 10; moment += 1) {
                for (const late of [false, true]) {
                    const { store, world } = await shop();
                    if (earlier !== undefined)
                        await commitWindow(world, await extract(store, liveRun, window, { rows: earlier }));
                    const event = await extract(store, liveRun, window, { attempt: 2 });
                    const expected = earlier?.length === 2 ? 2 : 1;
                    let calls = 0;
                    const failing: MemoryObjectStore = {
                        ...store,
                        delete: async (keys) => {
                            if (late) await store.delete(keys);
                            throw new Error("died");
                        },
                    };
                    store.before = () => {
                        calls += 1;
                        if (calls === moment) throw new Error("died");
                    };
                    await commitWindow(late ? { ...world, store: failing } : world, event).catch(() => undefined);
                    store.before = undefined;
                    for (let repeat = 0; repeat < 2; repeat += 1) {
                        const { rows, version } = await commitWindow(world, event);
                        assert.deepEqual([rows, version], [1, expected], `moment ${moment}`);
                        assertWhole(store);
                    }
                    assert.equal(store.keys("shop/live/").length, 1);
                }
            }
        }
    });

    it("leaves the later run's rows when an earlier run comes too late", async () => {
        const { store, world } = await shop();
        const late = await extract(store, liveRun, window, { rows: [row(window.start, 99)] });
        await overtake(store);
        const good = await extract(store, laterRun, window);
        await commitWindow(world, good);
        const before = store.text(key);
        await commitWindow(world, late);
        assert.equal(store.text(key), before);
        assert.deepEqual(store.keys(late.folder), []);
        assertWhole(store);
    });

    it("lets an earlier run that wakes up delete nothing of a later run that is still writing", async () => {
        const { store, world } = await shop();
        const late = await extract(store, liveRun, window, { rows: [row(window.start, 99)] });
        await overtake(store);
        const good = await extract(store, laterRun, window);
        await commitWindow(world, late);
        assert.equal(store.keys(good.folder).length, 1);
        await commitWindow(world, good);
        assert.deepEqual([manifestOf(store).version, manifestOf(store).attempt], [2, good.attemptId]);
        assert.deepEqual(store.keys(late.folder), []);
        assertWhole(store);
    });

    it("leaves the later run's attempt counting, and whole, at whatever moment it overtakes an earlier one", async () => {
        for (let moment = 1; moment <= 9; moment += 1) {
            const { store, world } = await shop();
            const early = await extract(store, liveRun, window, { rows: [row(window.start, 99)] });
            let calls = 0;
            let late: Awaited<ReturnType<typeof extract>> | undefined;
            store.before = async () => {
                calls += 1;
                if (calls !== moment) return;
                await overtake(store);
                late = await extract(store, laterRun, window);
            };
            await commitWindow(world, early);
            store.before = undefined;
            if (late === undefined) assert.fail(`a commit takes fewer than ${moment} calls`);
            assert.equal(store.keys(late.folder).length, 1, `rows under way survive, moment ${moment}`);
            await commitWindow(world, late);
            await commitWindow(world, early);
            assert.equal(manifestOf(store).attempt, late.attemptId, `moment ${moment}`);
            assertWhole(store);
        }
    });

    it("makes an earlier run lose that read the manifest before equal rows were committed again", async () => {
        const { store, world } = await shop();
        await commitWindow(world, await extract(store, liveRun, window));
        const zombie = await extract(store, liveRun, window, { attempt: 2, rows: [row(window.start, 99)] });
        let hasRun = false;
        store.before = async (operation, put) => {
            if (operation !== "put" || put !== key || hasRun) return;
            hasRun = true;
            await overtake(store);
            await commitWindow(world, await extract(store, laterRun, window));
        };
        await commitWindow(world, zombie);
        assert.deepEqual([manifestOf(store).fence, manifestOf(store).rows], [2, 1]);
        assert.deepEqual(store.keys(zombie.folder), []);
        assertWhole(store);
    });

    it("is whole again when it is repeated after any single failure of the store", async () => {
        for (let failing = 1; failing <= 10; failing += 1) {
            const { store, world } = await shop();
            const event = await extract(store, liveRun, window);
            let calls = 0;
            store.before = () => {
                calls += 1;
                if (calls === failing) throw new Error("the store failed once");
            };
            await commitWindow(world, event).catch(() => undefined);
            store.before = undefined;
            assert.equal((await commitWindow(world, event)).rows, 1);
            assert.equal(manifestOf(store).version, 1);
            assertWhole(store);
        }
    });

    it("counts as committed although the detection service could not be told, and tells it when repeated", async () => {
        const { store, world, advanced } = await shop();
        const event = await extract(store, liveRun, window);
        const deaf = { store, advance: async () => Promise.reject(new Error("unreachable")) };
        await assert.rejects(commitWindow(deaf, event), /unreachable/);
        assert.equal(manifestOf(store).version, 1);
        await commitWindow(world, event);
        assert.equal(advanced.length, 1);
    });

    it("tells the detection service nothing of history, nor of a generation that it does not read", async () => {
        const { store, world, advanced } = await shop();
        const chunk = chunks[0] ?? window;
        await commitWindow(world, await extract(store, backfillRun, chunk));
        await writeShop(store, { live: "bbbbbbbbbb" });
        await commitWindow(world, await extract(store, liveRun, window));
        assert.deepEqual(advanced, []);
    });

    it("refuses rows outside the window, and names both", async () => {
        const { store, world } = await shop();
        for (const instant of [window.start - 1000, window.end]) {
            await assert.rejects(commitWindow(world, await extract(store, liveRun, window, { rows: [row(instant)] })), {
                name: "DataError",
                message: /"shop" gave rows from .* window 2026-01-11T13:00:00Z\/2026-01-11T14:00:00Z.*sourceTimeZone/,
            });
        }
        assert.equal(store.keys("shop/ledger/").includes(key), false);
    });

    it("refuses a timestamp that does not parse, and names detector, window and value", async () => {
        const { store, world } = await shop();
        const event = await extract(store, liveRun, window, { rows: ["yesterday,web,1"] });
        await assert.rejects(commitWindow(world, event), {
            name: "DataError",
            message: /"shop" for 2026-01-11T13.*yesterday/,
        });
    });
});
