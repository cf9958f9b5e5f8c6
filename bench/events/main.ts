import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { readDataSet } from "./dataSet";
import { play } from "./play";
import { writeResults } from "./results";

/** npm run bench:events -- --data DIR --out DIR: plays every data set below DIR through the path that production uses. */
function main(): void {
    const { values } = parseArgs({ options: { data: { type: "string" }, out: { type: "string" } } });
    const { data, out } = values;
    if (data === undefined || out === undefined)
        throw new Error("usage: npm run bench:events -- --data DIR --out DIR (DIR/<set>/data.csv and labels.json)");
    if (!existsSync(data))
        throw new Error(`${data} is not there; sets are written by: npm run bench:generate -- --seed 1 --out ${data}`);
    const names = readdirSync(data).filter((name) => existsSync(path.join(data, name, "labels.json")));
    if (names.length === 0) throw new Error(`${data} holds no folder with a labels.json`);
    for (const name of names.sort()) {
        const began = process.hrtime.bigint();
        const set = readDataSet(path.join(data, name));
        const played = play(set);
        writeResults(path.join(out, name), set, played);
        const seconds = Number(process.hrtime.bigint() - began) / 1e9;
        const series = set.combinations.length * set.measures.length;
        console.log(
            `${name}: ${series} series, ${set.intervals} intervals, ${played.groups.length} groups, ${seconds.toFixed(1)} s`,
        );
    }
}

try {
    main();
} catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
}
