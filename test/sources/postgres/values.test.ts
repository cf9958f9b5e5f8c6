import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import type { ExtractionSpec } from "../../../pipeline/records";
import { selectWindow } from "../../../sources/postgres/sql";
import { wholeSeconds } from "../../../sources/postgres/timestamp";
import { openPostgresBench, type PostgresBench } from "../../support/postgresBench";
import { attemptAt } from "../../support/postgresFailures";
import { specOf } from "../../support/specs";

const hour = 3_600_000;

describe("sources/postgres, values", () => {
    let bench: PostgresBench;
    before(async () => {
        bench = await openPostgresBench();
    });
    after(() => bench.close());

    /** The rows of a window, as the object holds them. */
    const rowsOf = async (spec: Partial<ExtractionSpec>, start: string, lengthMs = hour): Promise<string[][]> => {
        const from = Date.parse(start);
        const window = { start: from, end: from + lengthMs };
        const attempt = { ...attemptAt(bench), spec: specOf(spec), window };
        await bench.extractor().start(attempt);
        return parse((await bench.store.get(`${attempt.prefix}rows.csv`))?.body ?? "").slice(1);
    };
    /** A query that gives one row for each timestamp, written as SQL. */
    const stamps = (...values: readonly string[]): string =>
        `select v.ts, 'web' as platform, v.views from (values ${values.map((ts, index) => `(${ts}, ${index})`).join(", ")}) v (ts, views)`;

    const forms: readonly (readonly [what: string, format: string, value: string])[] = [
        ["a timestamp with a fraction", "yyyy-MM-dd HH:mm:ss", "timestamp '2026-01-01 10:15:00.999'"],
        ["a timestamp with a zone", "yyyy-MM-dd HH:mm:ss", "timestamptz '2026-01-01 12:15:00+02'"],
        ["text with an offset", "yyyy-MM-dd'T'HH:mm:ssXXX", "'2026-01-01T05:15:00-05:00'"],
        ["text without one", "yyyy-MM-dd HH:mm:ss", "'2026-01-01 10:15:00'"],
        ["text by a pattern", "dd.MM.yyyy HH:mm", "'01.01.2026 10:15'"],
        ["seconds since 1970", "UNIX", "1767262500"],
        ["milliseconds since 1970", "UNIX", "1767262500999"],
    ];
    for (const [what, format, value] of forms) {
        it(`reads ${what}`, async () => {
            const spec = { query: stamps(value), timestamp: { column: "ts", format } };
            assert.deepEqual(await rowsOf(spec, "2026-01-01T10:00:00Z"), [["2026-01-01 10:15:00", "web", "0"]]);
        });
    }

    it("cuts fractions off, never rounds, whichever way the server's version has", async () => {
        const times = [
            "2026-01-01 10:15:00.999999",
            "1969-12-31 23:59:59.5",
            "0044-03-15 12:00:00.1",
            "infinity",
            "-infinity",
        ];
        for (const version of [130_000, 180_000]) {
            const shown = times.map((time) => `(${wholeSeconds(`timestamp '${time}'`, version)})::text`);
            assert.deepEqual(await bench.server.exec(`select ${shown.join(", ")}`), [
                ["2026-01-01 10:15:00", "1969-12-31 23:59:59", "0044-03-15 12:00:00", "infinity", "-infinity"],
            ]);
        }
    });

    it("reads a date as the beginning of the day in the source's zone", async () => {
        const spec = { query: stamps("date '2026-01-02'"), sourceTimeZone: "Europe/Berlin" };
        assert.deepEqual(await rowsOf(spec, "2026-01-01T23:00:00Z"), [["2026-01-01 23:00:00", "web", "0"]]);
    });

    it("puts every reading of a clock into one hour when the clock is put back", async () => {
        const query = stamps(...["01:30", "02:30", "03:30"].map((time) => `timestamp '2026-10-25 ${time}:00'`));
        const found: Record<string, string[]> = {};
        for (const start of [
            "2026-10-24T23:00:00Z",
            "2026-10-25T00:00:00Z",
            "2026-10-25T01:00:00Z",
            "2026-10-25T02:00:00Z",
        ])
            found[start] = (await rowsOf({ query, sourceTimeZone: "Europe/Berlin" }, start)).map(([ts = ""]) => ts);
        assert.deepEqual(found, {
            "2026-10-24T23:00:00Z": ["2026-10-24 23:30:00"],
            "2026-10-25T00:00:00Z": [],
            "2026-10-25T01:00:00Z": ["2026-10-25 01:30:00"],
            "2026-10-25T02:00:00Z": ["2026-10-25 02:30:00"],
        });
    });

    it("tells the two hours apart where the column has a zone, also when the query bounds itself", async () => {
        const times = ["'2026-10-25 02:30:00+02'", "'2026-10-25 02:30:00+01'"].map((time) => `timestamptz ${time}`);
        const bounded = `${stamps(...times)} where v.ts >= {{start}} and v.ts < {{end}}`;
        for (const query of [stamps(...times), bounded]) {
            const spec = { query, sourceTimeZone: "Europe/Berlin" };
            assert.deepEqual(await rowsOf(spec, "2026-10-25T00:00:00Z"), [["2026-10-25 00:30:00", "web", "0"]]);
            assert.deepEqual(await rowsOf(spec, "2026-10-25T01:00:00Z"), [["2026-10-25 01:30:00", "web", "1"]]);
        }
    });

    it("loses no row when the clock is put forward", async () => {
        const query = stamps(...["01:30", "02:30", "03:30"].map((time) => `timestamp '2026-03-29 ${time}:00'`));
        const rows = await rowsOf({ query, sourceTimeZone: "Europe/Berlin" }, "2026-03-29T00:00:00Z", 2 * hour);
        assert.deepEqual(
            rows.map(([ts]) => ts),
            ["2026-03-29 00:30:00", "2026-03-29 01:30:00", "2026-03-29 01:30:00"],
        );
    });

    it("bounds a query that bounds itself by a column without a zone, as a clock in the source's zone", async () => {
        const query = `${stamps("timestamp '2026-07-01 12:15:00'")} where v.ts >= {{start}} and v.ts < {{end}}`;
        const rows = await rowsOf({ query, sourceTimeZone: "Europe/Berlin" }, "2026-07-01T10:00:00Z");
        assert.deepEqual(rows, [["2026-07-01 10:15:00", "web", "0"]]);
    });

    it("carries decimals to the last digit", async () => {
        const exact = ["12345678901234567890.123456789", "-0.1", "1e-20::numeric", "0.1::float8 + 0.2"];
        const query = `select timestamp '2026-01-01 10:00:00' as ts, 'web' as platform, v.views from (values ${exact.map((value) => `((${value})::text)`).join(", ")}) v (views)`;
        const rows = await rowsOf({ query }, "2026-01-01T10:00:00Z");
        assert.deepEqual(
            rows.map(([, , views]) => views),
            ["12345678901234567890.123456789", "-0.1", "0.00000000000000000001", "0.30000000000000004"],
        );
    });

    it("quotes any name that a column may have", async () => {
        const query = `select timestamp '2026-01-01 10:00:00' as "at ""noon""", 'web' as "Plat,form", 1 as "select"`;
        const spec = {
            query,
            timestamp: { column: 'at "noon"', format: "yyyy-MM-dd HH:mm:ss" },
            dimensions: ["Plat,form"],
            measures: [{ name: "select", aggregation: "SUM" as const }],
        };
        assert.deepEqual(await rowsOf(spec, "2026-01-01T10:00:00Z"), [["2026-01-01 10:00:00", "web", "1"]]);
    });

    it("lets the database use an index on the timestamp", async () => {
        await bench.server.exec(`
            create table dated (ts timestamptz, platform text, views bigint);
            insert into dated select timestamptz '2026-01-01' + i * interval '1 minute', 'web', i from generate_series(1, 20000) i;
            create index on dated (ts);
            analyze dated`);
        const start = Date.parse("2026-01-05T10:00:00Z");
        const spec = specOf({ query: "select ts, platform, views from dated" });
        const plan = await bench.server.exec(`explain ${selectWindow(spec, { start, end: start + hour }, "instant")}`);
        assert.match(plan.join("\n"), /Index Scan/);
    });

    it("describes the columns without reading a row", async () => {
        const query =
            "select ts, ts at time zone 'UTC' as zoned, ts::date as day, platform, platform = 'web' as is_web, views, " +
            "views::numeric(9, 2) as amount, views::money as price, 1 / (views - views) as never from events";
        assert.deepEqual(
            (await bench.extractor().describe(specOf({ query }))).map(({ type, kind }) => `${type}: ${kind}`),
            [
                "timestamp without time zone: timestamp",
                "timestamp with time zone: instant",
                "date: date",
                "text: text",
                "boolean: boolean",
                "bigint: number",
                "numeric(9,2): number",
                "money: other",
                "bigint: number",
            ],
        );
    });

    it("looks at a window: rows, combinations, what is missing, a few rows", async () => {
        await bench.server.exec(`
            insert into events
            select timestamp '2026-01-01 10:00:00' + i * interval '1 minute', (array['web', 'app', null])[1 + i % 3], nullif(i, 7)
            from generate_series(0, 11) i`);
        const start = Date.parse("2026-01-01T10:00:00Z");
        const found = await bench.extractor().inspect(specOf(), { start, end: start + hour });
        assert.deepEqual(
            { ...found, columns: found.columns.map(({ name }) => name), sample: found.sample.slice(0, 1) },
            {
                columns: ["ts", "platform", "views"],
                rows: 12,
                combinations: 3,
                nulls: { ts: 0, views: 1 },
                sample: [["2026-01-01 10:00:00", "web", "0"]],
            },
        );
        assert.equal(found.sample.length, 5);
    });
});
