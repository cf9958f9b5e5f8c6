import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { Command, InvalidArgumentError } from "commander";
import { openDetectorStore } from "../../detection/store/detectors";
import { createRunCache } from "../../detection/store/runs";
import type { WorkerServices, WorkStep } from "../../detection/worker/work";
import { runJob } from "../../detection/worker/worker";
import { openProgress } from "../../local/demo/progress";
import { openFolderObjectStore } from "../../objects/folderObjectStore";
import { openPlainFolder } from "../../objects/plainFolder";
import { activating } from "./detector";
import { writeHistory, type HistorySize } from "./history";

/*
 * How long an activation takes: `npm run --silent bench:learn -- [--json] [--metrics N] [--measures N] [--years N]`. Writes a history of
 * hourly rows as CSV files into a folder, then runs the worker's own job over it, as an activation does. Figures go to standard output,
 * progress to standard error.
 */

interface Options {
    readonly json?: true;
    readonly metrics: number;
    readonly measures: number;
    readonly years: number;
}

interface Figures {
    readonly metrics: number;
    readonly intervals: number;
    readonly rows: number;
    readonly megabytes: number;
    /** From the job's start until the detector is ACTIVE, on the clock and in processor time. */
    readonly seconds: number;
    readonly processorSeconds: number;
    readonly readSeconds: number;
    /** Most memory that the process had. */
    readonly peakMegabytes: number;
    readonly status: string;
}

const day = 86_400_000;
const live = Date.parse("2026-01-01T00:00:00Z");

async function main(): Promise<void> {
    const { json, metrics, measures, years } = readOptions();
    const hours = Math.round(years * 365) * 24;
    const combinations = Math.max(1, Math.round(metrics / measures));
    const size: HistorySize = { combinations, measures, hours, from: live - (hours / 24) * day };
    const folder = await mkdtemp(path.join(tmpdir(), "lookout-learn-"));
    try {
        const figures = await measure(folder, size);
        process.stdout.write(json === true ? `${JSON.stringify(figures, null, 4)}\n` : reportOf(figures));
        if (figures.status !== "ACTIVE") process.exitCode = 1;
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

async function measure(folder: string, size: HistorySize): Promise<Figures> {
    const progress = await openProgress({ stream: process.stderr, now: () => performance.now() });
    const files = Math.ceil(size.hours / 720);
    const data = path.join(folder, "data", "past");
    const bytes = await progress.stage("Writing the history", (tell) =>
        writeHistory(data, size, (count) => tell(`${count} of ${files} files`)),
    );
    const objects = openFolderObjectStore(path.join(folder, "store"));
    const detectors = openDetectorStore(objects);
    await detectors.create(activating(size, live));
    const began = { wall: performance.now(), cpu: process.cpuUsage() };
    let read = 0;
    const watch = ({ stage, done }: WorkStep, tell: (detail: string) => void): void => {
        if (stage === "read") tell(`${done} of ${files} files read`);
        else if (done === 0) read = performance.now() - began.wall;
    };
    await progress.stage("Activating the detector", (tell) => {
        const services: WorkerServices = {
            detectors,
            buckets: {
                own: "own",
                store: objects,
                open: () => openPlainFolder(path.join(folder, "data")),
            },
            cache: createRunCache(),
            watch: (step) => watch(step, tell),
        };
        return runJob(services, { job: "learn", detector: "bench" }, live);
    });
    const { user, system } = process.cpuUsage(began.cpu);
    const round = (value: number): number => Math.round(value * 10) / 10;
    return {
        metrics: size.combinations * size.measures,
        intervals: size.hours,
        rows: size.combinations * size.hours,
        megabytes: round(bytes / 1e6),
        seconds: round((performance.now() - began.wall) / 1000),
        processorSeconds: round((user + system) / 1e6),
        readSeconds: round(read / 1000),
        peakMegabytes: round(process.resourceUsage().maxRSS / 1024),
        status: (await detectors.read("bench"))?.status ?? "gone",
    };
}

function readOptions(): Options {
    const whole = (text: string): number => {
        if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("expected a whole number from 1 to 999999.");
        return Number(text);
    };
    return new Command("bench:learn")
        .description("Measures an activation: seconds from the job's start until the detector is ACTIVE.")
        .option("--json", "print one JSON object instead of the table")
        .option("--metrics <n>", "metrics, that is series", whole, 500)
        .option("--measures <n>", "measures; metrics divided by them is the number of rows an interval", whole, 2)
        .option("--years <n>", "years of hourly history", whole, 2)
        .parse()
        .opts<Options>();
}

function reportOf(figures: Figures): string {
    return [
        `metrics              ${figures.metrics}`,
        `intervals            ${figures.intervals}`,
        `rows                 ${figures.rows} (${figures.megabytes} MB of CSV)`,
        `until ${figures.status.padEnd(15)}${figures.seconds} s (goal: below 60 s on two cores)`,
        `  of which reading   ${figures.readSeconds} s`,
        `processor time       ${figures.processorSeconds} s`,
        `most memory          ${figures.peakMegabytes} MB`,
        "",
    ].join("\n");
}

void main();
