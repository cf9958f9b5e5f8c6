import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { createCsvRows, csvBatchStream, csvStream, type Row } from "../../../sources/upload/csvRows";

const at = "2026-01-01 10:00:00";

function textOf(rows: readonly Row[], columns = ["ts", "platform", "views"]): string {
    const pieces: Uint8Array[] = [];
    const csv = createCsvRows(columns, (piece) => pieces.push(piece));
    rows.forEach((row) => csv.add(row));
    csv.end();
    assert.equal(csv.count(), rows.length);
    return Buffer.concat(pieces).toString("utf8");
}

describe("sources/upload/csvRows", () => {
    it("writes a header alone for no rows", () => {
        assert.equal(textOf([]), "ts,platform,views\n");
    });

    it("writes NULL as nothing and the empty string as two quotes", () => {
        assert.equal(
            textOf([
                [at, null, "1"],
                [at, "", null],
            ]),
            `ts,platform,views\n${at},,1\n${at},"",\n`,
        );
    });

    it("quotes what has a quote, a comma or a line end, in values and in names", () => {
        const awkward = ['say "no"', "a,b", "a\nb", "a\r\nb", '"'];
        const text = textOf(
            awkward.map((platform) => [at, platform, "1"]),
            ["ts", "plat,form", "views"],
        );
        const [header, ...rows] = parse(text, { relaxColumnCount: false });
        assert.deepEqual(header, ["ts", "plat,form", "views"]);
        assert.deepEqual(
            rows.map(([, platform]) => platform),
            awkward,
        );
    });

    it("copies bytes as they are: characters beyond ASCII, decimals, large integers", () => {
        const values = ["🛒 café", "900719925474099312.0000000000001"];
        assert.equal(
            textOf([[Buffer.from(at), ...values.map((value) => Buffer.from(value))]]),
            `ts,platform,views\n${at},${values.join(",")}\n`,
        );
    });

    it("cuts the fraction of a second off, and off nothing but the timestamp", () => {
        const long = "2026-01-01 10:00:00.999999";
        assert.equal(textOf([[long, long, "1"]]), `ts,platform,views\n${at},${long},1\n`);
    });

    it("carries values that are longer than a piece", () => {
        const long = '"'.repeat(1_000_000);
        const rows = parse(
            textOf([
                [at, "short", "1"],
                [at, long, "2"],
                [at, "x".repeat(700_000), "3"],
            ]),
        );
        assert.deepEqual(
            rows.slice(1).map(([, platform = ""]) => platform.length),
            [5, 1_000_000, 700_000],
        );
    });

    it("hands on pieces of bounded size, whatever the number of rows", () => {
        const sizes: number[] = [];
        const csv = createCsvRows(["ts", "platform"], (piece) => sizes.push(piece.length));
        for (let row = 0; row < 100_000; row += 1) csv.add([at, `platform ${row}`]);
        csv.end();
        assert.ok(sizes.length > 10 && Math.max(...sizes) <= 256 * 1024);
    });

    it("takes rows only as fast as the text is read", async () => {
        let taken = 0;
        function* endless(): Generator<Row[]> {
            for (;;) {
                taken += 1;
                yield [[at, "web", "1"]];
            }
        }
        const text = csvBatchStream(["ts", "platform", "views"], endless(), () => assert.fail("never ends"));
        for await (const _piece of text) break;
        assert.ok(taken < 100_000, `${taken} rows were taken for one piece`);
        assert.ok(text.destroyed);
    });

    it("ends at once when it is destroyed, also while it waits for a row that never comes", async () => {
        async function* silent(): AsyncGenerator<Row> {
            yield [at, "web", "1"];
            await new Promise(() => undefined);
        }
        const text = csvStream(["ts"], silent(), () => undefined);
        const reading = text.toArray();
        text.destroy(new Error("given up"));
        await assert.rejects(reading, /given up/);
    });

    it("fails as its rows fail, and tells their number when they do not", async () => {
        async function* failing(): AsyncGenerator<Row> {
            yield [at, "web", "1"];
            throw new Error("gone");
        }
        await assert.rejects(csvStream(["ts"], failing(), () => undefined).toArray(), /gone/);
        let rows = 0;
        await csvStream(["ts"], [[at], [at]], (count) => (rows = count)).toArray();
        assert.equal(rows, 2);
        await csvBatchStream(["ts"], [[[at]], [], [[at], [at]]], (count) => (rows = count)).toArray();
        assert.equal(rows, 3);
    });
});
