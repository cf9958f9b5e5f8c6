import assert from "node:assert/strict";
import { faultTable } from "./faultTable";
import { openChaosWorld, type ChaosWorld } from "./world";

/** Days of rows that the database has beyond the history: more than all faults take together. */
const liveDays = 12;

/** All of them, but for what takes long. */
const played = faultTable.filter(({ isLong }) => !isLong || process.env.LOOKOUT_CHAOS === "all");

describe("faults on the embedded cloud", function () {
    this.timeout(600_000);
    let world: ChaosWorld;
    const lines: string[] = [];

    before(async () => {
        world = await openChaosWorld({ liveDays });
        await world.play(1);
        await world.check();
    });
    after(async () => {
        await world.close();
        process.stdout.write(`\n${["      fault │ ticks │ told", ...lines].join("\n")}\n\n`);
    });

    afterEach(async function () {
        world.stack.cloud.faults.clear();
        world.unstruck();
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
        it(`leave every row there once, the watermark right and the operators told once: ${name}`, async () => {
            await strike(world);
            if (mend !== undefined) {
                await world.play(ticks - 1);
                await mend(world);
                await world.play(1);
            } else await world.play(ticks);
            const heard = world.heard();
            lines.push(`      ${name} │ ${ticks} │ ${heard.join("; ") || "–"}`);
            await world.check();
            assert.equal(heard.length, told.length, heard.join("; "));
            told.forEach((pattern, i) => assert.match(heard[i]!, pattern));
            // What did not strike has not been tested.
            assert.equal(world.unstruck(), 0, "the fault has struck");
            world.stack.cloud.faults.clear();
        });
});
