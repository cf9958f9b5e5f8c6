import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { buildWarehouse, type SampleWarehouse, type WarehouseOptions } from "../demo/warehouse";

const HOUR_MS = 3_600_000;
const header = "platform,marketplace,timestamp,views,revenue";

/** What was written. */
export interface WrittenSample {
    readonly files: number;
    readonly rows: number;
    /** Where the live stretch begins and the data end. Milliseconds since 1970. */
    readonly liveStart: number;
    readonly end: number;
}

/**
 * Writes the sample shop's hourly views and revenue as CSV files in the layout of the old samples: all history in
 * `ecommerce/backtest/input.csv`, each live hour in `ecommerce/live/<yyyyMMdd>/<HHmm>/<yyyyMMdd>_<HHmm>.csv`.
 */
export async function writeSampleData(folder: string, options: WarehouseOptions): Promise<WrittenSample> {
    const sample = buildWarehouse(options);
    const byHour = joinedRows(sample);
    const history: string[] = [];
    let files = 1;
    for (const [hour, rows] of byHour) {
        if (hour < sample.liveStart) history.push(...rows);
        else {
            await write(path.join(folder, "ecommerce", "live", ...livePath(hour)), rows);
            files += 1;
        }
    }
    await write(path.join(folder, "ecommerce", "backtest", "input.csv"), history);
    return { files, rows: sample.rows, liveStart: sample.liveStart, end: sample.end };
}

/** Folders and name of an hour's file, by the start of the hour. */
function livePath(hour: number): string[] {
    const stamp = new Date(hour).toISOString().replace(/\D/g, "");
    const [day, time] = [stamp.slice(0, 8), stamp.slice(8, 12)];
    return [day, time, `${day}_${time}.csv`];
}

async function write(file: string, rows: readonly string[]): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `${[header, ...rows].join("\n")}\n`);
}

/** The three tables joined into the rows of the sample query, by the hour that they lie in, oldest first. */
function joinedRows({ tables }: SampleWarehouse): Map<number, string[]> {
    const linesOf = (name: string): string[][] => {
        const csv = tables.find((table) => table.name === name)!.csv;
        return csv
            .trimEnd()
            .split("\n")
            .slice(1)
            .map((line) => line.split(","));
    };
    const names = (table: string): Map<string, string> => new Map(linesOf(table).map(([id, name]) => [id!, name!]));
    const [platforms, marketplaces] = [names("platform"), names("marketplace")];
    const byHour = new Map<number, string[]>();
    for (const [, time = "", platform = "", marketplace = "", views, revenue] of linesOf("ecommerce")) {
        const instant = Date.parse(`${time.replace(" ", "T")}Z`);
        const hour = instant - (instant % HOUR_MS);
        const row = [platforms.get(platform), marketplaces.get(marketplace), time, views, revenue].join(",");
        const rows = byHour.get(hour);
        if (rows === undefined) byHour.set(hour, [row]);
        else rows.push(row);
    }
    return new Map([...byHour].sort(([one], [other]) => one - other));
}
