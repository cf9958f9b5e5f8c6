import type { Progress } from "../demo/progress";
import { UsageError } from "../serve/options";
import { aggregate, type History } from "./aggregate";
import { openFileDatabase } from "./database";
import { decide, flagsOf } from "./decide";
import { findFiles } from "./files";
import { clockOf, durationOf, timelineOf } from "./interval";
import { play, type Played } from "./play";
import type { Settings, Wanted } from "./settings";

export interface BacktestOptions {
    /** Files, folders and globs. */
    readonly operands: readonly string[];
    readonly wanted: Wanted;
    /** Intervals to learn from. @default 70 % of them */
    readonly learn?: number;
    readonly progress: Progress;
    /** Gets what was decided, as flags, and what was left out. */
    readonly note: (text: string) => void;
    /** Milliseconds, from any origin. */
    readonly now: () => number;
}

/** A back-test that has been played. */
export interface Backtest {
    readonly settings: Settings;
    readonly history: History;
    readonly played: Played;
}

/** Part of the intervals that is learned from; the newer rest is scored. */
const learnedShare = 0.7;
/** A series is judged from its fortieth point on. */
const fewestIntervals = Math.ceil(40 / learnedShare);

/**
 * Finds anomalies in files, by the detector that production runs: learns from the older part of the intervals and scores the newer one by
 * one. Throws UsageError for files or options that cannot be used.
 */
export async function runBacktest({
    operands,
    wanted,
    learn,
    progress,
    note,
    now,
}: BacktestOptions): Promise<Backtest> {
    const database = await openFileDatabase(wanted.timeZone);
    try {
        const files = await findFiles(operands, database);
        const settings = await progress.stage("Look at the files", () => decide(wanted, files, database, note));
        const open = (["timestamp", "dimensions", "measures", "intervalSeconds"] as const).some(
            (key) => wanted[key] === undefined,
        );
        if (open) note(`took ${flagsOf(settings)}`);
        const history = await progress.stage("Read and sum up", async (tell) => {
            const read = await aggregate(settings, files, database, (share) => tell(`${Math.round(share * 100)} %`));
            const { rows, combinations, intervals } = read;
            tell(
                `${number(rows)} rows, ${number(combinations.length * settings.measures.length)} metrics over ${number(intervals)} intervals`,
            );
            return read;
        });
        history.warnings.forEach((warning) => note(warning));
        const learned = learnedIntervals(history, settings, learn);
        const played = await progress.stage("Learn and score", (tell) =>
            play(history, {
                intervalSeconds: settings.intervalSeconds,
                measures: settings.measures.length,
                clock: clockOf(history.first, timelineOf(settings.intervalSeconds, settings.timeZone)),
                learn: learned,
                tell: (scored) => tell(`${number(scored)} of ${number(history.intervals - learned)} intervals scored`),
                now,
            }),
        );
        return { settings, history, played };
    } finally {
        await database.close();
    }
}

function learnedIntervals({ intervals }: History, { intervalSeconds }: Settings, learn: number | undefined): number {
    if (learn !== undefined && learn >= intervals)
        throw new UsageError(`--learn ${learn} leaves nothing to score: the files span ${number(intervals)} intervals`);
    if (learn === undefined && intervals < fewestIntervals)
        throw new UsageError(
            `the files span ${number(intervals)} intervals of ${durationOf(intervalSeconds)}; ${fewestIntervals} are needed: ` +
                "give more files or a shorter --interval",
        );
    return learn ?? Math.floor(intervals * learnedShare);
}

const number = (value: number): string => value.toLocaleString("en-US");
