import { liveDaysFor, playRandomly, type RandomRun } from "./randomRun";
import type { SeedMessage } from "./seeds";
import { type ChaosWorld, openChaosWorld, warehouseRows } from "./world";

/* Plays one seed, `SEED HOURS`, and sends how far it is to the process that forked it. */

const [seed = 1, hours = 1000] = process.argv.slice(2).map(Number);

async function main(): Promise<void> {
    let last: RandomRun = { seed, hours: 0, faults: 0, told: 0 };
    const send = (run: RandomRun, error?: string): void => {
        last = run;
        const { user, system } = process.cpuUsage();
        const message: SeedMessage = { run, processorSeconds: Math.round((user + system) / 1e5) / 10 };
        process.send?.({ ...message, ...(error !== undefined && { error }) });
    };
    let world: ChaosWorld | undefined;
    try {
        world = await openChaosWorld(warehouseRows(liveDaysFor(hours)));
        await world.play(1);
        await playRandomly(world, { seed, hours, report: send });
    } catch (error) {
        send(last, error instanceof Error ? error.message : String(error));
    } finally {
        await world?.close();
    }
    process.disconnect?.();
}

void main();
