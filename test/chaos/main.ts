import { spawnSync } from "node:child_process";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { playSeeds, type SeedOutcome } from "./seeds";

/*
 * `npm run test:chaos -- [--random] [--seeds 1-10] [--hours 1000] [--processes 2] [--json]`: every fault of the tables, those that take long
 * among them, then simulated hours with faults that a seed draws, a process for each seed. Results go to standard output, progress to
 * standard error. Stopped by Ctrl-C, it says how far it has come.
 */

const project = path.join(__dirname, "../..");
/** Seconds between two lines of progress of a seed. */
const progressSeconds = 30;

interface Options {
    readonly random?: true;
    readonly seeds: readonly number[];
    readonly hours: number;
    readonly processes: number;
    readonly json?: true;
}

async function main(): Promise<void> {
    const { random, json, ...options } = readOptions();
    if (random !== true && !playTables()) process.exitCode = 1;
    const stopping = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());
    const began = performance.now();
    const outcomes = await playSeeds({ ...options, signal: stopping.signal, progress: openProgress(options.hours) });
    const seconds = Math.round((performance.now() - began) / 1000);
    const text = outcomes.map((one) => `${lineOf(one, options.hours)}\n`).join("");
    process.stdout.write(json === true ? `${JSON.stringify({ seconds, seeds: outcomes }, null, 4)}\n` : text);
    if (outcomes.length < options.seeds.length || outcomes.some(({ outcome }) => outcome !== "well"))
        process.exitCode = 1;
}

function readOptions(): Options {
    const whole = (text: string): number => {
        const value = Number(text);
        if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("expected a whole number from 1 on.");
        return value;
    };
    const seeds = (text: string): number[] =>
        text.split(",").flatMap((part) => {
            const [first = 0, last = first] = part.split("-").map(whole);
            if (last < first || last - first >= 1000)
                throw new InvalidArgumentError("expected seeds such as 1-10 or 3,7.");
            return Array.from({ length: last - first + 1 }, (_, index) => first + index);
        });
    return new Command("test:chaos")
        .description("Plays every fault on the embedded cloud, then simulated hours with random ones.")
        .option("--random", "leave the table of faults out")
        .option("--seeds <list>", "seeds to play, such as 1-10 or 3,7", seeds, seeds("1-10"))
        .option("--hours <n>", "simulated hours of each seed", whole, 1000)
        .option("--processes <n>", "seeds played at the same time", whole, 2)
        .option("--json", "print one JSON object instead of lines")
        .parse()
        .opts<Options>();
}

/** The tables of faults, played by mocha; its report is progress. */
function playTables(): boolean {
    const tables = ["faults.test.ts", "uploads.test.ts"].map((file) => path.join(__dirname, file));
    const arguments_ = ["--no-config", "--require", "tsx/cjs", ...tables];
    const { status } = spawnSync(process.execPath, [require.resolve("mocha/bin/mocha.js"), ...arguments_], {
        cwd: project,
        env: { ...process.env, LOOKOUT_CHAOS: "all" },
        stdio: ["ignore", 2, 2],
    });
    return status === 0;
}

/** Shows each seed now and then, and its end at once. */
function openProgress(hours: number): (outcome: SeedOutcome, isOver: boolean) => void {
    const shown = new Map<number, number>();
    return (outcome, isOver) => {
        const { seed, seconds } = outcome;
        if (!isOver && seconds - (shown.get(seed) ?? 0) < progressSeconds) return;
        shown.set(seed, seconds);
        process.stderr.write(`${isOver ? "" : "  … "}${lineOf(outcome, hours)}\n`);
    };
}

function lineOf(
    { seed, hours, faults, told, outcome, error, seconds, processorSeconds }: SeedOutcome,
    wanted: number,
): string {
    const played = `seed ${seed}: ${hours} of ${wanted} hours, ${faults} faults, ${told} messages`;
    const words = { well: "all well", stopped: "stopped, all well so far", failed: error ?? "failed" };
    return `${played}, ${words[outcome]} (${seconds} s, ${Math.round(processorSeconds)} s of processor time)`;
}

void main();
