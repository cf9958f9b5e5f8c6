import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { shopSeries } from "./businessSeries";

const hour = 3_600_000;

/** Hourly views and revenue of some pairs, as files in the layout of the old samples: `backtest/` and `live/<yyyyMMdd>/<HHmm>/`. */
export interface ShopFolder {
    /** Start of the first live hour, milliseconds since 1970. */
    readonly live: number;
    /** Hours of the live stretch, from 0, at which every pair's views are a tenth of what they should be. */
    readonly outages: readonly number[];
}

/** Writes so many days of history and hours after them. */
export async function writeShopFolder(
    folder: string,
    options: { historyDays: number; liveHours: number; pairs?: number; outages?: readonly number[] },
): Promise<ShopFolder> {
    const { historyDays, liveHours, pairs = 6, outages = [] } = options;
    const live = Date.parse("2026-04-01T00:00:00Z");
    const past = historyDays * 24;
    const length = past + liveHours;
    const { values } = shopSeries({ seed: 3, series: pairs, length, shiftChance: 0 });
    const rows = (at: number): string[] =>
        Array.from({ length: pairs }, (_, pair) => {
            const usual = Math.round(values[pair * length + at]!);
            const views = outages.includes(at - past) ? Math.round(usual / 10) : usual;
            const time = new Date(live + (at - past) * hour).toISOString().slice(0, 19).replace("T", " ");
            return `${pair % 2 === 0 ? "pc_web" : "mobile_app"},m${Math.floor(pair / 2)},${time},${views},${(0.3 * views).toFixed(2)}`;
        });
    const header = "platform,marketplace,timestamp,views,revenue";
    const text = (lines: readonly string[]): string => `${[header, ...lines].join("\n")}\n`;
    await mkdir(path.join(folder, "backtest"), { recursive: true });
    const history = Array.from({ length: past }, (_, at) => rows(at)).flat();
    await writeFile(path.join(folder, "backtest", "input.csv"), text(history));
    for (let at = past; at < length; at++) {
        const stamp = new Date(live + (at - past) * hour).toISOString().replace(/\D/g, "");
        const interval = path.join(folder, "live", stamp.slice(0, 8), stamp.slice(8, 12));
        await mkdir(interval, { recursive: true });
        await writeFile(path.join(interval, `${stamp.slice(0, 12)}.csv`), text(rows(at)));
    }
    return { live, outages };
}
