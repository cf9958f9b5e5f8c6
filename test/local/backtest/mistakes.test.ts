import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { parseMeasures } from "../../../local/backtest/columns";
import { parseInterval } from "../../../local/backtest/interval";
import { backtestOf, csvOf, openFolder, sampleRows } from "../../support/backtestFiles";

const rows = sampleRows(10);

describe("local/backtest tells what is wrong: it", () => {
    let folder: Awaited<ReturnType<typeof openFolder>>;
    before(async () => (folder = await openFolder()));
    after(async () => folder.close());

    async function refuses(text: string, wanted: Parameters<typeof backtestOf>[1], message: RegExp, learn?: number) {
        const file = folder.file("data.csv");
        await writeFile(file, text);
        await assert.rejects(backtestOf([file], wanted, learn), { name: "UsageError", message });
    }

    it("names the columns there are for one that is missing", async () => {
        const columns = /have ts, shop, channel, orders, latency_ms$/;
        await refuses(
            csvOf(rows),
            { timestamp: "time" },
            new RegExp(`--timestamp: .*no column "time"; they ${columns.source}`),
        );
        await refuses(csvOf(rows), { dimensions: ["Shop"] }, /--dimensions: .*no column "Shop", but "shop"/);
        await refuses(
            csvOf(rows),
            { measures: [{ name: "sales", aggregation: "SUM" }] },
            /--measures: .*no column "sales"/,
        );
        await refuses(csvOf(rows), { dimensions: ["ts"] }, /"ts" is named twice/);
    });

    it("shows file, line and value of what is no timestamp", async () => {
        const text = csvOf(rows).split("\n");
        for (let line = 101; line < 160; line++) text[line] = text[line]!.replace(/^[^,]*/, "yesterday");
        await refuses(
            text.join("\n"),
            { timestamp: "ts" },
            /"ts" holds no timestamp in 59 rows of 1,440 \(.*data\.csv, line 102: "yesterday"\)/,
        );
        await refuses(
            csvOf(rows),
            { timestamp: "shop" },
            /column "shop" holds no timestamps \("oslo, centre"\).*--timestamp-format/,
        );
        await refuses(csvOf(rows), { timestampFormat: "YYYY/QQ" }, /--timestamp-format: .*"YYYY"/);
        await refuses("shop,orders\nrome,1\n", {}, /no column looks like a timestamp.*The columns are shop, orders/);
    });

    it("leaves out a few bad rows and says so", async () => {
        const text = csvOf(rows).split("\n");
        text[5] = text[5]!.replace(/^[^,]*/, "");
        text[7] = text[7]!.replace(/,\d+,/, ",n/a,");
        await writeFile(folder.file("few.csv"), text.join("\n"));
        const { notes } = await backtestOf([folder.file("few.csv")], {
            timestamp: "ts",
            dimensions: ["shop"],
            measures: [{ name: "orders", aggregation: "SUM" }],
            intervalSeconds: 3600,
        });
        assert.equal(notes.length, 2);
        assert.match(notes[0]!, /"ts" holds no timestamp in 1 row of 1,440 \(.*few\.csv, line 6: nothing\): left out/);
        assert.match(notes[1]!, /measure "orders" holds no number in 1 row \(.*few\.csv, line 8: "n\/a"\): left out/);
    });

    it("takes a column with a few bad values as a measure, and says what it leaves out", async () => {
        const text = csvOf(rows).split("\n");
        text[7] = text[7]!.replace(/,\d+,/, ",n/a,");
        await writeFile(folder.file("cell.csv"), text.join("\n"));
        const { notes, settings } = await backtestOf([folder.file("cell.csv")]);
        assert.deepEqual(
            settings.measures.map(({ name }) => name),
            ["orders", "latency_ms"],
        );
        assert.match(
            notes.join("\n"),
            /measure "orders" holds no number in 1 row \(.*cell\.csv, line 8: "n\/a"\): left out/,
        );
    });

    it("says why a column with many bad values is no measure", async () => {
        const text = csvOf(rows).split("\n");
        for (let line = 1; line < text.length; line += 10) text[line] = text[line]!.replace(/,\d+,/, ",n/a,");
        await writeFile(folder.file("cells.csv"), text.join("\n"));
        const { notes, settings } = await backtestOf([folder.file("cells.csv")]);
        assert.deepEqual(
            settings.measures.map(({ name }) => name),
            ["latency_ms"],
        );
        assert.match(
            notes[0]!,
            /column "orders" is not taken as a measure: 10 % of its values are no numbers, such as "n\/a"/,
        );
    });

    it("hints at decimal commas", async () => {
        const text = csvOf(rows).replaceAll(/,(\d+),(\d+)\.(\d+)\n/g, ',$1,"$2,$3"\n');
        const measures = [{ name: "latency_ms", aggregation: "AVG" }] as const;
        await refuses(
            text,
            { measures },
            /"latency_ms" holds no number \(.*line 2: .*; its numbers have a decimal comma/,
        );
        await writeFile(folder.file("comma.csv"), text);
        const { notes } = await backtestOf([folder.file("comma.csv")]);
        assert.match(
            notes[0]!,
            /"latency_ms" is not taken as a measure: its numbers have a decimal comma \("\d+,\d+"\)/,
        );
    });

    it("tells intervals without rows", async () => {
        const kept = rows.filter(({ ts }) => !/^2026-01-0[35] 1/.test(ts));
        await writeFile(folder.file("gaps.csv"), csvOf(kept));
        const { notes } = await backtestOf([folder.file("gaps.csv")]);
        assert.equal(notes.at(-1), "20 of 240 intervals have no rows (first 2026-01-03T10:00Z)");
    });

    it("refuses an interval that is shorter than the distance of the rows", async () => {
        await refuses(
            csvOf(rows),
            { intervalSeconds: 420 },
            /--interval PT7M is shorter than the distance of the rows, which come every PT1H/,
        );
    });

    it("names an unknown time zone", async () => {
        for (const timeZone of ["Mars/Base", "+02:00"])
            await refuses(csvOf(rows), { timeZone }, /^--time-zone \S+ is not an IANA time zone; expected such as UTC/);
    });

    it("says that files hold no rows", async () => {
        for (const text of ["", "ts,shop,orders\n"]) await refuses(text, {}, /data\.csv holds no rows$/);
    });

    it("names the file and line of a row of another length, early or late", async () => {
        const text = csvOf(sampleRows(200)).split("\n");
        for (const line of [20, 25_000]) {
            const changed = text.with(line, `${text[line]!},7`).join("\n");
            await refuses(
                changed,
                {},
                new RegExp(`data\\.csv, line ${line + 1}, has 6 columns where 5 are expected: "2026-`),
            );
        }
    });

    it("names the file that lacks a column", async () => {
        await writeFile(folder.file("one.csv"), csvOf(rows));
        await writeFile(folder.file("other.csv"), csvOf(rows).replace("ts,shop", "when,shop"));
        await assert.rejects(backtestOf([folder.file("one.csv"), folder.file("other.csv")]), {
            name: "UsageError",
            message:
                /"ts" holds no timestamp in 1,440 rows of 2,880 \(.*other\.csv has no column "ts"; it has when, shop, channel/,
        });
    });

    it("names a measure without a number, and its first value", async () => {
        const measures = [{ name: "channel", aggregation: "SUM" }] as const;
        await refuses(
            csvOf(rows),
            { measures, dimensions: ["shop"] },
            /measure "channel" holds no number \(.*line 2: "web"\)/,
        );
    });

    it("says which dimension makes too many combinations", async () => {
        const many = Array.from({ length: 2000 }, (_, i) => `2026-01-01 00:00:00,user${i},1`);
        const late = ["2029-01-01 00:00:00,user0,1"];
        await refuses(
            ["ts,user_name,n", ...many, ...late].join("\n"),
            { dimensions: ["user_name"], intervalSeconds: 3600 },
            /2,000 combinations of user_name, 1 measure and 26,305 intervals are 52,610,000 values; the limit is 30,000,000/,
        );
        await refuses(
            ["ts,user_name,n", ...many, ...late].join("\n"),
            { dimensions: ["user_name"], intervalSeconds: 3600 },
            /user_name has 2,000\. Leave user_name out of --dimensions/,
        );
    });

    it("asks for more where there is too little", async () => {
        await refuses(
            csvOf(rows.slice(0, 6 * 20)),
            {},
            /span 20 intervals of PT1H; 58 are needed: give more files or a shorter --interval/,
        );
        await refuses(csvOf(rows), {}, /--learn 240 leaves nothing to score: the files span 240 intervals/, 240);
        await refuses("ts,n\n", { timestamp: "ts", measures: [{ name: "n", aggregation: "SUM" }] }, /./);
    });

    it("names files that are not there, and those that it cannot read", async () => {
        await assert.rejects(backtestOf([folder.file("none.csv")]), { message: /there is no file .*none\.csv/ });
        await assert.rejects(backtestOf([folder.file("none-*.csv")]), { message: /there is no file .*none-\*\.csv/ });
        await assert.rejects(backtestOf(["s3://bucket/key.csv"]), { message: /not on this machine/ });
        await mkdir(folder.file("empty"));
        await assert.rejects(backtestOf([folder.file("empty")]), { message: /no file below .*empty ends in \.csv/ });
        await writeFile(folder.file("data.xlsx"), "x");
        await assert.rejects(backtestOf([folder.file("data.xlsx")]), { message: /data\.xlsx ends in none of \.csv/ });
        await writeFile(folder.file("broken.parquet"), "not parquet at all");
        await assert.rejects(backtestOf([folder.file("broken.parquet")]), {
            message: /the files cannot be read: .*broken\.parquet/,
        });
    });

    it("takes intervals of a minute and more, and SUM or AVG", () => {
        assert.deepEqual(["PT1M", "PT15M", "PT1H", "P1D", "P7D"].map(parseInterval), [60, 900, 3600, 86_400, 604_800]);
        assert.throws(() => parseInterval("PT30S"), { message: /shorter than a minute/ });
        assert.throws(() => parseInterval("1h"), { message: /--interval 1h is not a duration; expected ISO 8601/ });
        assert.deepEqual(parseMeasures("a:sum, b c:AVG"), [
            { name: "a", aggregation: "SUM" },
            { name: "b c", aggregation: "AVG" },
        ]);
        for (const [text, message] of [
            ["a", /"a" says no aggregation; expected a:SUM or a:AVG/],
            ["a:MAX", /"a:MAX" asks for MAX/],
            ["a:SUM,a:AVG", /names "a" twice/],
            ["", /names no column/],
        ] as const)
            assert.throws(() => parseMeasures(text), { message });
    });
});
