import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { formatIntervalTime, parseIntervalTime } from "../../../detection/api/intervalTime";
import { openCalendar } from "../../../detection/worker/calendar";
import { readCsv } from "../../../detection/worker/csvRows";
import type { CsvFormat } from "../../../detection/worker/rowFormat";
import { fixedPart, renderTemplate } from "../../../detection/worker/pathTemplate";
import { createRowTable } from "../../../detection/worker/rowTable";
import { timestampReader } from "../../../detection/worker/timestampFormat";

const utc = (text: string): number => Date.parse(`${text}Z`);

describe("detection/worker/timestampFormat", () => {
    const cases: readonly (readonly [string, string, string])[] = [
        ["yyyy-MM-dd HH:mm:ss", "2021-02-28 17:45:32", "2021-02-28T17:45:32"],
        ["yyyy-MM-dd", "2021-02-28", "2021-02-28T00:00:00"],
        ["yyyy-MM-DD", "2021-02-28", "2021-02-28T00:00:00"],
        ["yyyy-MM-dd hh:mm:ss a", "2021-02-28 05:45:32 pm", "2021-02-28T17:45:32"],
        ["yyyy-MM-dd hh:mm:ss a", "2021-02-28 12:00:00 AM", "2021-02-28T00:00:00"],
        ["yyyy-MM-dd'T'HH:mm:ss'Z'", "2021-02-28T17:45:32Z", "2021-02-28T17:45:32"],
        ["yyyy-MM-dd HH:mm:ss.SSS", "2021-02-28 17:45:32.250", "2021-02-28T17:45:32.250"],
        ["UNIX", "1609488000", "2021-01-01T08:00:00"],
        ["UNIX", "1609488000123", "2021-01-01T08:00:00.123"],
        ["UNIX", " 1609488000.5 ", "2021-01-01T08:00:00.500"],
        ["UNIX", "94694400000", "4970-09-30T00:00:00"],
        ["UNIX", "94694400001", "1973-01-01T00:00:00.001"],
        ["M/d/yy H:m", "2/8/21 7:05", "2021-02-08T07:05:00"],
        ["yyyy-MM-dd'T'HH:mm:ssXXX", "2021-02-28T17:45:32+05:30", "2021-02-28T12:15:32"],
        ["yyyy-MM-dd HH:mm:ssX", "2021-02-28 17:45:32-08", "2021-03-01T01:45:32"],
        ["yyyyMMddHHmmss", "20210228174532", "2021-02-28T17:45:32"],
        ["yyyy-MM-dd hh a", "2021-02-28 12 pm", "2021-02-28T12:00:00"],
    ];
    for (const [format, text, expected] of cases)
        it(`reads ${text} as ${format}`, () => assert.equal(timestampReader(format, "UTC")(text), utc(expected)));

    it("gives NaN for other text and for dates that are not in the calendar", () => {
        const read = timestampReader("yyyy-MM-dd HH:mm:ss", "UTC");
        for (const text of [
            "",
            "yesterday",
            "2021-02-29 00:00:00",
            "2021-13-01 00:00:00",
            "2021-01-01 24:00:00",
            "2021-01-01",
        ])
            assert.ok(Number.isNaN(read(text)), text);
        assert.ok(Number.isNaN(timestampReader("UNIX", "UTC")("12a")));
    });

    it("reads local times in their zone, on both sides of the clock's changes", () => {
        const read = timestampReader("yyyy-MM-dd HH:mm:ss", "Europe/Berlin");
        assert.equal(read("2026-03-29 01:59:59"), utc("2026-03-29T00:59:59"));
        assert.equal(read("2026-03-29 03:00:00"), utc("2026-03-29T01:00:00"));
        assert.equal(read("2026-07-01 00:00:00"), utc("2026-06-30T22:00:00"));
        assert.equal(read("2026-03-29 02:30:00"), utc("2026-03-29T01:30:00"), "left out by the clock: an hour later");
        assert.equal(read("2026-10-25 02:30:00"), utc("2026-10-25T00:30:00"), "comes twice: the first of the two");
        assert.equal(read("2026-10-25 03:00:00"), utc("2026-10-25T02:00:00"));
    });

    it("names the letter that it does not understand", () => {
        assert.throws(() => timestampReader("yyyy-MM-dd EEE", "UTC"), /"E" is not understood/);
        assert.throws(() => timestampReader("HH:mm", "UTC"), /has no date/);
        assert.throws(() => timestampReader("yyyy-MM-dd hh:mm", "UTC"), /no half of the day/);
    });

    it("takes hours 1 to 12 only where the day has halves", () => {
        const read = timestampReader("yyyy-MM-dd hh:mm a", "UTC");
        for (const text of ["2021-02-28 00:30 am", "2021-02-28 13:30 pm", "2021-02-28 01:30"])
            assert.ok(Number.isNaN(read(text)), text);
    });
});

describe("detection/worker/pathTemplate", () => {
    it("renders the template keys in the zone", () => {
        const at = utc("2020-12-25T15:20:00");
        assert.equal(renderTemplate("live/{{yyyyMMdd}}/{{HHmm}}/", at, "UTC"), "live/20201225/1520/");
        assert.equal(renderTemplate("y={{yyyy}}/m={{MM}}/d={{dd}}", at, "Asia/Tokyo"), "y=2020/m=12/d=26");
        assert.equal(renderTemplate("{{yyMMMd-MMMM}}/x", at, "UTC"), "20Dec25-December/x");
    });

    const afternoon = utc("2020-12-27T15:20:07");
    const midnight = utc("2021-01-02T00:05:09");
    const keys: readonly (readonly [string, number, string])[] = [
        ["yyyy yy y", afternoon, "2020 20 2020"],
        ["M MM MMM MMMM", midnight, "1 01 Jan January"],
        ["d dd", midnight, "2 02"],
        ["H HH", midnight, "0 00"],
        ["k kk", midnight, "24 24"],
        ["kk a", midnight, "00 AM"],
        ["kk a", afternoon, "03 PM"],
        ["hh KK a", utc("2020-12-25T12:00:00"), "12 00 PM"],
        ["m mm s ss", midnight, "5 05 9 09"],
        ["yyyy'y'MM''dd", afternoon, "2020y12'27"],
        // Java's weeks begin on Sunday; that of 1 January 2021 began on 27 December 2020.
        ["YYYY", afternoon, "2021"],
        ["YYYY", utc("2020-12-26T23:59:59"), "2020"],
        ["YY", midnight, "21"],
    ];
    for (const [template, at, path] of keys)
        it(`renders {{${template}}} as ${path}`, () =>
            assert.equal(renderTemplate(`{{${template}}}`, at, "UTC"), path));

    it("leaves what stands outside the braces as it is", () => {
        assert.equal(renderTemplate("dd/{{dd}}/{x}/yyyy", midnight, "UTC"), "dd/02/{x}/yyyy");
        assert.equal(fixedPart("a/b={{yyyy}}/c"), "a/b=");
    });

    it("names a key that is none", () => {
        assert.throws(() => renderTemplate("{{QQ}}", 0, "UTC"), /"Q" is no template key/);
        assert.throws(() => renderTemplate("{{yyyy-DD}}", 0, "UTC"), /"D" is no template key/);
    });
});

describe("detection/worker/calendar", () => {
    it("counts UTC intervals below a day", () => {
        const calendar = openCalendar("PT10M", "Europe/Berlin");
        const position = calendar.positionOf(utc("2026-03-29T01:19:59"));
        assert.equal(calendar.startOf(position), utc("2026-03-29T01:10:00"));
    });

    it("counts local dates for days, however long they are", () => {
        const calendar = openCalendar("P1D", "Europe/Berlin");
        const spring = calendar.positionOf(utc("2026-03-29T12:00:00"));
        assert.equal(calendar.startOf(spring), utc("2026-03-28T23:00:00"));
        assert.equal(calendar.startOf(spring + 1), utc("2026-03-29T22:00:00"));
        assert.equal(calendar.positionOf(utc("2026-03-29T21:59:59")), spring);
        assert.equal(calendar.positionOf(utc("2026-03-29T22:00:00")), spring + 1);
    });
});

describe("detection/worker/csvRows", () => {
    const format: CsvFormat = { delimiter: ",", quote: '"', isGzip: false, charset: "utf-8" };
    const read = async (bytes: Uint8Array, members: Partial<CsvFormat> = {}, aggregation: "SUM" | "AVG" = "SUM") => {
        const table = createRowTable({ measures: [{ name: "views", aggregation }], dimensions: ["place"] });
        const calendar = openCalendar("PT1H", "UTC");
        const timestamp = { column: "ts", format: "UNIX", read: timestampReader("UNIX", "UTC") };
        const plan = { timestamp, positionOf: (at: number) => calendar.positionOf(at), filters: [] };
        const parts = (async function* () {
            for (let i = 0; i < bytes.length; i += 7) yield bytes.subarray(i, i + 7);
        })();
        await readCsv({ object: "s3://b/k", bytes: parts, format: { ...format, ...members } }, plan, table);
        return { table, values: [...table.values(table.combinations, 0, 2)] };
    };

    it("carries quotes, commas, newlines and an emoji in a dimension value through unharmed", async () => {
        const place = 'a "b", c\nd 🎈';
        const { table } = await read(Buffer.from(`ts,place,views\r\n0,"${place.replace(/"/g, '""')}",1\r\n`));
        assert.deepEqual(table.combinations, [[place]]);
    });

    it("sums or averages the rows of an interval, and leaves gaps", async () => {
        const rows = Buffer.from("ts,place,views,more\n0,x,1,\n60,x,2,\n120,x,,\n3600,y,5e1,\n");
        assert.deepEqual((await read(rows)).values, [3, NaN, NaN, 50]);
        assert.deepEqual((await read(rows, {}, "AVG")).values, [1.5, NaN, NaN, 50]);
    });

    it("reads other delimiters and quotes, gzip, a byte order mark, and files without a header", async () => {
        const plain = [1, NaN];
        assert.deepEqual(
            (await read(Buffer.from("ts|place|views\n0|'x|y'|1\n"), { delimiter: "|", quote: "'" })).values,
            plain,
        );
        assert.deepEqual((await read(gzipSync("ts,place,views\n0,x,1\n"), { isGzip: true })).values, plain);
        assert.deepEqual((await read(Buffer.from("\ufeffts,place,views\n0,x,1\n"))).values, plain);
        assert.deepEqual((await read(Buffer.from("0,x,1\n"), { header: ["ts", "place", "views"] })).values, plain);
    });

    it("takes nothing for a number that only looks like one", async () => {
        const { table } = await read(Buffer.from('ts,place,views\n0,x,0x10\n0,x,NaN\n0,x,Infinity\n0,x,"1,000"\n'));
        assert.equal(table.size, 0);
        assert.equal(table.quality.badRows, 4);
    });

    it("counts broken lines and reads on", async () => {
        const { table, values } = await read(Buffer.from('ts,place,views\n0,"x"y,1\n0,x,2\n0,"x\n60,x,3\n'));
        assert.deepEqual(values, [5, NaN]);
        assert.equal(table.quality.badRows, 2);
        assert.match(table.quality.examples[0]!, /row 2 of s3:\/\/b\/k: "0,"x"y,1" is not a row: a quote/);
    });

    it("takes a short row's missing fields for empty, and passes over the ones too many", async () => {
        const { table, values } = await read(Buffer.from("ts,place,views\n0,x\n0,x,4,5,6\n"));
        assert.deepEqual(values, [4, NaN]);
        assert.deepEqual(table.quality.columns, [
            { column: "ts", usable: 2 },
            { column: "place", usable: 2 },
            { column: "views", usable: 1 },
        ]);
    });

    it("says that gzip is gzip, whatever the pieces it comes in", async () => {
        const packed = Buffer.from(gzipSync("ts,place,views\n0,x,1\n"));
        await assert.rejects(read(packed), {
            name: "DataError",
            message: "s3://b/k is gzip-compressed; set FileCompression to GZIP",
        });
    });

    it("names the delimiter that would divide a header of one column, and prints no binary", async () => {
        await assert.rejects(read(Buffer.from("ts;place;views\n0;x;1\n")), {
            message: /its columns are ts;place;views \(one column, with a semicolon in it: set Delimiter\)/,
        });
        await assert.rejects(read(Buffer.from([0x50, 0x4b, 3, 4, 0xff, 0, 10])), {
            message: /its columns are bytes that are no text/,
        });
        const { table } = await read(Buffer.from("ts,place,views\n\u0000\u001b[2J,x,1\n"));
        assert.match(table.quality.examples[0]!, /: "\?\[2J" is not a timestamp/);
    });

    it("counts a row with an empty dimension as used in part", async () => {
        const { table } = await read(Buffer.from("ts,place,views\n0,,4\n"));
        assert.deepEqual(table.combinations, [[""]]);
        assert.equal(table.quality.partialRows, 1);
    });

    it("reads numbers as exactly as the language does", async () => {
        const texts = ["0.1", "-12.75", "1e3", "+5", ".5", "7.", "123456789012345678", "0.1234567890123456789", "-0"];
        for (const text of texts) {
            const { values } = await read(Buffer.from(`ts,place,views\n0,x,${text}\n`));
            assert.equal(values[0], Number(text), text);
        }
        for (const text of ["-", ".", "1.2.3", "1-2", "1e999", "١"]) {
            const { values } = await read(Buffer.from(`ts,place,views\n0,x,${text}\n`));
            assert.ok(values[0] === undefined, text);
        }
    });

    it("keeps memory for the blocks of time that have rows, not for the years between them", async () => {
        const lines = Array.from({ length: 50 }, (_, year) => `${year * 31_536_000},x,1`);
        const { table } = await read(Buffer.from(`ts,place,views\n${lines.join("\n")}\n`));
        assert.ok(table.cells <= 50 * 128);
        assert.equal(table.range!.last, 49 * 8760);
    });

    it("fails on a file that is no gzip although it is said to be", async () => {
        await assert.rejects(read(Buffer.from("ts,place,views\n"), { isGzip: true }));
    });
});

describe("detection/api/intervalTime", () => {
    it("writes an interval's time as the service did", () => {
        assert.equal(formatIntervalTime(utc("2020-12-05T01:00:00"), "UTC"), "2020-12-05T01:00Z[UTC]");
        const paris = formatIntervalTime(utc("2021-02-14T04:00:00"), "Europe/Paris");
        assert.equal(paris, "2021-02-14T05:00+01:00[Europe/Paris]");
        const saintHelena = formatIntervalTime(utc("2021-02-14T04:00:00"), "Atlantic/St_Helena");
        assert.equal(saintHelena, "2021-02-14T04:00Z[Atlantic/St_Helena]");
    });

    it("reads what it writes, and ISO 8601 with seconds, and refuses the rest", () => {
        const at = utc("2021-02-14T04:00:00");
        for (const text of [
            "2021-02-14T04:00Z[UTC]",
            "2021-02-14T04:00:00Z",
            "2021-02-14T05:00+01:00[Europe/Paris]",
            "2021-02-14T05:00[Europe/Paris]",
            "2021-02-14T04:00",
        ])
            assert.equal(parseIntervalTime(text, "Timestamp"), at, text);
        for (const text of ["", "today", "2021-02-14", "2021-99-14T04:00Z"])
            assert.throws(() => parseIntervalTime(text, "Timestamp"), /Timestamp/, text);
    });
});
