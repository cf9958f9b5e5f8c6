import { chmod, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { Command, InvalidArgumentError } from "commander";
import { openProgress, type Progress } from "../../local/demo/progress";
import { median } from "../service/median";
import { type Database, type OpenDatabase, tenthWindow, wholeWindow } from "./database";
import { databases } from "./databases";
import { type Extracted, type ExtractorFunction, openExtractorFunction } from "./extraction";

/*
 * How fast rows get from a database into the object store: `npm run --silent bench:extract -- [--json] [--quick] [--rows N] [--runs N]
 * [--only postgres]`. The extractor function as it is deployed, in a process of its own, against what the database's own client takes to
 * write the same query into a file, turn by turn in the same run. Figures go to standard output, progress to standard error.
 */

interface Options {
    readonly json?: true;
    readonly quick?: true;
    readonly rows: number;
    readonly runs: number;
    readonly only: readonly Database[];
}

/** What was found of one database; `skipped` says why nothing was. */
type Figures = { readonly database: string } & (Measured | { readonly skipped: string });

interface Measured {
    readonly rows: number;
    readonly megabytes: number;
    readonly seconds: number;
    /** Of all processors, for the extracting process. */
    readonly processorSeconds: number;
    readonly rowsPerSecond: number;
    /** What it is compared with, and its seconds. */
    readonly baseline: string;
    readonly baselineSeconds: number;
    /** The extraction's speed as a part of the baseline's. */
    readonly ratio: number;
    /** Most memory of the extracting process, for all rows and for a tenth of them. */
    readonly peakMegabytes: number;
    readonly peakMegabytesOfTenth: number;
    /** The extraction of a tenth of the rows, which is little more than the cold start. */
    readonly secondsOfTenth: number;
}

/** The goals that the figures are read against. */
const leastRatio = 0.7;
const mostMegabytes = 200;

async function main(): Promise<void> {
    const { json, quick, only, ...options } = readOptions();
    const { rows, runs } = quick === true ? { rows: 200_000, runs: 1 } : options;
    const progress = await openProgress({ stream: process.stderr, now: () => performance.now() });
    const figures: Figures[] = [];
    for (const database of only) {
        const missing = database.findMissing();
        const found =
            missing === undefined
                ? { database: database.name, ...(await measure(database, rows, runs, progress)) }
                : { database: database.name, skipped: missing };
        figures.push(found);
        if (json !== true) process.stdout.write(reportOf(found));
    }
    if (json === true) process.stdout.write(`${JSON.stringify(figures, null, 4)}\n`);
}

async function measure(database: Database, rows: number, runs: number, progress: Progress): Promise<Measured> {
    const folder = await mkdtemp(path.join(tmpdir(), "lookout-extract-"));
    // Database servers run by root work as other users, who have to get at their own folders.
    await chmod(folder, 0o755);
    const home = path.join(folder, "database");
    await mkdir(home);
    let opened: OpenDatabase | undefined;
    let extractor: ExtractorFunction | undefined;
    try {
        const stage = `Loading ${rows.toLocaleString("en")} rows into ${database.name}`;
        const ready = (opened = await progress.stage(stage, () => database.open(home, rows)));
        const called = (extractor = await openExtractorFunction(folder, ready));
        const tenth = await progress.stage("Extracting a tenth", () => called.extract(tenthWindow));
        return figuresOf(database, rows, tenth, await takeTurns({ ready, called, folder, rows, runs, progress }));
    } finally {
        await extractor?.close();
        await opened?.close();
        await rm(folder, { recursive: true, force: true });
    }
}

interface Turns {
    readonly ready: OpenDatabase;
    readonly called: ExtractorFunction;
    readonly folder: string;
    readonly rows: number;
    readonly runs: number;
    readonly progress: Progress;
}

interface Turn {
    readonly baselineSeconds: number;
    readonly extracted: Extracted;
}

/** The two one after the other, several times: what else the machine does then weighs on both. */
async function takeTurns({ ready, called, folder, rows, runs, progress }: Turns): Promise<Turn[]> {
    const file = path.join(folder, "baseline.csv");
    const turns: Turn[] = [];
    for (let run = 1; run <= runs; run += 1) {
        const baselineSeconds = await progress.stage(`Turn ${run} of ${runs}: its own client`, async () => {
            const began = performance.now();
            await ready.exportTo(file, wholeWindow);
            return (performance.now() - began) / 1000;
        });
        if ((await stat(file)).size === 0) throw new Error("the database's own client wrote nothing");
        await rm(file);
        const extracted = await progress.stage(`Turn ${run} of ${runs}: the extractor`, () =>
            called.extract(wholeWindow),
        );
        if (extracted.rows !== rows) throw new Error(`${extracted.rows} rows were extracted, and there are ${rows}`);
        turns.push({ baselineSeconds, extracted });
    }
    return turns;
}

function figuresOf({ baseline }: Database, rows: number, tenth: Extracted, turns: readonly Turn[]): Measured {
    const seconds = median(turns.map(({ extracted }) => extracted.seconds));
    const baselineSeconds = median(turns.map((turn) => turn.baselineSeconds));
    return {
        rows,
        megabytes: rounded(turns[0]?.extracted.megabytes ?? 0),
        seconds: rounded(seconds),
        processorSeconds: rounded(median(turns.map(({ extracted }) => extracted.processorSeconds))),
        rowsPerSecond: Math.round(rows / seconds),
        baseline,
        baselineSeconds: rounded(baselineSeconds),
        ratio: rounded(median(turns.map((turn) => turn.baselineSeconds / turn.extracted.seconds))),
        peakMegabytes: Math.round(Math.max(...turns.map(({ extracted }) => extracted.peakMegabytes))),
        peakMegabytesOfTenth: Math.round(tenth.peakMegabytes),
        secondsOfTenth: rounded(tenth.seconds),
    };
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

function reportOf(figures: Figures): string {
    if ("skipped" in figures) return `${figures.database}: skipped: ${figures.skipped}\n\n`;
    const { rows, megabytes, seconds, rowsPerSecond, baselineSeconds, ratio } = figures;
    return [
        `${figures.database}: ${rows.toLocaleString("en")} rows of the sample's query, ${megabytes} MB of CSV`,
        `  extractor function   ${seconds} s, ${rowsPerSecond.toLocaleString("en")} rows/s, cold start and upload included (a tenth of the rows: ${figures.secondsOfTenth} s)`,
        `  processor            ${figures.processorSeconds} s of the function's process`,
        `  its own client       ${baselineSeconds} s: ${figures.baseline}`,
        `  ratio                ${ratio} of its speed (at least ${leastRatio}, goal 0.9)`,
        `  most memory          ${figures.peakMegabytes} MB, ${figures.peakMegabytesOfTenth} MB for a tenth of the rows (below ${mostMegabytes} MB)`,
        "",
        "",
    ].join("\n");
}

function readOptions(): Options {
    const known = databases.map(({ name }) => name).join(", ");
    const whole = (text: string): number => {
        if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("expected a whole number from 1.");
        return Number(text);
    };
    const named = (text: string): readonly Database[] =>
        text.split(",").map((name) => {
            const found = databases.find((one) => one.name === name);
            if (found === undefined) throw new InvalidArgumentError(`there is no "${name}"; there are ${known}.`);
            return found;
        });
    return new Command("bench:extract")
        .description("Measures extraction: from a database into the object store, beside the database's own client.")
        .option("--json", "print one JSON array instead of the table")
        .option("--quick", "200,000 rows and one turn, for a look in passing")
        .option("--rows <n>", "rows of the window", whole, 5_000_000)
        .option("--runs <n>", "turns, of which the median counts", whole, 3)
        .option("--only <names>", `some of ${known}`, named, databases)
        .parse()
        .opts<Options>();
}

void main();
