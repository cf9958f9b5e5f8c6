import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Progress } from "../../local/demo/progress";
import { runBacktest, type Backtest, type BacktestOptions } from "../../local/backtest/backtest";
import { openRandom } from "../../local/demo/random";

const hourMs = 3_600_000;

/** A row of the sample: an hour, a shop and a channel, orders and latency. */
export interface SampleRow {
    readonly ts: string;
    readonly shop: string;
    readonly channel: string;
    readonly orders: number;
    readonly latency_ms: number;
}

/** The hours in which orders of the shop "rome" fall to a tenth. */
export const injected = { start: "2026-01-25 10:00:00", end: "2026-01-25 12:00:00", shop: "rome" };

/** Thirty days of hourly orders of three shops by two channels, with a daily course, noise from a seed, and the injected fall. */
export function sampleRows(days = 30): SampleRow[] {
    const random = openRandom(3);
    const start = Date.parse("2026-01-01T00:00:00Z");
    const shops = ["oslo, centre", "rome", "lyon"];
    return Array.from({ length: days * 24 }, (_, hour) => {
        const ts = new Date(start + hour * hourMs).toISOString().slice(0, 19).replace("T", " ");
        return shops.flatMap((shop) =>
            ["web", "app"].map((channel) => {
                const usual = 300 + 100 * Math.sin((hour / 12) * Math.PI) + random.uniform(-10, 10);
                const isFallen = shop === injected.shop && ts >= injected.start && ts <= injected.end;
                const orders = Math.max(0, Math.round(isFallen ? usual / 10 : usual));
                return { ts, shop, channel, orders, latency_ms: random.uniform(48, 52) };
            }),
        );
    }).flat();
}

const quoted = (text: string): string => (text.includes(",") ? `"${text}"` : text);

/** Rows as CSV; `time` writes a timestamp differently. */
export function csvOf(rows: readonly SampleRow[], time: (ts: string) => string = (ts) => ts): string {
    const lines = rows.map(
        ({ ts, shop, channel, orders, latency_ms }) =>
            `${time(ts)},${quoted(shop)},${channel},${orders},${latency_ms.toFixed(3)}`,
    );
    return `${["ts,shop,channel,orders,latency_ms", ...lines].join("\n")}\n`;
}

/** A folder for a test's files, and what takes it away. */
export async function openFolder(): Promise<{ readonly file: (name: string) => string; close(): Promise<void> }> {
    const folder = await mkdtemp(path.join(tmpdir(), "lookout-backtest-test-"));
    return { file: (name) => path.join(folder, name), close: () => rm(folder, { recursive: true, force: true }) };
}

const silent: Progress = { stages: [], stage: async (_name, work) => work(() => undefined) };

/** Plays a back-test of files; gives it and what it noted. */
export async function backtestOf(
    operands: readonly string[],
    wanted: Partial<BacktestOptions["wanted"]> = {},
    learn?: number,
): Promise<Backtest & { readonly notes: readonly string[] }> {
    const notes: string[] = [];
    const backtest = await runBacktest({
        operands,
        wanted: { timeZone: "UTC", ...wanted },
        ...(learn === undefined ? {} : { learn }),
        progress: silent,
        note: (text) => void notes.push(text),
        now: () => 0,
    });
    return { ...backtest, notes };
}
