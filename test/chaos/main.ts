import { playRandomly } from "./randomRun";

/* `npm run test:chaos [-- HOURS SEEDS]`: simulated hours with random faults, a seed after the other. */

const [hours = 1000, seeds = 10] = process.argv.slice(2).map(Number);

async function main(): Promise<void> {
    for (let seed = 1; seed <= seeds; seed++) {
        const began = performance.now();
        const { faults, told, hours: played } = await playRandomly(seed, hours);
        const seconds = Math.round((performance.now() - began) / 1000);
        process.stdout.write(
            `seed ${seed}: ${played} hours, ${faults} faults, ${told} messages, all well (${seconds} s)\n`,
        );
    }
}

void main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
});
