import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { jsonRows } from "../../../sources/s3/jsonLines";
import { parquetColumns, rawSchema } from "../../../sources/s3/parquetColumns";
import { mayHold, type SoughtTime } from "../../../sources/s3/parquetStatistics";
import { parquetColumnsOf, readParquet } from "../../../sources/s3/readParquet";
import { timestampReader } from "../../../sources/s3/timestamp";
import { collect } from "../../../pipeline/collect";
import { parquetOf } from "../../support/parquet";

const at = (text: string): number => Date.parse(`${text}Z`);
const window = { start: at("2026-01-01T10:00:00"), end: at("2026-01-01T11:00:00") };
const sought = (changes: Partial<SoughtTime> = {}): SoughtTime => ({
    column: "ts",
    format: "yyyy-MM-dd HH:mm:ss",
    timeZone: "UTC",
    window,
    ...changes,
});

/** A bucket that holds one object. */
function holding(bytes: Uint8Array) {
    const s3 = {
        send: async ({ input: { Range } }: { input: { Range: string } }) => {
            const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(Range) ?? [];
            return { Body: Readable.from([bytes.subarray(Number(from), Number(to) + 1)]) };
        },
    } as unknown as Parameters<typeof readParquet>[0];
    return { s3, object: { bucket: "lake", key: "a.parquet", size: bytes.length, etag: '"1"' } };
}

const everything = { start: -8e15, end: 8e15 };
async function valuesOf(
    columns: string,
    rows: readonly (readonly (string | null)[])[],
    options?: string,
): Promise<(string | null)[][]> {
    const { s3, object } = holding(await parquetOf(columns, rows, options));
    const names = (await parquetColumnsOf(s3, object)).map(({ name }) => name);
    const time = sought({ column: names[0]!, window: everything });
    const found = await collect(readParquet(s3, object, { columns: names, time }));
    return found.map((row) => names.map((name) => row[name] ?? null));
}

const jsonOf = async (...pieces: string[]) =>
    collect(jsonRows(Readable.from(pieces.map((piece) => Buffer.from(piece)))));

describe("sources/s3 over Parquet reads", () => {
    it("decimals of any width to their last digit", async () => {
        const columns = "small decimal(4,2), middle decimal(18,6), large decimal(38,10), whole decimal(38,0)";
        const rows = [
            [
                "0.10",
                "123456789012.345678",
                "1234567890123456789012345678.0123456789",
                "99999999999999999999999999999999999999",
            ],
            ["-0.01", "-0.000001", "-0.0000000001", "-1"],
            [null, "0.000000", null, "0"],
        ];
        assert.deepEqual(await valuesOf(columns, rows), rows);
    });

    it("decimals however they are stored and said to be some", () => {
        const stored = { name: "a", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" } as const;
        const oldWay = { ...stored, converted_type: "DECIMAL", scale: 3, precision: 20 } as const;
        const newWay = {
            ...stored,
            type: "INT64",
            logical_type: { type: "DECIMAL", scale: 3, precision: 18 },
        } as const;
        const [, first, second, third] = rawSchema([{ name: "root", num_children: 3 }, oldWay, newWay, stored]);
        assert.deepEqual([first?.converted_type, second?.logical_type], [undefined, undefined]);
        assert.equal(third?.converted_type, "UTF8");
        const [old, later] = parquetColumns([{ name: "root", num_children: 2 }, oldWay, newWay]);
        assert.equal(old?.text(Uint8Array.of(0xff, 0xfe)), "-0.002");
        assert.equal(later?.text(9007199254740993n), "9007199254740.993");
        assert.equal(later?.text(undefined), null);
    });

    it("64-bit integers exactly, signed and unsigned", async () => {
        const rows = [
            ["9223372036854775807", "18446744073709551615"],
            ["-9223372036854775808", "0"],
            [null, null],
        ];
        assert.deepEqual(await valuesOf("a bigint, b ubigint", rows), rows);
    });

    it("NULL apart from the empty string, from a dictionary too", async () => {
        const rows = Array.from({ length: 40 }, (_, index) => [[null], [""], ["a"]][index % 3]!);
        assert.deepEqual(await valuesOf("a varchar", rows), rows);
    });

    it("times with a zone, times without and days, each as such", async () => {
        const columns = "a timestamptz, b timestamp, c timestamp_ns, d timestamp_ms, e date";
        const times = [
            [
                "2026-01-01 10:00:00+02",
                "2026-01-01 10:00:00.25",
                "2026-01-01 10:00:00",
                "2026-01-01 10:00:00",
                "2026-01-31",
            ],
        ];
        assert.deepEqual(await valuesOf(columns, times), [
            [
                "2026-01-01T08:00:00.000Z",
                "2026-01-01T10:00:00.250",
                "2026-01-01T10:00:00.000",
                "2026-01-01T10:00:00.000",
                "2026-01-31",
            ],
        ]);
    });

    it("rows of several row groups in their order, and values within values as JSON with all digits", async () => {
        const rows = Array.from({ length: 5000 }, (_, index) => [`${index}`]);
        assert.deepEqual(await valuesOf("a integer", rows, "row_group_size 2048"), rows);
        assert.deepEqual(await valuesOf("a struct(b bigint)", [["{'b': 9007199254740993}"]]), [
            ['{"b":"9007199254740993"}'],
        ]);
    });

    it("its columns' types from what describes the object", async () => {
        const columns =
            "a timestamptz, b timestamp, c date, d decimal(18,2), e bigint, f double, g varchar, h boolean, i integer[], j uuid";
        const { s3, object } = holding(await parquetOf(columns, []));
        const kinds = (await parquetColumnsOf(s3, object)).map(({ type, kind }) => `${type} ${kind}`);
        assert.deepEqual(
            kinds.map((text) => text.split(" ").at(-1)),
            ["instant", "timestamp", "date", "number", "number", "number", "text", "boolean", "other", "text"],
        );
        assert.equal(kinds[3], "DECIMAL(18, 2) number");
    });
});

describe("sources/s3 leaves row groups out", () => {
    const bounds = (min: string, max: string) => ({ min: new Date(at(min)), max: new Date(at(max)) });

    it("that end before the window or begin at its end, and no others", () => {
        const held = (min: string, max: string): boolean => mayHold(bounds(min, max), "instant", sought());
        assert.equal(held("2026-01-01T08:00:00", "2026-01-01T09:59:59.999"), false);
        assert.equal(held("2026-01-01T08:00:00", "2026-01-01T10:00:00"), true);
        assert.equal(held("2026-01-01T10:59:59.999", "2026-01-01T12:00:00"), true);
        assert.equal(held("2026-01-01T11:00:00", "2026-01-01T12:00:00"), false);
    });

    it("of clocks' readings only where no zone's clock could mean the window", () => {
        const near = bounds("2026-01-01T20:00:00", "2026-01-01T21:00:00");
        assert.equal(mayHold(near, "timestamp", sought({ timeZone: "Asia/Kolkata" })), true);
        assert.equal(mayHold(near, "timestamp", sought()), false);
        assert.equal(mayHold(near, "instant", sought({ timeZone: "Asia/Kolkata" })), false);
        const far = bounds("2026-01-03T00:00:00", "2026-01-04T00:00:00");
        assert.equal(mayHold(far, "timestamp", sought({ timeZone: "Asia/Kolkata" })), false);
    });

    it("of numbers since 1970 by their unit, and never without bounds, by text, or by what makes no sense", () => {
        const unix = sought({ format: "UNIX" });
        const seconds = BigInt(window.start / 1000);
        assert.equal(mayHold({ min: seconds - 10n, max: seconds - 1n }, "number", unix), false);
        assert.equal(mayHold({ min: seconds * 1000n, max: seconds * 1000n }, "number", unix), true);
        assert.equal(mayHold({ min: 1n, max: seconds * 1000n + 7_200_000n }, "number", unix), true);
        assert.equal(mayHold({ min: 1n, max: 2n }, "number", sought()), true);
        assert.equal(mayHold({}, "instant", sought()), true);
        assert.equal(mayHold({ min: "2020-01-01", max: "2020-01-02" }, "text", sought()), true);
        assert.equal(mayHold({ min: new Date(2), max: new Date(1) }, "instant", sought()), true);
        assert.equal(mayHold({ min: new Date(NaN), max: new Date(1) }, "instant", sought()), true);
    });
});

describe("sources/s3 over JSON lines reads", () => {
    it("numbers as they are written, within values too", async () => {
        const [row] = await jsonOf(
            '{"a":12345678901234567890.123456789,"b":1.10,"c":-9223372036854775808,"d":{"e":[1.0]}}',
        );
        assert.deepEqual(row, {
            a: "12345678901234567890.123456789",
            b: "1.10",
            c: "-9223372036854775808",
            d: '{"e":[1.0]}',
        });
    });

    it("NULL apart from the empty string, truth values as text, and what is not there not at all", async () => {
        assert.deepEqual(await jsonOf('{"a":null,"b":"","c":true}\n{"b":"x"}'), [
            { a: null, b: "", c: "true" },
            { b: "x" },
        ]);
    });

    it("lines however they come: in pieces, with a mark before, with carriage returns, with other separators inside", async () => {
        const text = Buffer.from('{"a":"🛒 caf\u00e9"}');
        const pieces = Readable.from([Buffer.from("\uFEFF"), text.subarray(0, 8), text.subarray(8)]);
        assert.deepEqual(await collect(jsonRows(pieces)), [{ a: "🛒 café" }]);
        assert.deepEqual(await jsonOf('{"a":"one\u2028two"}\r\n\r\n{"a":"b"}\n'), [{ a: "one\u2028two" }, { a: "b" }]);
    });
});

describe("sources/s3 reads timestamps", () => {
    const shown = (format: string, zone: string, text: string): string | undefined => {
        const instant = timestampReader(format, zone)(text);
        return Number.isNaN(instant) ? undefined : new Date(instant).toISOString().slice(0, 19);
    };

    it("of a clock that is put back as the later time, and of one that is put forward as an hour on", () => {
        const berlin = (text: string): string | undefined => shown("yyyy-MM-dd HH:mm:ss", "Europe/Berlin", text);
        assert.equal(berlin("2026-10-25 02:30:00"), "2026-10-25T01:30:00");
        assert.equal(berlin("2026-10-25 01:59:59"), "2026-10-24T23:59:59");
        assert.equal(berlin("2026-03-29 02:30:00"), "2026-03-29T01:30:00");
        assert.equal(berlin("2026-03-29 01:30:00"), "2026-03-29T00:30:00");
        assert.equal(shown("yyyy-MM-dd HH:mm:ss", "America/New_York", "2026-11-01 01:30:00"), "2026-11-01T06:30:00");
        assert.equal(shown("yyyy-MM-dd HH:mm:ss", "Asia/Kathmandu", "2026-01-01 00:00:01"), "2025-12-31T18:15:01");
    });

    it("that are numbers since 1970 only where they are numbers", () => {
        for (const text of ["", "0x10", "Infinity", "NaN", "17 67"])
            assert.equal(shown("UNIX", "UTC", text), undefined, text);
        assert.equal(shown("UNIX", "UTC", "1767225600.5"), "2026-01-01T00:00:00");
        assert.equal(shown("UNIX", "UTC", "-1"), "1969-12-31T23:59:59");
    });

    it("by a pattern, with text in quotes and offsets, and Parquet's own whatever the pattern", () => {
        assert.equal(shown("dd.MM.yyyy 'um' HH:mm Z", "UTC", "02.01.2026 um 03:04 +0200"), "2026-01-02T01:04:00");
        assert.equal(shown("yyyyMMdd", "Asia/Tokyo", "20260102"), "2026-01-01T15:00:00");
        assert.equal(shown("yyyyMMdd", "UTC", "20260230"), undefined);
        assert.equal(shown("dd.MM.yyyy", "UTC", "2026-01-02T03:04:05.678Z"), "2026-01-02T03:04:05");
        assert.equal(shown("UNIX", "UTC", "2026-01-02T03:04:05.678Z"), "2026-01-02T03:04:05");
    });
});
