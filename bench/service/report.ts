import Table from "cli-table3";
import type { ColdStarts } from "./coldStart";
import type { Speed } from "./load";
import type { Pages } from "./pages";

/** Requests of one kind. */
export interface Rate {
    readonly read: string;
    readonly perSecond: number;
    readonly perCoreSecond: number;
    /** Part of what a bare hono handler answers in the same processor time, in the same run. */
    readonly ofBare: number;
}

export interface Figures {
    readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string };
    readonly groups: number;
    readonly bare: Speed;
    readonly rates: readonly Rate[];
    readonly pages: Pages;
    /** What the last page costs, in costs of the second one. */
    readonly lastToSecond: { readonly cold: number; readonly warm: number };
    readonly coldStart: ColdStarts;
    /** Time from the start of loading to the first answer, in times of a bare hono function. */
    readonly coldStartOfBare: number;
    /** Resident megabytes of the server after all reads, and of one with the bare handler. */
    readonly memory: { readonly service: number; readonly bare: number };
}

/** The figures as tables for a terminal. */
export function reportOf(figures: Figures): string {
    const { machine, groups, rates, pages, lastToSecond, coldStart, memory } = figures;
    const reads = table(
        ["read", "per second", "per second of a core", "of a bare handler"],
        [
            ...rates.map(({ read, perSecond, perCoreSecond, ofBare }) => [
                read,
                whole(perSecond),
                whole(perCoreSecond),
                `${(100 * ofBare).toFixed(1)} %`,
            ]),
            ["(bare hono handler)", whole(figures.bare.perSecond), whole(figures.bare.perCoreSecond), "100 %"],
        ],
    );
    const listed = table(
        ["page of 100", "warm ms", "cold ms", "requests to the store, cold"],
        (["first", "second", "last"] as const).map((which) => {
            const { warmMs, coldMs, requests } = pages[which];
            return [
                which === "first" ? "first, with statistics" : which,
                shown(warmMs),
                shown(coldMs),
                String(requests),
            ];
        }),
    );
    const starts = table(
        ["function", "bundle KB", "load ms", "first answer ms", "memory MB"],
        (["service", "bare"] as const).map((which) => {
            const { kilobytes, loadMs, answerMs, megabytes } = coldStart[which];
            return [which, whole(kilobytes), shown(loadMs), shown(answerMs), shown(megabytes)];
        }),
    );
    return (
        [
            `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; ${whole(groups)} anomaly groups stored`,
            reads,
            `${listed}\nlast page to second: ${lastToSecond.warm.toFixed(2)} warm, ${lastToSecond.cold.toFixed(2)} cold (${pages.count} pages)`,
            `${starts}\ncold start to bare: ${figures.coldStartOfBare.toFixed(1)}`,
            `memory of the server: ${shown(memory.service)} MB, ${(memory.service / memory.bare).toFixed(1)} of a bare one's ${shown(memory.bare)} MB`,
        ].join("\n\n") + "\n"
    );
}

const whole = (value: number): string => Math.round(value).toLocaleString("en");
const shown = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

function table(head: string[], rows: string[][]): string {
    const made = new Table({
        head,
        style: { head: [], border: [] },
        colAligns: ["left", "right", "right", "right", "right"],
    });
    made.push(...rows);
    return made.toString();
}
