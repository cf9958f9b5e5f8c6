import assert from "node:assert/strict";
import { faultTable } from "./faultTable";
import { calmDown, playFault } from "./playFault";
import { playRandomly } from "./randomRun";
import { openChaosWorld, warehouseRows, type ChaosWorld } from "./world";

/** Days of rows that the database has beyond the history: more than all faults and the random hours take together. */
const liveDays = 18;

/** All of them, but for what takes long. */
const isWhole = process.env.LOOKOUT_CHAOS === "all";
const played = faultTable.filter(({ isLong }) => isWhole || !isLong);

/** Seeds of the short random run, and hours of each: `npm run test:chaos` plays ten seeds for a thousand hours. */
const seeds = [11, 12, 14];
const randomHours = 12;

describe("faults on the embedded cloud", function () {
    this.timeout(900_000);
    let world: ChaosWorld;
    const table: string[] = [];
    const runs: string[] = [];

    before(async () => {
        world = await openChaosWorld(warehouseRows(liveDays));
        await world.play(1);
        await world.check();
    });
    after(async () => {
        await world.close();
        const lines = ["fault │ ticks │ told", ...table, "", "seed │ hours │ faults │ told", ...runs];
        process.stdout.write(`\n${lines.map((line) => `      ${line}`).join("\n")}\n\n`);
    });

    afterEach(async function () {
        await calmDown(world, this.currentTest?.state === "failed");
    });

    it("are at least 40, each another one", () => {
        assert.ok(played.length >= 40);
        assert.equal(new Set(played.map(({ name }) => name)).size, played.length);
    });

    for (const fault of played)
        it(`leave every row there and scored once, the watermark right and the operators told once: ${fault.name}`, async () => {
            table.push(await playFault(world, fault));
        });

    for (const seed of seeds)
        it(`leave the same when they come at random, for hours on end: seed ${seed}`, async () => {
            const { hours, faults, told } = await playRandomly(world, { seed, hours: randomHours });
            runs.push(`${seed} │ ${hours} │ ${faults} │ ${told}`);
        });
});
