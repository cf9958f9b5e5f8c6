import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { anomaliesOf } from "../../../local/backtest/anomalies";
import { openFileDatabase } from "../../../local/backtest/database";
import { foundGroups } from "../../../local/backtest/found";
import { renderBacktest } from "../../../local/backtest/report";
import { writeScores } from "../../../local/backtest/scores";
import { backtestOf, csvOf, injected, openFolder, sampleRows } from "../../support/backtestFiles";

const rows = sampleRows();
const wanted = {
    timestamp: "ts",
    dimensions: ["shop", "channel"],
    measures: [
        { name: "orders", aggregation: "SUM" },
        { name: "latency_ms", aggregation: "AVG" },
    ],
    intervalSeconds: 3600,
} as const;

describe("local/backtest", () => {
    let folder: Awaited<ReturnType<typeof openFolder>>;
    let whole: Awaited<ReturnType<typeof backtestOf>>;
    before(async () => {
        folder = await openFolder();
        await writeFile(folder.file("all.csv"), csvOf(rows));
        whole = await backtestOf([folder.file("all.csv")], wanted);
    });
    after(async () => folder.close());

    it("finds what was injected, and names its cause", async () => {
        const found = anomaliesOf(whole).filter(({ severity }) => severity >= 90);
        assert.deepEqual(
            found.map(({ start, end, measure, causes }) => ({ start, end, measure, dims: causes[0]?.dims })),
            [{ start: injected.start, end: injected.end, measure: "orders", dims: { shop: "rome" } }],
        );
        assert.equal(whole.played.scoredFrom, 503);
        assert.deepEqual(whole.notes, []);
    });

    it("reads CSV, gzip, JSON lines and Parquet, whole or in parts, to the same anomalies", async () => {
        const half = rows.length / 2;
        const lines = rows.map((row) => JSON.stringify({ ...row, latency_ms: Number(row.latency_ms.toFixed(3)) }));
        await writeFile(folder.file("part-1.csv.gz"), gzipSync(csvOf(rows.slice(half))));
        await writeFile(folder.file("part-2.csv"), csvOf(rows.slice(0, half)));
        await writeFile(folder.file("all.jsonl"), `${lines.join("\n")}\n`);
        const database = await openFileDatabase("UTC");
        await database.run(
            `copy (select * from read_csv('${folder.file("all.csv")}')) to '${folder.file("all.parquet")}' (format parquet)`,
        );
        await database.close();
        const expected = anomaliesOf(whole);
        const others = await Promise.all(
            ["part-*.csv*", "all.jsonl", "all.parquet"].map(async (name) =>
                anomaliesOf(await backtestOf([folder.file(name)], wanted)),
            ),
        );
        assert.ok(expected.length > 0);
        for (const other of others) assert.deepEqual(other, expected);
    });

    it("guesses what is not said, and tells it as flags", async () => {
        const { settings, notes } = await backtestOf([folder.file("all.csv")]);
        assert.deepEqual(
            { ...settings, timestamp: settings.timestamp.column },
            { ...wanted, timestamp: "ts", timeZone: "UTC" },
        );
        assert.deepEqual(notes, [
            "took --timestamp ts --dimensions shop,channel --measures orders:SUM,latency_ms:AVG --interval PT1H",
        ]);
    });

    it("reads timestamps however they are written", async () => {
        const unix = (ts: string): string => String(Date.parse(`${ts}Z`) / 1000);
        const millis = (ts: string): string => String(Date.parse(`${ts}Z`));
        const german = (ts: string): string =>
            `${ts.slice(8, 10)}.${ts.slice(5, 7)}.${ts.slice(0, 4)} ${ts.slice(11, 16)}`;
        const plain = (ts: string): string => ts.replace(/[-: ]/g, "").slice(0, 12);
        const offset = (ts: string): string =>
            `${new Date(Date.parse(`${ts}Z`) + 7_200_000).toISOString().slice(0, 19)}+02:00`;
        const few = rows.slice(0, 6 * 60);
        for (const time of [unix, millis, german, plain, offset]) {
            await writeFile(folder.file("times.csv"), csvOf(few, time));
            const { history, settings } = await backtestOf([folder.file("times.csv")]);
            assert.deepEqual(
                [settings.timestamp.column, history.first * 3600, history.intervals],
                ["ts", Date.parse("2026-01-01T00:00:00Z") / 1000, 60],
                time("2026-01-01 00:00:00"),
            );
        }
    });

    it("begins days, and reads times without a zone, in the zone that is given", async () => {
        const days = sampleRows(90);
        await writeFile(folder.file("days.csv"), csvOf(days));
        const timeZone = "America/New_York";
        const { history, ...backtest } = await backtestOf([folder.file("days.csv")], {
            ...wanted,
            intervalSeconds: 86_400,
            timeZone,
        });
        assert.deepEqual([history.intervals, history.first], [90, Date.parse("2026-01-01T00:00:00Z") / 86_400_000]);
        await writeScores(folder.file("days-scores.csv"), { history, ...backtest });
        const [, ...lines] = (await readFile(folder.file("days-scores.csv"), "utf8")).trimEnd().split("\n");
        // The clocks go forward on the eighth of March.
        assert.deepEqual([...new Set(lines.map((line) => line.slice(11, 19)))], ["05:00:00", "04:00:00"]);
    });

    it("writes each scored value with its band, and quotes what has to be", async () => {
        await writeScores(folder.file("scores.csv"), whole);
        const lines = (await readFile(folder.file("scores.csv"), "utf8")).trimEnd().split("\n");
        assert.equal(lines[0], "timestamp,shop,channel,measure,severity,value,expected,lower,upper");
        assert.equal(lines.length - 1, 217 * 6 * 2);
        assert.ok(lines.some((line) => line.startsWith('2026-01-21 23:00:00,"oslo, centre",web,orders,')));
        const fall = lines
            .find((line) => line.startsWith(`${injected.start},rome,web,orders,`))!
            .split(",")
            .map(Number);
        const [severity, value, , lower] = fall.slice(4);
        assert.ok(severity! > 90 && value! < lower!, String(fall));
    });

    it("draws the groups into a page that asks nothing of the network", async () => {
        const groups = foundGroups(whole, 90);
        const page = await renderBacktest(whole, groups, 90);
        assert.match(page, /<h3>rome · orders<\/h3>/);
        assert.match(page, /data-chart="overview-2"/);
        const [, body = ""] = page.split("<body>");
        assert.doesNotMatch(body.split("<script>")[0]!, /false alarm|injected|Truth/);
        assert.doesNotMatch(page, /<(?:script|link|img)[^>]+(?:src|href)=/);
        assert.deepEqual(
            [groups.length, groups[0]!.metrics, groups[0]!.actual < groups[0]!.expected / 5],
            [1, 2, true],
        );
    });

    it("learns from as many intervals as it is told", async () => {
        const { played } = await backtestOf([folder.file("all.csv")], wanted, 700);
        assert.equal(played.scoredFrom, 700);
    });
});
