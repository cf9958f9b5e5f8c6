import assert from "node:assert/strict";
import { faultTable } from "./faultTable";
import { requireTold } from "./incidents";
import { playRandomly } from "./randomRun";
import { openChaosWorld, type ChaosWorld } from "./world";

/** Days of rows that the database has beyond the history: more than all faults and the random hours take together. */
const liveDays = 18;

/** All of them, but for what takes long. */
const isWhole = process.env.LOOKOUT_CHAOS === "all";
const played = faultTable.filter(({ isLong }) => isWhole || !isLong);

/** Seeds of the short random run, and hours of each: `npm run test:chaos` plays ten seeds for a thousand hours. */
const seeds = [11, 12, 13];
const randomHours = 12;

describe("faults on the embedded cloud", function () {
    this.timeout(900_000);
    let world: ChaosWorld;
    const table: string[] = [];
    const runs: string[] = [];

    before(async () => {
        world = await openChaosWorld({ liveDays });
        await world.play(1);
        await world.check();
    });
    after(async () => {
        await world.close();
        const lines = ["fault │ ticks │ told", ...table, "", "seed │ hours │ faults │ told", ...runs];
        process.stdout.write(`\n${lines.map((line) => `      ${line}`).join("\n")}\n\n`);
    });

    afterEach(async function () {
        world.stack.cloud.faults.clear();
        world.unstruck();
        world.failedRuns();
        world.failedBefore();
        if (this.currentTest?.state !== "failed") return;
        // The next one begins with a stack that is well.
        await world.play(3);
        world.heard();
    });

    it("are at least 40, each another one", () => {
        assert.ok(played.length >= 40);
        assert.equal(new Set(played.map(({ name }) => name)).size, played.length);
    });

    for (const { name, strike, ticks = 1, told = [], mend } of played)
        it(`leave every row there and scored once, the watermark right and the operators told once: ${name}`, async () => {
            await strike(world);
            if (mend !== undefined) {
                await world.play(ticks - 1);
                await mend(world);
                await world.play(1);
            } else await world.play(ticks);
            const heard = world.heard();
            table.push(`${name} │ ${ticks} │ ${heard.join("; ") || "–"}`);
            await world.check();
            assert.equal(heard.length, told.length, heard.join("; "));
            told.forEach((pattern, i) => assert.match(heard[i]!, pattern));
            requireTold({ heard, failedRuns: world.failedRuns(), failedWindows: world.failedBefore() });
            // What did not strike has not been tested.
            assert.equal(world.unstruck(), 0, "the fault has struck");
        });

    for (const seed of seeds)
        it(`leave the same when they come at random, for hours on end: seed ${seed}`, async () => {
            const { hours, faults, told } = await playRandomly(world, { seed, hours: randomHours });
            runs.push(`${seed} │ ${hours} │ ${faults} │ ${told}`);
        });
});
