import assert from "node:assert/strict";
import { backfillStarts } from "../../pipeline/backfillExecutions";
import { executionArn } from "../../pipeline/executions";
import { runTick } from "../../pipeline/tick";
import { fakeExecutions } from "../support/fakeExecutions";
import { memoryObjectStore } from "../support/memoryObjectStore";
import { at, backfillMachine, generation, liveMachine, writeShop } from "../support/shop";

const hourMs = 3_600_000;
const input = { detector: "shop", interval: "PT1H", generation } as const;
const nameOf = (attempt: number) => `bf-shop-${generation}-${attempt}`;
const arnOf = (attempt: number) => executionArn(backfillMachine, nameOf(attempt));

/** A detector whose first backfill began at 00:01 and failed. */
async function shop() {
    const store = memoryObjectStore();
    const executions = fakeExecutions();
    await writeShop(store, { live: null, next: generation });
    executions.now = at("2026-01-11T00:01");
    await executions.start(backfillMachine, nameOf(1), input);
    executions.end(arnOf(1), "FAILED");
    const tick = async (time: number | string) => {
        executions.now = typeof time === "string" ? at(time) : time;
        const event = { interval: "PT1H", scheduledTime: executions.now } as const;
        const { failed } = await runTick({ store, executions, machineArn: liveMachine, backfillMachine }, event);
        assert.deepEqual(failed, []);
    };
    return { store, executions, tick };
}

describe("pipeline/backfillRetry", () => {
    it("starts a backfill that failed again, at the next tick but not in the same hour", async () => {
        const { executions, tick } = await shop();
        await tick("2026-01-11T00:05");
        assert.equal(executions.all.size, 1);
        await tick("2026-01-11T01:05");
        assert.deepEqual(executions.names(), [nameOf(1), nameOf(2)]);
        assert.deepEqual(executions.all.get(arnOf(2))?.input, input);
    });

    it("starts it once when the tick is delivered twice", async () => {
        const { executions, tick } = await shop();
        await Promise.all([tick("2026-01-11T01:05"), tick("2026-01-11T01:05")]);
        executions.end(arnOf(2), "FAILED");
        await tick("2026-01-11T01:05");
        assert.equal(executions.all.size, 2);
    });

    it("waits twice as long after each failure, and a day at most", async () => {
        const { executions, tick } = await shop();
        const hours: number[] = [];
        for (let hour = 0; hour <= 24 * 4; hour += 1) {
            const before = executions.all.size;
            await tick(at("2026-01-11T00:05") + hour * hourMs);
            if (executions.all.size === before) continue;
            hours.push(hour);
            executions.end(arnOf(executions.all.size), "FAILED");
        }
        assert.deepEqual(hours, [1, 3, 7, 15, 31, 55, 79]);
    });

    it("starts one that an update of the stack recorded and did not come to start", async () => {
        const { executions, tick } = await shop();
        executions.all.clear();
        await tick("2026-01-11T00:05");
        assert.deepEqual(executions.names(), [nameOf(1)]);
    });

    it("starts none while one extracts, goes on in a chain, or lets the detector learn", async () => {
        const { store, executions, tick } = await shop();
        const chained = executionArn(backfillMachine, `bf-${generation}-${"0".repeat(40)}`);
        await store.put("shop/lease/backfill.json", JSON.stringify({ owner: chained, fence: 2 }));
        await executions.start(backfillMachine, `bf-${generation}-${"0".repeat(40)}`, input);
        await tick("2026-01-11T05:05");
        await store.put("shop/lease/backfill.json", JSON.stringify({ owner: null, fence: 2 }));
        await tick("2026-01-11T06:05");
        assert.equal(executions.all.size, 2);
        executions.end(chained, "ABORTED");
        await tick("2026-01-11T07:05");
        assert.equal(executions.names().at(-1), nameOf(2));
    });

    it("starts none when the detector reads what it is to read", async () => {
        const { store, executions, tick } = await shop();
        await writeShop(store, { live: null, next: null });
        await tick("2026-01-11T09:05");
        assert.equal(executions.all.size, 1);
    });

    it("counts any number of starts", async () => {
        for (const count of [0, 1, 2, 3, 5, 8, 13, 100, 199, 200]) {
            const executions = fakeExecutions();
            for (let attempt = 1; attempt <= count; attempt += 1) {
                executions.now = attempt;
                await executions.start(backfillMachine, nameOf(attempt), input);
            }
            const starts = await backfillStarts(executions, backfillMachine, input);
            assert.deepEqual(starts, count === 0 ? { count } : { count, last: count });
        }
    });
});
