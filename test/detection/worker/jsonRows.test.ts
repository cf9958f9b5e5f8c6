import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { openCalendar } from "../../../detection/worker/calendar";
import { readRows } from "../../../detection/worker/rows";
import { createRowTable } from "../../../detection/worker/rowTable";
import { timestampReader } from "../../../detection/worker/timestampFormat";

/** Reads lines into a table of views and revenue by place, in hours; the bytes come seven at a time. */
async function read(bytes: Uint8Array, encoding: { isGzip?: boolean; charset?: string } = {}, filters: string[] = []) {
    const measures = ["views", "revenue"].map((name) => ({ name, aggregation: "SUM" as const }));
    const table = createRowTable({ measures, dimensions: ["place"] });
    const calendar = openCalendar("PT1H", "UTC");
    const plan = {
        timestamp: { column: "at", format: "UNIX", read: timestampReader("UNIX", "UTC") },
        positionOf: (instant: number) => calendar.positionOf(instant),
        filters: filters.length === 0 ? [] : [{ dimension: "kind", values: filters }],
    };
    const pieces = (async function* () {
        for (let i = 0; i < bytes.length; i += 7) yield bytes.subarray(i, i + 7);
    })();
    const format = { isJsonLines: true as const, isGzip: false, charset: "utf-8", ...encoding };
    await readRows({ object: "s3://b/k.jsonl", bytes: pieces, format }, plan, table);
    return { table, quality: table.quality, values: [...table.values(table.combinations, 0, 1)] };
}
const lines = (...rows: (object | string)[]): Buffer =>
    Buffer.from(rows.map((row) => (typeof row === "string" ? row : JSON.stringify(row))).join("\n"));

describe("detection/worker/jsonRows", () => {
    it("reads a flat object a line, whatever the order of its members, and sums up", async () => {
        const { values, quality } = await read(
            lines(
                { at: 0, place: "x", views: 1, revenue: 0.5 },
                { revenue: "1.5", more: [1], views: 2, place: "x", at: 60 },
            ),
        );
        assert.deepEqual(values, [3, 2]);
        assert.deepEqual([quality.rows, quality.badRows, quality.partialRows], [2, 0, 0]);
    });

    it("takes null and an absent measure for a gap", async () => {
        const { values, quality } = await read(
            lines({ at: 0, place: "x", views: null }, { at: 1, place: "x", views: 4 }),
        );
        assert.deepEqual(values, [4, NaN]);
        assert.equal(quality.badRows, 1, "the row without any number");
        assert.equal(quality.partialRows, 0);
        assert.deepEqual(quality.columns.find(({ column }) => column === "revenue")?.usable, 0);
        assert.deepEqual(quality.columns.find(({ column }) => column === "views")?.usable, 1);
    });

    it("counts lines that are no objects, and names the first of them with their place", async () => {
        const good = { at: 0, place: "x", views: 1, revenue: 1 };
        const { values, quality } = await read(
            lines("{", "[1]", '"text"', "", good, { place: "x", views: 1 }, { at: 0, views: 1 }, "null", good),
        );
        assert.deepEqual(values, [2, 2]);
        assert.deepEqual([quality.rows, quality.badRows], [8, 6]);
        assert.equal(quality.examples.length, 5);
        assert.match(quality.examples[0]!, /row 1 of s3:\/\/b\/k.jsonl: "\{" is not a JSON object/);
        assert.match(quality.examples[3]!, /row 6 of .* is not an object with a member "at"/);
        assert.match(quality.examples[4]!, /row 7 of .* is not an object with a member "place"/);
    });

    it("takes what is no number for a finding, not for a value", async () => {
        const { values, quality } = await read(
            lines(
                { at: 0, place: "x", views: true, revenue: 1 },
                { at: 0, place: "x", views: { a: 1 }, revenue: [2] },
                { at: 0, place: "x", views: 3, revenue: 2 },
            ),
        );
        assert.deepEqual(values, [3, 3]);
        assert.deepEqual([quality.partialRows, quality.badRows], [1, 1]);
        assert.match(quality.examples[0]!, /column "views", row 2 /);
        assert.match(quality.partialExamples[0]!, /column "views", row 1 .*: "true" is not a number/);
    });

    it("keeps rows that the filters allow, by a column that is no dimension", async () => {
        const row = (kind: unknown) => ({ at: 0, place: "x", views: 1, revenue: 1, kind });
        const { values, quality } = await read(lines(row("web"), row("app"), row(7), row(undefined)), {}, ["web", "7"]);
        assert.deepEqual(values, [2, 2]);
        assert.equal(quality.rows, 2);
    });

    it("reads gzip, other character sets, a byte order mark and Windows line ends", async () => {
        const text = '{"at":0,"place":"é","views":1,"revenue":1}\r\n{"at":0,"place":"é","views":1,"revenue":1}\r\n';
        for (const [bytes, encoding] of [
            [gzipSync(text), { isGzip: true }],
            [Buffer.from(text, "latin1"), { charset: "ISO-8859-1" }],
            [Buffer.from(`\ufeff${text}`, "utf16le"), { charset: "UTF-16LE" }],
            [Buffer.from(`\ufeff${text}`), {}],
        ] as const) {
            const { values, table } = await read(bytes, encoding);
            assert.deepEqual([values, table.combinations], [[2, 2], [["é"]]]);
        }
    });

    it("gives up a line that does not end", async () => {
        const long = Buffer.alloc(1_200_000, "a");
        const { quality } = await read(Buffer.concat([long, Buffer.from('\n{"at":0,"place":"x","views":1}')]));
        assert.deepEqual([quality.rows, quality.badRows], [2, 1]);
        assert.match(quality.examples[0]!, /is not a line that ends/);
    });
});
