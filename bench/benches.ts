import { existsSync } from "node:fs";
import path from "node:path";

/** One benchmark: a script of package.json, and what it needs. */
export interface Bench {
    readonly name: string;
    /** Arguments; `out` is a folder for its results. */
    readonly args: (data: string, out: string, json: boolean) => readonly string[];
    /** Fewer measurements, for a look in passing. */
    readonly quick?: readonly string[];
    /** Folder of data below the data folder, and where they are to be had. */
    readonly data?: { readonly folder: string; readonly from: string };
    /** Scorer below the data folder that reads the results. */
    readonly score?: { readonly script: string; readonly args: (data: string, out: string) => readonly string[] };
}

const asJson = (json: boolean): string[] => (json ? ["--json"] : []);

/** In the order in which they run. */
export const benches: readonly Bench[] = [
    { name: "engine", args: (_data, _out, json) => asJson(json), quick: ["--quick"] },
    { name: "program", args: (_data, _out, json) => asJson(json), quick: ["--detectors", "1,10"] },
    { name: "service", args: (_data, _out, json) => asJson(json), quick: ["--groups", "2000", "--seconds", "1"] },
    { name: "learn", args: (_data, _out, json) => asJson(json), quick: ["--metrics", "50"] },
    { name: "extract", args: (_data, _out, json) => asJson(json), quick: ["--quick"] },
    { name: "causes", args: (_data, _out, json) => asJson(json), quick: ["--seeds", "101-101"] },
    {
        name: "nab",
        args: (data, out) => ["--data", data, "--out", out],
        data: { folder: "nab/data", from: "the folder data/ of https://github.com/numenta/NAB" },
        score: { script: "nab/score.mjs", args: (_data, out) => ["--transfer", out] },
    },
    {
        name: "events",
        args: (data, out) => ["--data", data, "--out", out],
        data: {
            folder: "cloud",
            from: "folders of data.csv and labels.json; `npm run bench:generate -- --seed 101 --out DIR/cloud` writes some",
        },
        score: { script: "events/score.mjs", args: (data, out) => ["--data", data, "--results", out] },
    },
];

/** Why a benchmark cannot run, for people; undefined when it can. */
export function findMissing({ name, data }: Bench, dataFolder: string): string | undefined {
    if (data === undefined || existsSync(path.join(dataFolder, data.folder))) return undefined;
    return `bench:${name} needs data in ${path.join(dataFolder, data.folder)}: ${data.from}`;
}
