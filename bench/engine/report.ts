import Table from "cli-table3";
import type { Learning, Snapshot, Speed } from "./measure";

/** All that was measured; the lists go by growing size. */
export interface Measured {
    readonly scoring: readonly Speed[];
    /** Holt-Winters on the same intervals. */
    readonly reference: readonly Speed[];
    readonly snapshots: readonly Snapshot[];
    readonly learning: readonly Learning[];
    /** Learning the headline's series over twelve weeks. */
    readonly full: Learning;
}

export interface Figures extends Measured {
    readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string };
    /** Series of the headline figures. */
    readonly series: number;
    readonly goals: readonly Goal[];
}

export interface Goal {
    readonly name: string;
    readonly unit: string;
    readonly value: number;
    readonly goal: number;
    readonly stretch: number;
    /** Which of the two is met. */
    readonly met: "stretch" | "goal" | "none";
}

/** The headline figures beside what they ought to be. A smaller run than 50,000 series is held to the same speed. */
export function goalsOf(series: number, measured: Measured): Goal[] {
    const at = <Row extends { series: number }>(rows: readonly Row[]): Row =>
        rows.find((row) => row.series === series)!;
    const scale = 50_000 / series;
    const { full } = measured;
    const scoring = at(measured.scoring);
    return [
        goal("scoring, one core", "M points/s", scoring.pointsPerSecond / 1e6, [2, 4], true),
        goal("one interval of 50,000 hourly series", "ms", scoring.intervalMs * scale, [40, 15], false),
        goal("state of an hourly series", "KB", at(measured.snapshots).bytesPerSeries / 1000, [1.2, 1], false),
        goal("learning 50,000 series × 2,016 points, one core", "s", full.seconds * scale, [60, 25], false),
    ];
}

function goal(name: string, unit: string, value: number, [least, stretch]: [number, number], isMore: boolean): Goal {
    const meets = (bound: number): boolean => (isMore ? value >= bound : value <= bound);
    return {
        name,
        unit,
        value,
        goal: least,
        stretch,
        met: meets(stretch) ? "stretch" : meets(least) ? "goal" : "none",
    };
}

/** The figures as tables for a terminal. */
export function reportOf(figures: Figures): string {
    const { machine, scoring, reference, snapshots, learning } = figures;
    const goals = tableOf(["figure", "", "goal", "stretch", "met"]);
    for (const { name, unit, value, goal, stretch, met } of figures.goals)
        goals.push([name, `${value.toFixed(2)} ${unit}`, `${goal}`, `${stretch}`, met]);
    const growth = tableOf([
        "series",
        "interval ms (slowest)",
        "M points/s",
        "Holt-Winters M points/s",
        "ratio",
        "learning M points/s",
        "bytes/series",
        "save ms",
        "load ms",
    ]);
    scoring.forEach((speed, k) => {
        const [plain, saved, learned] = [reference[k]!, snapshots[k]!, learning[k]!];
        growth.push([
            speed.series.toLocaleString("en"),
            `${speed.intervalMs.toFixed(2)} (${speed.slowestMs.toFixed(1)})`,
            millions(speed.pointsPerSecond),
            millions(plain.pointsPerSecond),
            (plain.pointsPerSecond / speed.pointsPerSecond).toFixed(1),
            millions(learned.pointsPerSecond),
            saved.bytesPerSeries.toFixed(0),
            saved.saveMs.toFixed(1),
            saved.loadMs.toFixed(1),
        ]);
    });
    const head = `${machine.cpu}, ${machine.cores} cores, one used; Node ${machine.node}`;
    return `${head}\n${goals.toString()}\n${growth.toString()}\n`;
}

function tableOf(head: string[]): Table.Table {
    return new Table({
        head,
        colAligns: ["left", ...head.slice(1).map(() => "right" as const)],
        style: { head: [], border: [], compact: true },
    });
}

const millions = (perSecond: number): string => (perSecond / 1e6).toFixed(2);
