import { fork } from "node:child_process";
import path from "node:path";
import type { RandomRun } from "./randomRun";

/** What became of one seed. */
export interface SeedOutcome extends RandomRun {
    /** `stopped` when somebody ended it before its last hour. */
    readonly outcome: "well" | "failed" | "stopped";
    /** Seconds on the clock, the deployment included. */
    readonly seconds: number;
    /** Processor time in seconds. */
    readonly processorSeconds: number;
    /** What did not hold, and how to play it again. */
    readonly error?: string;
}

/** What the process of a seed sends. */
export type SeedMessage = { readonly run: RandomRun; readonly processorSeconds: number; readonly error?: string };

export interface SeedOptions {
    readonly seeds: readonly number[];
    /** Simulated hours of each. */
    readonly hours: number;
    /** How many at the same time, each in a process of its own. */
    readonly processes: number;
    /** Ends those that are under way; none is begun any more. */
    readonly signal: AbortSignal;
    /** Hears how far a seed is, and what became of it. */
    readonly progress: (outcome: SeedOutcome, isOver: boolean) => void;
}

/** Plays the seeds in processes of their own; one that fails does not stop the others. In the order of the seeds. */
export async function playSeeds(options: SeedOptions): Promise<SeedOutcome[]> {
    const waiting = [...options.seeds];
    const outcomes: SeedOutcome[] = [];
    const work = async (): Promise<void> => {
        for (let seed = waiting.shift(); seed !== undefined && !options.signal.aborted; seed = waiting.shift())
            outcomes.push(await playSeed(seed, options));
    };
    await Promise.all(Array.from({ length: options.processes }, work));
    return outcomes.sort((one, other) => one.seed - other.seed);
}

async function playSeed(seed: number, { hours, signal, progress }: SeedOptions): Promise<SeedOutcome> {
    const began = performance.now();
    let last: SeedMessage = { run: { seed, hours: 0, faults: 0, told: 0 }, processorSeconds: 0 };
    const outcome = (state: SeedOutcome["outcome"]): SeedOutcome => {
        const { run, processorSeconds, error } = last;
        const seconds = Math.round((performance.now() - began) / 1000);
        return { ...run, outcome: state, seconds, processorSeconds, ...(error !== undefined && { error }) };
    };
    const child = fork(path.join(__dirname, "seedProcess.ts"), [String(seed), String(hours)], {
        execArgv: ["--import", "tsx"],
        // What the SDK says of Node's version is said once a process, and nothing else is said there.
        stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const stop = (): void => void child.kill();
    signal.addEventListener("abort", stop, { once: true });
    child.on("message", (message) => {
        last = message as SeedMessage;
        progress(outcome("well"), false);
    });
    await new Promise<void>((resolve) => child.once("close", () => resolve()));
    signal.removeEventListener("abort", stop);
    if (last.error === undefined && last.run.hours < hours && !signal.aborted)
        last = { ...last, error: `the process of seed ${seed} ended without a word` };
    const state = last.error !== undefined ? "failed" : last.run.hours < hours ? "stopped" : "well";
    const end = outcome(state);
    progress(end, true);
    return end;
}
