import { openRandom } from "../../local/demo/random";
import { faultTable, type FaultCase } from "./faultTable";
import { openChaosWorld } from "./world";

/** Hours in which what a fault left must have healed. */
const healing = 3;

/** What a random run came to. */
export interface RandomRun {
    readonly hours: number;
    readonly faults: number;
    /** Messages to the operators. */
    readonly told: number;
}

/**
 * Plays hours with faults drawn from a seed, several at once now and then, and checks after each batch that every row is there once, the
 * watermark is right, and every incident that was told of was told to be over. Throws AssertionError naming seed, hour and faults.
 */
export async function playRandomly(seed: number, hours: number): Promise<RandomRun> {
    const random = openRandom(seed);
    const world = await openChaosWorld({ liveDays: Math.ceil(hours / 24) + 4 });
    const drawn = faultTable.filter(({ ticks = 1, mend }) => ticks <= 2 && mend === undefined);
    let faults = 0;
    let told = 0;
    try {
        await world.play(1);
        while (world.hours() < hours) {
            const batch: FaultCase[] = Array.from({ length: random.integer(1, 3) }, () => random.pick(drawn));
            const names = batch.map(({ name }) => name).join(" + ");
            try {
                for (const { strike } of batch) await strike(world);
                await world.play(random.integer(1, 4));
                world.stack.cloud.faults.clear();
                world.unstruck();
                await world.play(healing);
                await world.check();
                const heard = world.heard();
                requireClosed(heard);
                told += heard.length;
            } catch (error) {
                const text = error instanceof Error ? error.message : String(error);
                throw new Error(`seed ${seed}, hour ${world.hours()}, after ${names}: ${text}`, { cause: error });
            }
            faults += batch.length;
        }
        return { hours: world.hours(), faults, told };
    } finally {
        await world.close();
    }
}

/** Of each thing that failed, as many messages say so as say that it works again, by turns. */
function requireClosed(subjects: readonly string[]): void {
    const open = new Set<string>();
    for (const subject of subjects) {
        const [, what = subject, news] = /^(.*) (failed|works again)$/.exec(subject) ?? [];
        if (news === undefined) continue;
        if (open.has(what) === (news === "failed")) throw new Error(`told out of turn: ${subjects.join("; ")}`);
        if (news === "failed") open.add(what);
        else open.delete(what);
    }
    if (open.size > 0) throw new Error(`never told to work again: ${[...open].join(", ")}`);
}
