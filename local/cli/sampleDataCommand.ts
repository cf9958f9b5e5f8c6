import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { warehouseOptions } from "../demo/sample";
import { writeSampleData } from "../sampleData/writeSampleData";
import { UsageError } from "../serve/options";

/** Options of `lookout sample-data`, as the command line gives them. */
export interface SampleDataFlags {
    readonly historyDays?: number;
    readonly liveDays?: number;
}

/** Writes the sample's files into a folder that holds none yet, and resolves to the exit code. */
export async function run(flags: SampleDataFlags, folder: string): Promise<number> {
    const target = path.join(folder, "ecommerce");
    if (existsSync(target) && readdirSync(target).length > 0)
        throw new UsageError(`${target} is not empty; name another folder, or delete it`);
    const { historyDays = warehouseOptions.historyDays, liveDays = warehouseOptions.liveDays } = flags;
    const { seed } = warehouseOptions;
    const liveStart = warehouseOptions.start + warehouseOptions.historyDays * 86_400_000;
    const start = liveStart - historyDays * 86_400_000;
    const { files, rows, end } = await writeSampleData(folder, { seed, start, historyDays, liveDays });
    const at = (instant: number): string => new Date(instant).toISOString().slice(0, 16);
    process.stdout.write(
        `Wrote ${rows.toLocaleString("en-US")} rows in ${files} files below ${target}:\n` +
            `  backtest/input.csv       history, ${at(start)}Z to ${at(liveStart)}Z\n` +
            `  live/yyyyMMdd/HHmm/      one file an hour, ${at(liveStart)}Z to ${at(end)}Z\n`,
    );
    return 0;
}
