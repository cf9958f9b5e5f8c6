import { PGlite } from "@electric-sql/pglite";
import assert from "node:assert/strict";
import type { ExtractionSpec } from "../../../pipeline/records";
import {
    quoteText,
    redshiftDialect,
    selectColumns,
    selectWindow,
    unloadStatement,
} from "../../../sources/redshift/sql";
import { quoteIdentifier } from "../../../sources/sql/quoting";
import { specOf } from "../../support/specs";

const hour = 3_600_000;
const start = Date.parse("2026-01-01T10:00:00Z");
const window = { start, end: start + hour };

const unload = (spec: ExtractionSpec = specOf(), parallel = false): string =>
    unloadStatement({
        spec,
        window,
        bucket: "metrics",
        prefix: "orders/live/20260101/1000/g-a/",
        region: "eu-central-1",
        roleArn: "arn:aws:iam::123456789012:role/unload",
        parallel,
    });

/** What the database reads inside UNLOAD's parentheses once it has taken the literal apart. */
function queryOf(statement: string): string {
    const [, literal = ""] = /^UNLOAD \('((?:[^'\\]|''|\\\\)*)'\)\nTO '/.exec(statement) ?? [];
    return literal.replaceAll("''", "'").replaceAll("\\\\", "\\");
}

describe("sources/redshift/sql", () => {
    describe("unloadStatement", () => {
        it("names format, header, region, role and the attempt's own prefix, and overwrites nothing", () => {
            const lines = unload().split("\n").slice(-8);
            assert.deepEqual(lines, [
                "TO 's3://metrics/orders/live/20260101/1000/g-a/'",
                "IAM_ROLE 'arn:aws:iam::123456789012:role/unload'",
                "FORMAT AS CSV",
                "HEADER",
                "ENCRYPTED AUTO",
                "PARALLEL OFF",
                "MAXFILESIZE 6.2 GB",
                "REGION 'eu-central-1'",
            ]);
        });

        it("writes from all slices at once when asked to", () => {
            assert.match(unload(specOf(), true), /\nPARALLEL ON\n/);
        });

        const awkward = {
            "a quoted literal": "select ts, 'it''s' as platform, views from events",
            "a backslash": String.raw`select ts, 'a\\b' as platform, views from events where path like '%\d'`,
            "a line comment at its end": "select ts, platform, views from events -- the lot, isn't it",
            "a block comment at its end": "select ts, platform, views from events /* 'x' ) */",
            "dollar quotes": "select ts, $$it's$$ as platform, views from events",
            "a semicolon in a literal": "select ts, 'a;b' as platform, views from events",
        };
        for (const [what, query] of Object.entries(awkward)) {
            it(`carries a query with ${what} through the literal unharmed`, () => {
                const carried = queryOf(unload(specOf({ query })));
                assert.ok(carried.includes(`(\n${query}\n) q`), carried);
                assert.equal(carried, selectWindow(specOf({ query }), window));
            });
        }
    });

    describe("quoteText", () => {
        it("doubles quotes and backslashes", () => {
            assert.equal(quoteText(String.raw`it's \n`), String.raw`'it''s \\n'`);
        });
    });

    describe("quoteIdentifier", () => {
        it("keeps a quote inside a name harmless", () => {
            assert.equal(quoteIdentifier('a"; drop'), '"a""; drop"');
        });
    });

    describe("redshiftDialect", () => {
        it("writes an instant as a typed literal in UTC", () => {
            assert.equal(redshiftDialect("UTC").literal(start), "TIMESTAMP '2026-01-01 10:00:00'");
        });

        it("writes it as a clock in the source's zone shows it, in winter and in summer", () => {
            const dialect = redshiftDialect("America/New_York");
            assert.equal(dialect.literal(start), "TIMESTAMP '2026-01-01 05:00:00'");
            assert.equal(dialect.literal(Date.parse("2026-07-01T02:30:00Z")), "TIMESTAMP '2026-06-30 22:30:00'");
        });
    });

    describe("selectWindow", () => {
        it("puts the bounds into a query that asks for them, and adds none of its own", () => {
            const query = "select ts, platform, views from events where ts >= {{start}} and ts < {{end}}";
            const sql = selectWindow(specOf({ query }), window);
            assert.match(
                sql,
                /ts >= TIMESTAMP '2026-01-01 10:00:00' and ts < TIMESTAMP '2026-01-01 11:00:00'\n\) q\) r$/,
            );
        });

        it("bounds any other query by start <= timestamp < end", () => {
            const sql = selectWindow(specOf(), window);
            assert.match(
                sql,
                /where r\.lookout_instant >= TIMESTAMP '2026-01-01 10:00:00' and r\.lookout_instant < TIMESTAMP '2026-01-01 11:00:00'$/,
            );
        });
    });

    describe("on a real engine", () => {
        let database: PGlite;

        before(async () => {
            database = await PGlite.create();
            await database.exec(`
                create table events (ts timestamp, tz timestamptz, iso text, german text, unix bigint, platform text, views bigint);
                insert into events
                select t, t at time zone 'UTC', to_char(t, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), to_char(t, 'DD.MM.YYYY HH24:MI'),
                       extract(epoch from t at time zone 'UTC')::bigint, 'web', row_number() over (order by t)
                from generate_series(timestamp '2026-01-01 09:00:00', '2026-01-01 12:00:00', interval '30 minutes') t;
            `);
        });

        after(async () => database.close());
        afterEach(async () => database.exec("set timezone to 'UTC'"));

        const rowsOf = async (spec: ExtractionSpec): Promise<readonly unknown[]> =>
            (await database.query(selectWindow(spec, window), [], { rowMode: "array" })).rows;
        const expected = [
            ["2026-01-01 10:00:00", "web", 3],
            ["2026-01-01 10:30:00", "web", 4],
        ];

        const columns = {
            "a timestamp": { column: "ts", format: "yyyy-MM-dd HH:mm:ss" },
            "a timestamp with zone": { column: "tz", format: "yyyy-MM-dd HH:mm:ss" },
            "ISO text with an offset": { column: "iso", format: "yyyy-MM-dd'T'HH:mm:ssX" },
            "text by a pattern": { column: "german", format: "dd.MM.yyyy HH:mm" },
            "seconds since 1970": { column: "unix", format: "UNIX" },
        };
        for (const [what, timestamp] of Object.entries(columns)) {
            for (const zone of ["UTC", "Asia/Kolkata", "America/St_Johns"]) {
                it(`gives the window's rows for ${what} in a session of ${zone}`, async () => {
                    await database.exec(`set timezone to '${zone}'`);
                    assert.deepEqual(await rowsOf(specOf({ query: "select * from events", timestamp })), expected);
                });
            }
        }

        it("reads a zone-less column in the source's zone and writes UTC", async () => {
            const spec = specOf({ query: "select * from events", sourceTimeZone: "Europe/Berlin" });
            assert.deepEqual(await rowsOf(spec), [
                ["2026-01-01 10:00:00", "web", 5],
                ["2026-01-01 10:30:00", "web", 6],
            ]);
        });

        it("leaves a value with its own offset alone whatever the source's zone", async () => {
            const timestamp = { column: "tz", format: "yyyy-MM-dd HH:mm:ss" };
            const spec = specOf({ query: "select * from events", timestamp, sourceTimeZone: "Europe/Berlin" });
            assert.deepEqual(await rowsOf(spec), expected);
        });

        for (const day of ["2026-03-29", "2026-10-25"]) {
            for (const bounds of ["", " where ts >= {{start}} and ts < {{end}}"]) {
                it(`gives each row of ${day} in Berlin in one window and no other, ${bounds === "" ? "un" : ""}bounded`, async () => {
                    const hours = ["00", "01", "03", "04", "12", "23", ...(day === "2026-10-25" ? ["02"] : [])].sort();
                    const values = hours.map((hour) => `(timestamp '${day} ${hour}:30:00', '${hour}', 1)`).join(", ");
                    const query = `select * from (values ${values}) v (ts, platform, views)${bounds}`;
                    const found: unknown[] = [];
                    for (
                        let from = Date.parse(`${day}T00:00:00Z`) - 4 * hour;
                        from < Date.parse(`${day}T23:59:00Z`);
                        from += hour
                    ) {
                        const spec = specOf({ query, sourceTimeZone: "Europe/Berlin" });
                        const sql = selectWindow(spec, { start: from, end: from + hour });
                        const { rows } = await database.query<string[]>(sql, [], { rowMode: "array" });
                        rows.forEach(([ts = "", platform]) => {
                            const instant = Date.parse(`${ts.replace(" ", "T")}Z`);
                            assert.ok(
                                instant >= from && instant < from + hour,
                                `${ts} in the window of ${new Date(from).toISOString()}`,
                            );
                            found.push(platform);
                        });
                    }
                    assert.deepEqual(found, hours);
                });
            }
        }

        it("keeps a large integer exact", async () => {
            const query =
                "select timestamp '2026-01-01 10:00:00' as ts, 'web' as platform, 900719925474099312 as views";
            const sql = `select views::text as views from (${selectWindow(specOf({ query }), window)}) r`;
            assert.deepEqual((await database.query(sql)).rows, [{ views: "900719925474099312" }]);
        });

        it("reads milliseconds since 1970 above 94694400000", async () => {
            const query = "select unix * 1000 as ms, platform, views from events";
            assert.deepEqual(await rowsOf(specOf({ query, timestamp: { column: "ms", format: "UNIX" } })), expected);
        });

        it("cuts fractions of a second off rather than rounding into the next window", async () => {
            const query = "select timestamp '2026-01-01 10:59:59.999' as ts, 'web' as platform, 1 as views";
            assert.deepEqual(await rowsOf(specOf({ query })), [["2026-01-01 10:59:59", "web", 1]]);
        });

        it("runs a query that ends in a comment, or has quotes and a backslash in it", async () => {
            for (const end of ["-- all", "/* all */", "where platform <> 'it''s' and platform <> '\\'"]) {
                assert.deepEqual(await rowsOf(specOf({ query: `select * from events ${end}` })), expected, end);
            }
        });

        it("takes any column name", async () => {
            const query = `select ts as "my ts", platform as "a ""b""", views as "über" from events`;
            const spec = specOf({
                query,
                timestamp: { column: "my ts", format: "yyyy-MM-dd HH:mm:ss" },
                dimensions: ['a "b"'],
                measures: [{ name: "über", aggregation: "SUM" }],
            });
            assert.deepEqual(await rowsOf(spec), expected);
        });

        it("describes the columns of a query, bounded or not, without giving rows", async () => {
            const bounded = "select ts, views from events where ts >= {{start}} and ts < {{end}} -- end";
            for (const query of [bounded, "select ts, views from events"]) {
                const { rows, fields } = await database.query(selectColumns(specOf({ query })));
                assert.deepEqual([rows, fields.map(({ name }) => name)], [[], ["ts", "views"]]);
            }
        });
    });
});
