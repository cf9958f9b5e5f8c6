import { cpus } from "node:os";
import { performance } from "node:perf_hooks";
import { Command, InvalidArgumentError } from "commander";
import { learnHistory } from "../../detection/engine/detector";
import { openProgress, type Progress } from "../../local/demo/progress";
import {
    timeJudging,
    timeLearning,
    timeReference,
    timeSnapshot,
    type Learning,
    type Snapshot,
    type Speed,
} from "./measure";
import { goalsOf, reportOf, type Figures } from "./report";
import { detectorOf, emptyState, firstPosition, historyOf, repeated } from "./workload";

/*
 * What the engine costs: `npm run --silent bench:engine -- [--json] [--quick]`. Judges through `judge` and learns through `learnHistory`, the
 * same calls as the service, with incidents, scopes and options on, on one core, in processor time. Figures go to standard output, progress to
 * standard error.
 */

/** The sizes over which growth is shown; the headline is the third. */
const sizes = [1_000, 10_000, 50_000, 200_000] as const;
const headline = 50_000;
/** Twelve weeks, as much as the state's seasons need to be settled. */
const learnedPoints = 2_016;
/** Points of each series in the growth of learning, three weeks: 200,000 series of twelve weeks would take minutes and say the same. */
const growthPoints = 504;

interface Options {
    readonly json?: true;
    readonly quick?: true;
    readonly intervals: number;
}

async function main(): Promise<void> {
    const { json, quick, intervals } = readOptions();
    const progress = await openProgress({ stream: process.stderr, now: () => performance.now() });
    const scale = quick === true ? 10 : 1;
    const figures = await measure(
        progress,
        sizes.map((size) => size / scale),
        headline / scale,
        intervals,
    );
    process.stdout.write(json === true ? `${JSON.stringify(figures, null, 4)}\n` : reportOf(figures));
}

function readOptions(): Options {
    const whole = (text: string): number => {
        if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError("expected a whole number from 1 to 99999.");
        return Number(text);
    };
    return new Command("bench:engine")
        .description("Measures the detection engine: points per second, milliseconds per interval, bytes per series.")
        .option("--json", "print one JSON object instead of the table")
        .option("--quick", "a tenth of the series, for a look in passing")
        .option("--intervals <n>", "intervals to time at each size", whole, 48)
        .parse()
        .opts<Options>();
}

async function measure(
    progress: Progress,
    growth: readonly number[],
    series: number,
    intervals: number,
): Promise<Figures> {
    const profiles = Math.min(1000, growth[0]!);
    const base = emptyState(profiles);
    await progress.stage("Learning what is repeated", async () =>
        learnHistory(detectorOf(base), {
            first: firstPosition,
            length: learnedPoints,
            values: historyOf(0, profiles, learnedPoints),
        }),
    );
    const scoring: Speed[] = [];
    const reference: Speed[] = [];
    const snapshots: Snapshot[] = [];
    for (const size of growth)
        await progress.stage(`Judging ${size.toLocaleString("en")} series`, async () => {
            const run = { learned: learnedPoints, profiles, intervals };
            const state = repeated(base, size);
            snapshots.push(timeSnapshot(state, size));
            scoring.push(timeJudging(detectorOf(state), run));
            reference.push(timeReference(size, run));
        });
    const learning: Learning[] = [];
    for (const size of growth)
        await progress.stage(`Learning ${size.toLocaleString("en")} series`, async (tell) => {
            learning.push(timeLearning(size, growthPoints, tell));
        });
    const full = await progress.stage(
        `Learning ${series.toLocaleString("en")} series of ${learnedPoints.toLocaleString("en")} points`,
        async (tell) => timeLearning(series, learnedPoints, tell),
    );
    const figures = { scoring, reference, snapshots, learning, full };
    const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.version };
    return { machine, series, ...figures, goals: goalsOf(series, figures) };
}

void main();
