import { parseArgs } from "node:util";
import type { DataSet } from "../generator/dataSet";
import { generateSets } from "../generator/generate";
import { added, measure, type Report } from "./measure";
import { play } from "./play";

/** npm run bench:causes -- [--seeds FROM-TO] [--threshold 70] [--json]: root causes and incidents on fresh generated sets. */
function main(): void {
    const { values } = parseArgs({
        options: {
            seeds: { type: "string", default: "101-110" },
            threshold: { type: "string", default: "70" },
            json: { type: "boolean" },
        },
    });
    const [from, to = from] = values.seeds.split("-").map(Number);
    const threshold = Number(values.threshold);
    if (!Number.isInteger(from) || !Number.isInteger(to) || !(threshold >= 0 && threshold <= 100))
        throw new Error("usage: npm run bench:causes -- [--seeds FROM-TO] [--threshold 0..100] [--json]");
    const byKind = new Map<string, { all: Report; severe: Report }[]>();
    for (let seed = from!; seed <= to!; seed++)
        for (const set of generateSets(seed))
            byKind.set(set.name, [...(byKind.get(set.name) ?? []), judged(set, threshold)]);
    const total = [...byKind.values()].flat();
    const rows = [...byKind, ["all", total] as const].map(([name, reports]) => ({
        name,
        ...figures(added(reports.map(({ all }) => all)), added(reports.map(({ severe }) => severe))),
    }));
    if (values.json === true) console.log(JSON.stringify(rows, undefined, 1));
    else console.table(rows);
}

function judged(set: DataSet, threshold: number): { all: Report; severe: Report } {
    const { incidents } = play(set);
    return { all: measure(set, incidents), severe: measure(set, incidents, threshold) };
}

function figures(all: Report, severe: Report): Record<string, number> {
    const share = (part: number, of: number): number => Number((part / of).toFixed(3));
    return {
        events: all.events,
        found: share(all.found, all.events),
        rootCauseExact: share(all.exact, all.events),
        amongThree: share(all.amongThree, all.events),
        incidentsPerTrueOne: share(all.reported, all.events),
        piecesPerFoundOne: share(all.rightly, all.found),
        exactAtThreshold: share(severe.exact, severe.events),
        perTrueOneAtThreshold: share(severe.reported, severe.events),
        foundAtThreshold: share(severe.found, severe.events),
    };
}

try {
    main();
} catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
}
