import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { benches, findMissing, type Bench } from "./benches";

/*
 * Every benchmark after another: `npm run --silent bench -- [--json] [--quick] [--only engine,service] [--data DIR]`. One whose data are
 * absent says where to get them. Figures go to standard output, progress to standard error.
 */

const project = path.join(__dirname, "..");

interface Options {
    readonly json?: true;
    readonly quick?: true;
    readonly only: readonly Bench[];
    readonly data: string;
}

/** What came of one benchmark. */
interface Outcome {
    readonly name: string;
    /** Its figures: text, or with `--json` what it printed as JSON, where it did. */
    readonly figures?: unknown;
    /** Why there are none. */
    readonly skipped?: string;
    readonly failed?: string;
}

async function main(): Promise<void> {
    const options = readOptions();
    const outcomes: Outcome[] = [];
    for (const bench of options.only) {
        const outcome = await run(bench, options);
        outcomes.push(outcome);
        if (options.json !== true) process.stdout.write(textOf(outcome));
    }
    if (options.json === true) process.stdout.write(`${JSON.stringify(outcomes, null, 4)}\n`);
    if (outcomes.some(({ failed }) => failed !== undefined)) process.exitCode = 1;
}

function readOptions(): Options {
    const known = benches.map(({ name }) => name).join(", ");
    const named = (text: string): readonly Bench[] =>
        text.split(",").map((name) => {
            const bench = benches.find((one) => one.name === name);
            if (bench === undefined) throw new InvalidArgumentError(`there is no "${name}"; there are ${known}.`);
            return bench;
        });
    return new Command("bench")
        .description("Runs the benchmarks and prints their figures.")
        .option("--json", "print one JSON array instead of tables")
        .option("--quick", "fewer measurements, for a look in passing")
        .option("--only <names>", `some of ${known}`, named, benches)
        .option("--data <dir>", "folder of the data sets", path.join(project, "../shared/bench"))
        .parse()
        .opts<Options>();
}

async function run(bench: Bench, { json, quick, data }: Options): Promise<Outcome> {
    const { name } = bench;
    const missing = findMissing(bench, data);
    if (missing !== undefined) return { name, skipped: missing };
    process.stderr.write(`== bench:${name}\n`);
    const out = await mkdtemp(path.join(tmpdir(), `lookout-${name}-`));
    try {
        const args = bench.args(path.join(data, bench.data?.folder ?? ""), out, json === true);
        const fewer = quick === true ? (bench.quick ?? []) : [];
        const printed = await textFrom("npm", ["run", "--silent", `bench:${name}`, "--", ...args, ...fewer]);
        const text = printed + (await scored(bench, data, out));
        return { name, figures: json === true ? parsed(text) : text };
    } catch (error) {
        return { name, failed: error instanceof Error ? error.message : String(error) };
    } finally {
        await rm(out, { recursive: true, force: true });
    }
}

/** What the scorer says of the results; nothing without one. */
async function scored({ score, data: needed }: Bench, data: string, out: string): Promise<string> {
    if (score === undefined) return "";
    const script = path.join(data, score.script);
    if (!existsSync(script)) return `(not scored: there is no ${script})\n`;
    return textFrom(process.execPath, [script, ...score.args(path.join(data, needed?.folder ?? ""), out)]);
}

/** A program's standard output; what it says on standard error goes on to ours. Rejects when it fails. */
function textFrom(program: string, args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, { cwd: project, stdio: ["ignore", "pipe", "inherit"] });
        const chunks: Buffer[] = [];
        child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
        child.once("error", reject);
        child.once("close", (code) => {
            if (code === 0) resolve(Buffer.concat(chunks).toString("utf8"));
            else reject(new Error(`${path.basename(program)} ${args.join(" ")} ended with code ${code}`));
        });
    });
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return text;
    }
}

function textOf({ name, figures, skipped, failed }: Outcome): string {
    const text =
        skipped === undefined
            ? failed === undefined
                ? String(figures)
                : `failed: ${failed}\n`
            : `skipped: ${skipped}\n`;
    return `\n== bench:${name}\n${text}`;
}

void main();
