import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { timestampOf } from "./anomalies";
import type { Backtest } from "./backtest";
import { spreadsheetCell } from "../spreadsheet";
import { startOf, timelineOf } from "./interval";

/**
 * Writes one row for each value that was scored, and for each that was expected and missing: timestamp (UTC), dimensions, measure, severity
 * (0 to 100), value, expected, lower, upper; what is not known is empty.
 */
export async function writeScores(file: string, backtest: Backtest): Promise<void> {
    await pipeline(Readable.from(blocksOf(backtest)), createWriteStream(file));
}

function* blocksOf({ settings, history, played }: Backtest): Generator<string> {
    const { dimensions, measures, intervalSeconds, timeZone } = settings;
    const timeline = timelineOf(intervalSeconds, timeZone);
    const { expected, lower, upper, severity } = played.judged;
    const scored = history.intervals - played.scoredFrom;
    const header = ["timestamp", ...dimensions, "measure", "severity", "value", "expected", "lower", "upper"];
    yield `${header.map(spreadsheetCell).join(",")}\n`;
    const heads = history.combinations.map((values) => values.map(spreadsheetCell).join(","));
    const names = measures.map(({ name }) => spreadsheetCell(name));
    for (let i = 0; i < scored; i++) {
        const time = timestampOf(startOf(history.first + played.scoredFrom + i, timeline));
        const lines: string[] = [];
        for (let series = 0; series < heads.length * names.length; series++) {
            const at = series * scored + i;
            const value = history.values[series * history.intervals + played.scoredFrom + i]!;
            if (Number.isNaN(value) && Number.isNaN(expected[at]!)) continue;
            const head = heads[Math.floor(series / names.length)]!;
            const numbers = [value, expected[at]!, lower[at]!, upper[at]!].map(numberText).join(",");
            lines.push(
                `${time},${head === "" && dimensions.length === 0 ? "" : `${head},`}${names[series % names.length]},${severity[at]!.toFixed(4)},${numbers}\n`,
            );
        }
        yield lines.join("");
    }
}

const numberText = (value: number): string => (Number.isFinite(value) ? String(value) : "");
