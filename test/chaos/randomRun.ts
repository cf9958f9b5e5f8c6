import { openRandom, type Random } from "../../local/demo/random";
import { requireTold } from "./incidents";
import { faultTable, type FaultCase } from "./faultTable";
import type { ChaosWorld } from "./world";

/** What a random run came to. */
export interface RandomRun {
    readonly seed: number;
    /** Simulated hours. */
    readonly hours: number;
    readonly faults: number;
    /** Messages to the operators. */
    readonly told: number;
}

/** Hours, at most, in which what faults left must have healed: a window that failed often is tried again once a day. */
const longestHealing = 26;
/** Hours that the last batch may go beyond the wanted end. */
const longestBatch = 110;

/** Days of rows that a world needs for so many hours. */
export const liveDaysFor = (hours: number): number => Math.ceil((hours + longestBatch) / 24);

/** One draw of so many may be a fault that lasts for days. */
const rarely = 100;

const brief = faultTable.filter(({ isLong }) => isLong !== true);
const long = faultTable.filter(({ isLong }) => isLong === true);

/** What to play. */
export interface RandomOptions {
    readonly seed: number;
    /** Simulated hours, at least. */
    readonly hours: number;
    /** Hears of every batch of faults. */
    readonly report?: (run: RandomRun) => void;
}

/**
 * Plays hours with faults drawn from a seed, several at once now and then, and checks after each batch that every row is there and scored
 * once, the watermark is right, and every incident was told of once and told to be over once. Throws an Error that names seed, hour, faults and
 * how to play it again.
 */
export async function playRandomly(
    world: ChaosWorld,
    { seed, hours, report = () => undefined }: RandomOptions,
): Promise<RandomRun> {
    const random = openRandom(seed);
    const began = world.hours();
    let run: RandomRun = { seed, hours: 0, faults: 0, told: 0 };
    while (run.hours < hours) {
        const batch = drawBatch(random);
        const told = await explained(world, { batch, run, began }, () => playBatch(world, batch, random.integer(1, 4)));
        run = { seed, hours: world.hours() - began, faults: run.faults + batch.length, told: run.told + told };
        report(run);
    }
    return run;
}

/** One fault, or up to three at once. */
function drawBatch(random: Random): readonly FaultCase[] {
    if (random.integer(1, rarely) === 1) return [random.pick(long)];
    return Array.from({ length: random.integer(1, 3) }, () => random.pick(brief));
}

/** Lets the faults strike for some hours, ends them, lets everything heal, and checks. Gives how many messages there were. */
async function playBatch(world: ChaosWorld, batch: readonly FaultCase[], hours: number): Promise<number> {
    for (const { strike } of batch) await strike(world);
    await world.play(batch.some(({ isLong }) => isLong) ? Math.max(...batch.map(({ ticks = 1 }) => ticks)) : hours);
    world.stack.cloud.faults.clear();
    world.unstruck();
    for (const { mend } of batch) await mend?.(world);
    await world.play(1);
    for (let healing = 1; healing < longestHealing && (await world.missing()) > 0; healing++) await world.play(1);
    await world.check();
    const heard = world.heard();
    requireTold({ heard, failedRuns: world.failedRuns(), failedWindows: world.failedBefore() });
    return heard.length;
}

/** Adds to a failure what it takes to play it again. */
async function explained<T>(
    world: ChaosWorld,
    { batch, run, began }: { readonly batch: readonly FaultCase[]; readonly run: RandomRun; readonly began: number },
    work: () => Promise<T>,
): Promise<T> {
    try {
        return await work();
    } catch (error) {
        const { seed, hours } = run;
        const through = world.hours() - began;
        const names = batch.map(({ name }) => name).join(" + ");
        const text = error instanceof Error ? error.message : String(error);
        const again = `npm run test:chaos -- --random --seeds ${seed} --hours ${through}`;
        throw new Error(
            `seed ${seed}, hours ${hours} to ${through}, after ${names}: ${text}\nTo play it again: ${again}`,
            {
                cause: error,
            },
        );
    }
}
