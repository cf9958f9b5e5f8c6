import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import type { ExtractionSpec } from "../../../pipeline/records";
import { type DuckdbBench, openDuckdbBench } from "../../support/duckdbBench";
import { specOf } from "../../support/specs";

const hour = 3_600_000;

describe("sources/duckdb, values", () => {
    let bench: DuckdbBench;
    let attempts = 0;
    before(async () => {
        bench = await openDuckdbBench();
        await bench.write("empty.db", []);
    });
    after(() => bench.close());

    /** The rows of a window of an hour, as the object holds them. */
    const rowsOf = async (spec: Partial<ExtractionSpec>, start: string): Promise<string[][]> => {
        const from = Date.parse(start);
        const prefix = `attempt-${(attempts += 1)}/`;
        await bench.extractor({ database: bench.file("empty.db") }).start({
            detector: "sales",
            spec: specOf(spec),
            window: { start: from, end: from + hour },
            kind: "live",
            bucket: bench.bucket,
            prefix,
            token: prefix,
        });
        return parse((await bench.store.get(`${prefix}rows.csv`))?.body ?? "").slice(1);
    };
    /** A query that gives one row for each timestamp, written as SQL. */
    const stamps = (...values: readonly string[]): string =>
        `select v.ts, 'web' as platform, v.views from (values ${values.map((ts, index) => `(${ts}, ${index})`).join(", ")}) v (ts, views)`;
    const timesOf = async (spec: Partial<ExtractionSpec>, start: string): Promise<(string | undefined)[]> =>
        (await rowsOf(spec, start)).map(([ts]) => ts);

    const plain = "yyyy-MM-dd HH:mm:ss";
    const forms: readonly (readonly [what: string, format: string, value: string])[] = [
        ["a timestamp with a fraction", plain, "timestamp '2026-01-01 10:15:00.999999'"],
        ["a timestamp of nanoseconds", plain, "timestamp_ns '2026-01-01 10:15:00.999'"],
        ["a timestamp with a zone", plain, "timestamptz '2026-01-01 12:15:00.999+02'"],
        ["text with an offset", "yyyy-MM-dd'T'HH:mm:ssXXX", "'2026-01-01T05:15:00-05:00'"],
        ["text without one", plain, "' 2026-01-01 10:15:00 '"],
        ["text by a pattern", "dd.MM.yyyy HH:mm", "'01.01.2026 10:15'"],
        ["text by a pattern with a month's name and half days", "MMM d, yyyy h:mm a", "'Jan 1, 2026 10:15 AM'"],
        ["text by a pattern with words in it", "'at' yyyyMMdd HH'h'mm", "'at 20260101 10h15'"],
        ["seconds since 1970", "UNIX", "1767262500"],
        ["milliseconds since 1970", "UNIX", "1767262500999"],
        ["nanoseconds since 1970, as text", "UNIX", "'1767262500000000000'"],
    ];
    for (const [what, format, value] of forms) {
        it(`reads ${what}`, async () => {
            const spec = { query: stamps(value), timestamp: { column: "ts", format } };
            assert.deepEqual(await rowsOf(spec, "2026-01-01T10:00:00Z"), [["2026-01-01 10:15:00", "web", "0"]]);
        });
    }

    it("takes the last instant before the window's end for the window's, also before 1970", async () => {
        const query = stamps("timestamp '1969-12-31 22:59:59.5'", "timestamp '1969-12-31 23:00:00'");
        assert.deepEqual(await timesOf({ query }, "1969-12-31T22:00:00Z"), ["1969-12-31 22:59:59"]);
    });

    it("gives a row whose timestamp cannot be read, without one, and leaves out one that has none", async () => {
        const timestamp = { column: "ts", format: "dd.MM.yyyy HH:mm" };
        const spec = { query: stamps("'soon'", "null", "'01.01.2026 10:15'"), timestamp };
        assert.deepEqual(await rowsOf(spec, "2026-01-01T10:00:00Z"), [
            ["", "web", "0"],
            ["2026-01-01 10:15:00", "web", "2"],
        ]);
    });

    it("writes infinity as no time where the query bounds itself", async () => {
        const query = `${stamps("timestamp 'infinity'", "timestamp '2026-01-01 10:00:00'")} where v.ts >= {{start}}`;
        assert.deepEqual(await timesOf({ query: `${query} or v.ts < {{end}}` }, "2026-01-01T10:00:00Z"), [
            "",
            "2026-01-01 10:00:00",
        ]);
    });

    it("reads a date as the beginning of the day in the source's zone", async () => {
        const spec = { query: stamps("date '2026-01-02'"), sourceTimeZone: "Europe/Berlin" };
        assert.deepEqual(await timesOf(spec, "2026-01-01T23:00:00Z"), ["2026-01-01 23:00:00"]);
    });

    it("puts every reading of a clock into one hour when the clock is put back", async () => {
        const query = stamps(...["01:30", "02:30", "03:30"].map((time) => `timestamp '2026-10-25 ${time}:00'`));
        const spec = { query, sourceTimeZone: "Europe/Berlin" };
        const found: Record<string, unknown> = {};
        for (const start of ["2026-10-24T23", "2026-10-25T00", "2026-10-25T01", "2026-10-25T02"])
            found[start] = await timesOf(spec, `${start}:00:00Z`);
        assert.deepEqual(found, {
            "2026-10-24T23": ["2026-10-24 23:30:00"],
            "2026-10-25T00": [],
            "2026-10-25T01": ["2026-10-25 01:30:00"],
            "2026-10-25T02": ["2026-10-25 02:30:00"],
        });
    });

    it("puts the reading that the clock skips into the hour after it", async () => {
        const spec = { query: stamps("timestamp '2026-03-29 02:30:00'"), sourceTimeZone: "Europe/Berlin" };
        assert.deepEqual(await timesOf(spec, "2026-03-29T01:00:00Z"), ["2026-03-29 01:30:00"]);
        assert.deepEqual(await timesOf(spec, "2026-03-29T00:00:00Z"), []);
    });

    it("tells the two hours apart where the value has a zone, also when the query bounds itself", async () => {
        const times = ["'2026-10-25 02:30:00+02'", "'2026-10-25 02:30:00+01'"].map((time) => `timestamptz ${time}`);
        const bounded = `${stamps(...times)} where v.ts >= {{start}} and v.ts < {{end}}`;
        const text = stamps("'2026-10-25 02:30:00+02'", "'2026-10-25 02:30:00+01'");
        for (const query of [stamps(...times), bounded, text]) {
            const spec = { query, sourceTimeZone: "Europe/Berlin" };
            assert.deepEqual(await timesOf(spec, "2026-10-25T00:00:00Z"), ["2026-10-25 00:30:00"]);
            assert.deepEqual(await timesOf(spec, "2026-10-25T01:00:00Z"), ["2026-10-25 01:30:00"]);
        }
    });
});
