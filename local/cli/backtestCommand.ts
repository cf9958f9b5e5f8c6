import { writeFile } from "node:fs/promises";
import path from "node:path";
import colors from "picocolors";
import { anomaliesOf } from "../backtest/anomalies";
import { runBacktest, type Backtest } from "../backtest/backtest";
import { parseDimensions, parseMeasures } from "../backtest/columns";
import { foundGroups } from "../backtest/found";
import { parseInterval } from "../backtest/interval";
import { renderBacktest } from "../backtest/report";
import { writeScores } from "../backtest/scores";
import type { Wanted } from "../backtest/settings";
import { openProgress } from "../demo/progress";
import { counted, groupTable } from "../demo/table";
import { UsageError } from "../serve/options";
import { openFile } from "./openFile";
import { filterWarnings } from "./warnings";

/** Options of `lookout backtest`, as the command line gives them. */
export interface BacktestFlags {
    readonly timestamp?: string;
    readonly timestampFormat?: string;
    readonly dimensions?: string;
    readonly measures?: string;
    readonly interval?: string;
    readonly timeZone: string;
    readonly learn?: number;
    readonly threshold: number;
    readonly json?: boolean;
    readonly scores?: string;
    /** False for `--no-report`. */
    readonly report?: string | false;
    readonly open?: boolean;
}

/** Rows of the table; the report has more. */
const mostRows = 40;
const defaultReport = "backtest-report.html";

/** Finds anomalies in files and prints them; resolves to the exit code. */
export async function run(flags: BacktestFlags, operands: readonly string[]): Promise<number> {
    filterWarnings(process);
    const now = (): number => performance.now();
    const notes: string[] = [];
    const backtest = await runBacktest({
        operands,
        wanted: parseWanted(flags),
        ...(flags.learn === undefined ? {} : { learn: flags.learn }),
        progress: await openProgress({ stream: process.stderr, now }),
        note: (text) => void notes.push(text),
        now,
    });
    for (const note of notes) process.stderr.write(`note: ${note}\n`);
    if (flags.scores !== undefined) await writing("--scores", flags.scores, () => writeScores(flags.scores!, backtest));
    const report = await writeReport(flags, backtest);
    if (flags.json === true) process.stdout.write(`${JSON.stringify(anomaliesOf(backtest), undefined, 2)}\n`);
    else process.stdout.write(`${summary(backtest, flags, report)}\n`);
    if (flags.open === true && report !== undefined && !(await openFile(path.resolve(report), process.platform)))
        process.stderr.write(
            `lookout backtest: there is no program to open the report with; open ${report} in a browser\n`,
        );
    return 0;
}

function parseWanted(flags: BacktestFlags): Wanted {
    const { timestamp, timestampFormat, dimensions, measures, interval, timeZone } = flags;
    return {
        ...(timestamp === undefined ? {} : { timestamp }),
        ...(timestampFormat === undefined ? {} : { timestampFormat }),
        ...(dimensions === undefined ? {} : { dimensions: parseDimensions(dimensions) }),
        ...(measures === undefined ? {} : { measures: parseMeasures(measures) }),
        ...(interval === undefined ? {} : { intervalSeconds: parseInterval(interval) }),
        timeZone,
    };
}

/** Writes the report where one is wanted: always, but with `--json`, where it has to be asked for. */
async function writeReport(flags: BacktestFlags, backtest: Backtest): Promise<string | undefined> {
    const isAsked = typeof flags.report === "string" || flags.open === true;
    if (flags.report === false || (flags.json === true && !isAsked)) return undefined;
    const file = typeof flags.report === "string" ? flags.report : defaultReport;
    const groups = foundGroups(backtest, flags.threshold);
    const page = await renderBacktest(backtest, groups, flags.threshold);
    await writing("--report", file, () => writeFile(file, page));
    return file;
}

async function writing(flag: string, file: string, work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
        throw new UsageError(`${flag} ${file} cannot be written: ${(error as Error).message}`, { cause: error });
    });
}

function summary(backtest: Backtest, { threshold, scores }: BacktestFlags, report: string | undefined): string {
    const groups = foundGroups(backtest, threshold);
    const worst = new Set([...groups].sort((a, b) => b.severity - a.severity).slice(0, mostRows));
    const { history, played } = backtest;
    const below = played.groups.length - groups.length;
    const line = (name: string, text: string): string => `${name.padEnd(11)}${text}`;
    const scored = (history.intervals - played.scoredFrom).toLocaleString("en-US");
    return [
        ...(groups.length === 0
            ? []
            : [
                  groupTable(
                      groups.filter((group) => worst.has(group)),
                      colors,
                  ),
                  "",
              ]),
        line(
            "Found",
            `${counted(groups.length, "anomaly group")} of severity ${threshold} or more in ${scored} intervals` +
                (groups.length > mostRows ? `; the ${mostRows} most severe are shown` : "") +
                (below === 0 ? "" : `; ${below} below it (--threshold)`),
        ),
        ...(report === undefined ? [] : [line("Report", report)]),
        ...(scores === undefined ? [] : [line("Scores", scores)]),
    ].join("\n");
}
