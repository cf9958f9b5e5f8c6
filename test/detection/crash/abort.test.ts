import assert from "node:assert/strict";
import type { DetectorRecord } from "../../../detection/store/records";
import { openDetectorStore } from "../../../detection/store/detectors";
import { createRunCache, openRun } from "../../../detection/store/runs";
import { runJob } from "../../../detection/worker/worker";
import { openRandom } from "../../../local/demo/random";
import { memoryObjectStore, type MemoryObjectStore } from "../../support/memoryObjectStore";
import { checkInvariants } from "../../support/runInvariants";
import { activatedShop } from "../../support/shopDetector";
import { shopLedger } from "../../support/shopLedger";
import { withSpike } from "../../support/spike";

const hour = 3_600_000;
const liveHours = 60;
/** Hours that are anomalous: some in the history's newer part, some live. */
const spikes = ["2026-03-29 07", "2026-03-29 08", "2026-03-31 20", "2026-04-01 11", "2026-04-02 03", "2026-04-02 04"];

/** How a detector comes to its end: the status it starts from, and how much it may learn in one go. */
interface Scenario {
    readonly name: string;
    readonly record: Partial<DetectorRecord>;
    readonly mostCells?: number;
    /** Hours whose rows are there only when the others have been scored. */
    readonly late?: readonly number[];
    readonly end: DetectorRecord["status"];
}
const scenarios: readonly Scenario[] = [
    { name: "an activation and live windows", record: {}, end: "ACTIVE" },
    { name: "an activation in shards", record: {}, mostCells: 1500, end: "ACTIVE" },
    { name: "an activation whose rows come late", record: {}, late: [11, 27, 40, 41, 59], end: "ACTIVE" },
    { name: "a back-test", record: { status: "BACK_TEST_ACTIVATING" }, end: "BACK_TEST_COMPLETE" },
];

/** Runs a scenario to its end, whatever happens to single jobs. Each job has a process's memory of its own. */
async function play({ record, mostCells, late, end }: Scenario, crash: (objects: MemoryObjectStore) => void) {
    const objects = memoryObjectStore();
    const ledger = shopLedger(objects, { historyDays: 20, liveHours, pairs: 3, shiftChance: 0 });
    await ledger.commitHistory();
    for (const key of objects.keys("shop/backtest/")) await objects.put(key, withSpike(objects.text(key), ...spikes));
    const rowsOf = (h: number): string => withSpike(ledger.csv(20 * 24 + h, 20 * 24 + h + 1), ...spikes);
    const half = (csv: string): string => `${csv.split("\n").slice(0, 2).join("\n")}\n`;
    for (let h = 0; h < liveHours; h++) await ledger.commitHour(h, late?.includes(h) ? half(rowsOf(h)) : rowsOf(h));
    const detectors = openDetectorStore(objects);
    await detectors.create({ ...activatedShop(ledger), ...record });
    crash(objects);
    let crashes = 0;
    const waiting = [...(late ?? [])];
    for (let jobs = 0; jobs < 1000; jobs++) {
        const buckets = { own: "metrics", store: objects, open: () => objects };
        const services = { detectors, buckets, cache: createRunCache(), mostCells };
        const isDone = await runJob(services, { job: "advance", detector: "shop" }, ledger.live + 999 * hour).then(
            () => true,
            () => false,
        );
        if (!isDone) crashes++;
        const { before, afterPut } = objects;
        [objects.before, objects.afterPut] = [undefined, undefined];
        await checkInvariants(objects, "shop");
        [objects.before, objects.afterPut] = [before, afterPut];
        if (!isDone) continue;
        const next = waiting.shift();
        if (next === undefined) break;
        await ledger.commitHour(next, rowsOf(next));
    }
    [objects.before, objects.afterPut] = [undefined, undefined];
    assert.equal((await detectors.read("shop"))!.status, end);
    // What a crash leaves of earlier rounds is never read; the shards' rows are gone once they have been merged.
    const amendments = (await openRun(objects, "shop", "r-1", createRunCache()).progress())!.record.amendments;
    const isRead = (key: string): boolean => {
        const [, amendment] = /\.([0-9a-f]{12})\.(?:bin|json)$/.exec(key) ?? [];
        return !/\/(model|open)\//.test(key) && (!amendment || !!amendments?.some(({ id }) => id === amendment));
    };
    const kept = objects.keys("_detection/").filter(isRead);
    const groups = (await checkInvariants(objects, "shop"))!.groups;
    return { crashes, groups, stored: kept.map((key) => [key, objects.text(key)]) };
}

/** Crashes now and then, before or after an operation took effect. */
function crashing(seed: number, chance: number): (objects: MemoryObjectStore) => void {
    const random = openRandom(seed);
    const strike = (): void => {
        if (random.uniform(0, 1) < chance) throw new Error("the process was killed");
    };
    return (objects) => {
        objects.before = (_operation, key) => (key.startsWith("_detection/") ? strike() : undefined);
        objects.afterPut = (key) => (key.startsWith("_detection/") ? strike() : undefined);
    };
}

describe("detection/worker, crashes at operations of the store", () => {
    for (const scenario of scenarios)
        it(`goes on from any point of ${scenario.name} to what would have been without a crash`, async () => {
            const whole = await play(scenario, () => undefined);
            assert.equal(whole.crashes, 0);
            assert.ok(whole.groups > 0, "there are groups to lose");
            let crashes = 0;
            for (let seed = 1; crashes < 100; seed++) {
                const found = await play(scenario, crashing(seed, scenario.mostCells === undefined ? 0.06 : 0.02));
                crashes += found.crashes;
                assert.deepEqual(found.stored, whole.stored, `seed ${seed}`);
            }
        });
});
