import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { parse } from "csv-parse/sync";
import { instantOf } from "../events/timestamps";
import { onsetRows, onsetsOf } from "./onset";
import { scoreRows } from "./rows";

/** npm run bench:nab -- --data DIR --out DIR: one result file for each of NAB's data files, for its scorer. */
function main(): void {
    const { values } = parseArgs({ options: { data: { type: "string" }, out: { type: "string" } } });
    const { data, out } = values;
    if (data === undefined || out === undefined) throw new Error("usage: npm run bench:nab -- --data DIR --out DIR");
    if (!existsSync(data)) throw new Error(`${data} is not there; NAB's data are at https://github.com/numenta/NAB`);
    const files = readdirSync(data, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".csv"));
    if (files.length === 0) throw new Error(`${data} holds no CSV file`);
    let rows = 0;
    for (const file of files.sort()) rows += scoreFile(path.join(data, file), path.join(out, file));
    console.log(`${files.length} files, ${rows} rows, onset filter over ${onsetRows} rows`);
}

/** Gives the number of rows. */
function scoreFile(from: string, to: string): number {
    const [header, ...lines] = parse(readFileSync(from), { trim: true, skip_empty_lines: true });
    const [time, value] = ["timestamp", "value"].map((name) => header!.indexOf(name));
    const times = lines.map((line) => instantOf(line[time!]!));
    const scores = onsetsOf(
        scoreRows(
            times,
            Float64Array.from(lines, (line) => Number(line[value!])),
        ),
    );
    mkdirSync(path.dirname(to), { recursive: true });
    const written = lines.map((line, i) => `${line[time!]},${line[value!]},${scores[i]}`);
    writeFileSync(to, `timestamp,value,anomaly_score\n${written.join("\n")}\n`);
    return lines.length;
}

try {
    main();
} catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
}
