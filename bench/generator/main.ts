import { parseArgs } from "node:util";
import { generateSets } from "./generate";
import { writeSet } from "./folder";

/** npm run bench:generate -- --seed N --out DIR: writes the sets of a seed, each a folder that the event scorer reads. */
async function main(): Promise<void> {
    const { values } = parseArgs({ options: { seed: { type: "string" }, out: { type: "string" } } });
    const seed = Number(values.seed);
    if (!Number.isInteger(seed) || values.out === undefined)
        throw new Error("usage: npm run bench:generate -- --seed N --out DIR (N is a whole number)");
    for (const set of generateSets(seed)) {
        await writeSet(values.out, set);
        const { combinations, measures, intervals, events } = set;
        const scored = events.filter(({ isScored }) => isScored).length;
        console.log(
            `${set.name}: ${combinations.length * measures.length} series, ${intervals} intervals, ${scored} events`,
        );
    }
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
