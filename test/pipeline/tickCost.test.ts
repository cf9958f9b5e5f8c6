import assert from "node:assert/strict";
import { compactLedgers } from "../../pipeline/compaction";
import { runTick } from "../../pipeline/tick";
import { fakeExecutions } from "../support/fakeExecutions";
import { compactAll, hoursFrom, writeSparseLedger } from "../support/longLedger";
import { memoryObjectStore, type MemoryObjectStore } from "../support/memoryObjectStore";
import { backfillMachine, chunks, history, liveMachine } from "../support/shop";

/** Keys that S3 lists with one request. */
const page = 1000;
const hourMs = 3_600_000;

/** Requests to the object store while something is done, as S3 would count them. */
async function requestsOf(store: MemoryObjectStore, act: () => Promise<unknown>): Promise<number> {
    Object.assign(store.calls, { get: 0, put: 0, list: 0, delete: 0, listed: 0 });
    await act();
    const { get, put, list, delete: deleted, listed } = store.calls;
    return get + put + list + deleted + Math.floor(listed / page);
}

/** The shop's ledger with so many live windows, and its next tick: 5 minutes after the next one has ended. */
async function shop(windows: number, isCompacted: boolean) {
    const store = memoryObjectStore();
    const frontier = history.end + windows * hourMs;
    await writeSparseLedger(store, [...chunks, ...hoursFrom(history.end, windows)], frontier);
    const now = frontier + hourMs + 300_000;
    if (isCompacted) await compactAll(store, now, Infinity);
    const world = { store, executions: fakeExecutions(), machineArn: liveMachine, backfillMachine };
    const tick = async () => {
        const { started } = await runTick(world, { interval: "PT1H", scheduledTime: now });
        assert.deepEqual(started, ["shop"]);
    };
    return { store, now, tick };
}

describe("the cost of a tick", () => {
    const requests: Record<string, readonly [planning: number, compacting: number]> = {};
    for (const windows of [10, 1000, 20_000])
        for (const isCompacted of [false, true])
            it(`is counted for ${windows} windows, ${isCompacted ? "compacted" : "each by itself"}`, async () => {
                const { store, now, tick } = await shop(windows, isCompacted);
                const compacting = await requestsOf(store, () => compactLedgers(store, { interval: "PT1H", now }, 50));
                requests[`${windows} ${isCompacted}`] = [await requestsOf(store, tick), compacting];
            });

    it("is the same number of requests however long the ledger is, compacted or not", () => {
        const planning = Object.values(requests).map(([first]) => first);
        assert.equal(planning.length, 6);
        assert.deepEqual([...new Set(planning)], [8]);
    });

    it("grows by a bounded number while there is something to compact, and by three requests once there is not", () => {
        const compacting = (key: string): number | undefined => requests[key]?.[1];
        assert.deepEqual([compacting("10 true"), compacting("1000 true"), compacting("20000 true")], [3, 3, 3]);
        assert.equal(compacting("1000 false"), compacting("20000 false"));
        assert.ok(compacting("20000 false")! <= 2 * 50 + 12, `${compacting("20000 false")} requests`);
    });
});
