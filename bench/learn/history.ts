import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { finished } from "node:stream/promises";
import { openRandom, type Random } from "../../local/demo/random";

const hour = 3_600_000;

/** A history of hourly rows, one for each combination: a daily wave, a week's end that is lower, noise. */
export interface HistorySize {
    readonly combinations: number;
    readonly measures: number;
    readonly hours: number;
    /** First hour, milliseconds since 1970. */
    readonly from: number;
}

/** Names of a combination's dimension values. */
const valuesOf = (combination: number): string => `platform-${combination % 5},market-${Math.floor(combination / 5)}`;

/** Writes the history as CSV files of thirty days each; gives the bytes written. `watch` hears of each file. */
export async function writeHistory(folder: string, size: HistorySize, watch: (files: number) => void): Promise<number> {
    await mkdir(folder, { recursive: true });
    const random = openRandom(1);
    const heights = Array.from({ length: size.combinations }, () => random.uniform(100, 400));
    const header = ["timestamp", "platform", "market", ...measureNames(size.measures)].join(",");
    let bytes = 0;
    const perFile = 30 * 24;
    for (let h = 0; h < size.hours; h += perFile) {
        const stream = createWriteStream(path.join(folder, `${String(h).padStart(6, "0")}.csv`));
        stream.write(`${header}\n`);
        for (let at = h; at < Math.min(h + perFile, size.hours); at++) stream.write(rowsOf(size, heights, at, random));
        stream.end();
        await finished(stream);
        bytes += stream.bytesWritten;
        watch(h / perFile + 1);
    }
    return bytes;
}

export const measureNames = (count: number): string[] => Array.from({ length: count }, (_, m) => `measure${m}`);

function rowsOf(size: HistorySize, heights: readonly number[], at: number, random: Random): string {
    const time = new Date(size.from + at * hour).toISOString().slice(0, 19).replace("T", " ");
    const wave = 1 + 0.6 * Math.cos((at / 24) * 2 * Math.PI) - (Math.floor(at / 24) % 7 > 4 ? 0.3 : 0);
    let text = "";
    for (let c = 0; c < size.combinations; c++) {
        const value = heights[c]! * wave + random.uniform(0, 10);
        text += `${time},${valuesOf(c)}`;
        for (let m = 0; m < size.measures; m++)
            text += m % 2 === 0 ? `,${Math.round(value)}` : `,${(0.3 * value).toFixed(2)}`;
        text += "\n";
    }
    return text;
}
