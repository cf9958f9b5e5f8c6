import assert from "node:assert/strict";
import { extractionOf, type MysqlBench } from "../../../support/mysqlBench";
import { timesOf, values } from "./asking";

/** Runs over the server that is open when they begin. */
export function describeTimestamps(opened: () => MysqlBench): void {
    describe("timestamps", () => {
        let bench: MysqlBench;
        before(() => {
            bench = opened();
        });
        const berlin = { sourceTimeZone: "Europe/Berlin" };

        it("takes DATETIME for a clock in the source's zone, and TIMESTAMP for an instant", async () => {
            await bench.server.exec(
                "use shop; set time_zone = '+00:00'; truncate events; insert into events values ('2026-01-01 11:30:00', '2026-01-01 10:30:00', 'a', 1)",
            );
            const expected = ["2026-01-01 10:30:00"];
            assert.deepEqual(await timesOf(bench, "select ts, views as v from events", berlin), expected);
            assert.deepEqual(await timesOf(bench, "select instant as ts, views as v from events", berlin), expected);
        });

        it("writes bounds as the timestamp's own clock shows them", async () => {
            const bounded = (column: string): string =>
                `select ${column} as ts, views as v from events where ${column} >= {{start}} and ${column} < {{end}}`;
            for (const column of ["ts", "instant"]) {
                assert.deepEqual(await timesOf(bench, bounded(column), berlin), ["2026-01-01 10:30:00"], column);
            }
        });

        it("follows the clock of a zone through its changes, without the server's table of zones", async () => {
            const clock = (...times: string[]): string =>
                times.map((time) => `select timestamp '${time}' as ts, 1 as v`).join(" union all ");
            const window = { start: Date.parse("2026-03-29T00:00:00Z"), end: Date.parse("2026-10-26T00:00:00Z") };
            const query = clock(
                "2026-03-29 01:59:59",
                "2026-03-29 03:00:00",
                "2026-07-01 12:00:00",
                "2026-10-25 01:59:59",
                "2026-10-25 03:00:00",
            );
            const extraction = extractionOf({ window, spec: { ...values, query, ...berlin } });
            await bench.extractor().start(extraction);
            const text = (await bench.store.get(`${extraction.prefix}rows.csv`))?.body.toString() ?? "";
            assert.deepEqual(text.trimEnd().split("\n").slice(1), [
                "2026-03-29 00:59:59,1",
                "2026-03-29 01:00:00,1",
                "2026-07-01 10:00:00,1",
                "2026-10-24 23:59:59,1",
                "2026-10-25 02:00:00,1",
            ]);
        });

        it("reads text by its format: ISO 8601 with and without offset, patterns, seconds and milliseconds", async () => {
            const iso = [
                "2026-01-01 10:30:00",
                "2026-01-01T10:30:00Z",
                "2026-01-01T12:30:00.999+02:00",
                "2026-01-01 05:30:00-0500",
                "2026-01-01T10:30",
            ];
            for (const text of iso) {
                assert.match(
                    (await timesOf(bench, `select '${text}' as ts, 1 as v`))[0] ?? "",
                    /^2026-01-01 10:30:00$/,
                    text,
                );
            }
            const format = (pattern: string): object => ({ timestamp: { column: "ts", format: pattern } });
            assert.deepEqual(
                await timesOf(bench, "select '01.01.2026 10:30' as ts, 1 as v", format("dd.MM.yyyy HH:mm")),
                ["2026-01-01 10:30:00"],
            );
            assert.deepEqual(
                await timesOf(bench, "select 'Jan 1 2026 10:30:00 AM' as ts, 1 as v", format("MMM d yyyy hh:mm:ss a")),
                ["2026-01-01 10:30:00"],
            );
            for (const number of ["1767263400", "1767263400999", "'1767263400'"]) {
                assert.deepEqual(await timesOf(bench, `select ${number} as ts, 1 as v`, format("UNIX")), [
                    "2026-01-01 10:30:00",
                ]);
            }
        });

        it("lets a text that is no time fail the window, and loses no row by it", async () => {
            const text = await bench.extract({
                ...values,
                query: "select 'soon' as ts, 1 as v union all select '2026-01-01 10:00:00', 2",
            });
            assert.deepEqual(text.trimEnd().split("\n").slice(1).sort(), [",1", "2026-01-01 10:00:00,2"]);
            const numbers = await bench.extract({
                ...values,
                query: "select 'soon' as ts, 1 as v union all select '1767261600', 2",
                timestamp: { column: "ts", format: "UNIX" },
            });
            assert.deepEqual(numbers.trimEnd().split("\n").slice(1).sort(), [",1", "2026-01-01 10:00:00,2"]);
        });

        it("passes dates of zeroes over", async () => {
            await bench.server.exec(
                "use shop; set sql_mode = ''; create or replace table odd (ts datetime, v int); " +
                    "insert into odd values ('0000-00-00', 1), ('2026-00-00', 2), ('2026-01-01 10:00:00', 3), ('9999-12-31', 4)",
            );
            for (const zone of [{}, berlin]) {
                const window = {
                    start: Date.parse("2026-01-01T09:00:00Z"),
                    end: Date.parse("2026-01-01T11:00:00Z"),
                };
                const extraction = extractionOf({
                    window,
                    spec: { ...values, query: "select ts, v from odd", ...zone },
                });
                await bench.extractor().start(extraction);
                const text = (await bench.store.get(`${extraction.prefix}rows.csv`))?.body.toString() ?? "";
                assert.match(text, /^ts,v\n[^\n]*,3\n$/);
            }
        });

        it("refuses a column that is no time, by the key", async () => {
            await assert.rejects(bench.extract({ ...values, query: "select 5 as ts, 1 as v" }), {
                name: "ConfigError",
                message: /lookout:detectors\.orders\.timestamp\.column: is of the type INT; expected TIMESTAMP/,
            });
        });
    });
}
