import { z } from "zod";
import type { ObjectStore } from "../../objects/objectStore";
import { attemptPrefix, generationKey, manifestKey, parkedKey, windowPrefix } from "../../pipeline/objectLayout";
import { generationRecord, manifest, parkedWindow, type WindowKind } from "../../pipeline/records";
import { shopSeries, type Shift } from "./businessSeries";

const hour = 3_600_000;
const platforms = ["mobile_app", "mobile_web", "pc_web"];
const marketplaces = ["de", "es", "fr", "it", "jp", "uk", "us"];

/** A shop's metrics hour by hour, and a ledger that commits them window by window, as the pipeline would. */
export interface ShopLedger {
    readonly detector: string;
    readonly generation: string;
    /** Start of the history and of the first live window. */
    readonly from: number;
    readonly live: number;
    /** Injected shifts; `series` is the pair's index. */
    readonly shifts: readonly Shift[];
    /** Dimension values of a pair. */
    pair(index: number): { readonly platform: string; readonly marketplace: string };
    views(pair: number, hour: number): number;
    /** Writes the generation record and commits its history. */
    commitHistory(): Promise<void>;
    /** Commits the live window that lies so many hours after the history, anew if it is there; optionally other rows than the shop's. */
    commitHour(index: number, csv?: string): Promise<void>;
    parkHour(index: number, message: string): Promise<void>;
    /** Rows of a stretch as CSV, hours counted from the start of the history. */
    csv(fromHour: number, toHour: number): string;
}

export function shopLedger(
    objects: ObjectStore,
    options: { historyDays: number; liveHours: number; pairs?: number; seed?: number; shiftChance?: number },
): ShopLedger {
    const { historyDays, liveHours, pairs = 21, seed = 1, shiftChance } = options;
    const [detector, generation] = ["shop", "0123456789"];
    const live = Date.parse("2026-04-01T00:00:00Z");
    const from = live - historyDays * 24 * hour;
    const length = historyDays * 24 + liveHours;
    const { values, shifts } = shopSeries({ seed, series: pairs, length, shiftChance });
    const pair = (index: number) => ({
        platform: platforms[Math.floor(index / 7)]!,
        marketplace: marketplaces[index % 7]!,
    });
    const views = (index: number, at: number): number => Math.round(values[index * length + at]!);
    const csv = (fromHour: number, toHour: number): string => {
        const lines = ["timestamp,platform,marketplace,views,revenue"];
        for (let h = fromHour; h < toHour; h++) {
            const time = new Date(from + h * hour).toISOString().slice(0, 19).replace("T", " ");
            for (let p = 0; p < pairs; p++) {
                const { platform, marketplace } = pair(p);
                lines.push(`${time},${platform},${marketplace},${views(p, h)},${(0.3 * views(p, h)).toFixed(2)}`);
            }
        }
        return `${lines.join("\n")}\n`;
    };
    const attempts = new Map<number, number>();
    const commit = async (kind: WindowKind, start: number, end: number, text: string): Promise<void> => {
        const pathTime = new Date(start).toISOString().replace(/\D/g, "").slice(0, 12);
        const attempt = `a${(attempts.get(start) ?? 0) + 1}`;
        attempts.set(start, (attempts.get(start) ?? 0) + 1);
        const folder = attemptPrefix(windowPrefix(detector, generation, { kind, start, pathTime }), attempt);
        const rows = text.trimEnd().split("\n").length - 1;
        const objectsOf = rows <= 0 ? [] : [{ key: `${folder}000.csv`, bytes: text.length, etag: "e" }];
        for (const { key } of objectsOf) await objects.put(key, text);
        // Garbage of an attempt that does not count.
        await objects.put(`${folder.replace(attempt, "a0")}000.csv`, "timestamp,platform,marketplace,views,revenue\nx");
        const record = {
            version: 1,
            generation,
            kind,
            window: { start, end },
            queryHash: "0",
            rows: Math.max(0, rows),
            bytes: text.length,
            objects: objectsOf,
            attempt,
            fence: 1,
            ticket: {},
        };
        await objects.put(manifestKey(detector, generation, start), JSON.stringify(z.encode(manifest, record)));
    };
    return {
        detector,
        generation,
        from,
        live,
        shifts,
        pair,
        views,
        csv,
        commitHistory: async () => {
            await objects.put(generationKey(detector, generation), generationText({ generation, from, live }));
            const chunk = 30 * 24;
            for (let h = 0; h < historyDays * 24; h += chunk) {
                const to = Math.min(h + chunk, historyDays * 24);
                await commit("backfill", from + h * hour, from + to * hour, csv(h, to));
            }
        },
        commitHour: (index, text) => {
            const h = historyDays * 24 + index;
            return commit("live", live + index * hour, live + (index + 1) * hour, text ?? csv(h, h + 1));
        },
        parkHour: async (index, message) => {
            const start = live + index * hour;
            const record = {
                window: { start, end: start + hour },
                kind: "live" as const,
                failures: 1,
                error: "QueryError",
                message,
            };
            await objects.put(parkedKey(detector, generation, start), JSON.stringify(z.encode(parkedWindow, record)));
        },
    };
}

function generationText({ generation, from, live }: { generation: string; from: number; live: number }): string {
    return JSON.stringify(
        z.encode(generationRecord, {
            version: 1,
            generation,
            spec: {
                source: "warehouse",
                query: "select 1",
                interval: "PT1H",
                timeZone: "UTC",
                sourceTimeZone: "UTC",
                timestamp: { column: "timestamp", format: "yyyy-MM-dd HH:mm:ss" },
                dimensions: ["platform", "marketplace"],
                measures: [
                    { name: "views", aggregation: "SUM" },
                    { name: "revenue", aggregation: "SUM" },
                ],
                history: { last: "P90D" },
                chunk: "P30D",
            },
            history: { start: from, end: live },
        }),
    );
}
