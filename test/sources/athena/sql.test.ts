import assert from "node:assert/strict";
import { ConfigError, QueryError } from "../../../errors";
import { selectColumns, selectWindow } from "../../../sources/athena/sql";
import { quoteIdentifier } from "../../../sources/sql/quoting";
import { findTimestampFormat } from "../../../sources/athena/timestamp";
import { specOf } from "../../support/specs";

const start = Date.parse("2026-07-01T10:00:00Z");
const window = { start, end: start + 3_600_000 };

describe("sources/athena/sql", () => {
    it("bounds a query from outside, which may end in a comment", () => {
        const sql = selectWindow(specOf({ query: "select ts, platform, views from events -- all" }), window);
        assert.match(
            sql,
            /^select format_datetime\(r\.lookout_instant, 'yyyy-MM-dd HH:mm:ss'\) as "ts", r\."platform" as "platform", /,
        );
        assert.match(sql, / from \(\nselect ts, platform, views from events -- all\n\) q where .*\) r where /);
        assert.match(
            sql,
            /where r\.lookout_instant >= TIMESTAMP '2026-07-01 10:00:00' and r\.lookout_instant < TIMESTAMP '2026-07-01 11:00:00'$/,
        );
    });

    it("compares a column with the days around the window first, as text, which fits times and ISO text alike", () => {
        const sql = selectWindow(specOf(), window);
        assert.ok(
            sql.includes(
                `q where cast(q."ts" as varchar) >= '2026-06-30' and cast(q."ts" as varchar) < '2026-07-03') r where`,
            ),
        );
        const bounded = "select ts, platform, views from events where ts >= {{start}} and ts < {{end}}";
        assert.doesNotMatch(selectWindow(specOf({ query: bounded }), window), /q where/);
    });

    it("compares a number first with the window in seconds and in milliseconds, and text of another format not at all", () => {
        const unix = selectWindow(specOf({ timestamp: { column: "ts", format: "UNIX" } }), window);
        const [from, to] = [start / 1000 - 1, window.end / 1000 + 1];
        assert.ok(unix.includes(`(cast(q."ts" as double) >= ${from} and cast(q."ts" as double) < ${to} or `));
        assert.ok(unix.includes(`or cast(q."ts" as double) >= ${from}000 and cast(q."ts" as double) < ${to}000)) r`));
        const text = selectWindow(specOf({ timestamp: { column: "ts", format: "dd.MM.yyyy HH:mm" } }), window);
        assert.match(text, /\) q\) r where r\.lookout_instant >= /);
    });

    it("writes the bounds that a query asks for as the source's clock shows them, on either side of a change", () => {
        const query = "select ts, platform, views from events where ts >= {{start}} and ts < {{end}}";
        const spec = specOf({ query, sourceTimeZone: "Europe/Berlin" });
        assert.match(
            selectWindow(spec, window),
            /ts >= TIMESTAMP '2026-07-01 12:00:00' and ts < TIMESTAMP '2026-07-01 13:00:00'/,
        );
        const autumn = Date.parse("2026-10-25T00:00:00Z");
        assert.match(
            selectWindow(spec, { start: autumn, end: autumn + 7_200_000 }),
            /ts >= TIMESTAMP '2026-10-25 02:00:00' and ts < TIMESTAMP '2026-10-25 03:00:00'/,
        );
        assert.doesNotMatch(selectWindow(spec, window), /where r\.lookout_instant/);
    });

    it("refuses one bound without the other", () => {
        const spec = specOf({ query: "select ts, platform, views from events where ts >= {{start}}" });
        assert.throws(() => selectWindow(spec, window), QueryError);
    });

    it("asks for a query's columns without its rows", () => {
        assert.equal(
            selectColumns(specOf()),
            "select * from (\nselect ts, platform, views from events\n) q where 1 = 0",
        );
    });

    it("lets no name end its quotes, and no zone its literal", () => {
        assert.equal(quoteIdentifier('a"b'), '"a""b"');
        assert.throws(() => selectWindow(specOf({ sourceTimeZone: "UTC' or '1" }), window), Error);
    });
});

describe("sources/athena/timestamp", () => {
    it("hands Java's patterns on, and text in quotes doubly quoted", () => {
        assert.deepEqual(findTimestampFormat("DD.MM.yyyy HH:mm"), { kind: "text", pattern: "dd.MM.yyyy HH:mm" });
        assert.deepEqual(findTimestampFormat("MMM dd yyyy 'at' hh:mm a"), {
            kind: "text",
            pattern: "MMM dd yyyy ''at'' hh:mm a",
        });
        assert.deepEqual(findTimestampFormat("yyyy-MM-dd'T'HH:mm:ss.SSSXXX"), { kind: "iso" });
        assert.deepEqual(findTimestampFormat("UNIX"), { kind: "unix" });
    });

    it("refuses what it cannot read", () => {
        for (const format of ["yyyy-ww", "dd 'HH", "yyyy;MM"]) {
            assert.throws(() => findTimestampFormat(format), ConfigError, format);
        }
    });
});
