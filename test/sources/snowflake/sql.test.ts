import assert from "node:assert/strict";
import { ConfigError } from "../../../errors";
import { copyStatement, quoteText, selectColumns, selectWindow } from "../../../sources/snowflake/sql";
import { findTimestampFormat } from "../../../sources/snowflake/timestamp";
import { specOf } from "../../support/specs";

const start = Date.parse("2026-07-01T10:00:00Z");
const window = { start, end: start + 3_600_000 };

describe("sources/snowflake/sql", () => {
    it("bounds a query from outside, and takes its columns in upper case", () => {
        const sql = selectWindow(specOf({ query: "select ts, platform, views from events -- all" }), window);
        assert.equal(
            sql,
            `select to_char(r.lookout_instant, 'YYYY-MM-DD HH24:MI:SS') as "ts", r."platform" as "platform", r."views" as "views" ` +
                `from (select date_trunc('second', cast(convert_timezone('UTC', cast(q."TS" as timestamp_tz)) as timestamp_ntz)) as lookout_instant, ` +
                `q."PLATFORM" as "platform", q."VIEWS" as "views" from (\nselect ts, platform, views from events -- all\n) q ` +
                `where cast(q."TS" as timestamp_ntz) >= cast('2026-06-30 08:00:00' as timestamp_ntz) and cast(q."TS" as timestamp_ntz) < cast('2026-07-02 13:00:00' as timestamp_ntz)) r ` +
                `where r.lookout_instant >= cast('2026-07-01 10:00:00' as timestamp_ntz) and r.lookout_instant < cast('2026-07-01 11:00:00' as timestamp_ntz)`,
        );
    });

    it("compares a number first with the window in seconds and in milliseconds, and text of another format not at all", () => {
        const unix = selectWindow(specOf({ timestamp: { column: "ts", format: "UNIX" } }), window);
        const [from, to] = [start / 1000 - 1, window.end / 1000 + 1];
        assert.ok(unix.includes(`(cast(q."TS" as double) >= ${from} and cast(q."TS" as double) < ${to} or `));
        assert.ok(unix.includes(`or cast(q."TS" as double) >= ${from}000 and cast(q."TS" as double) < ${to}000)) r`));
        const text = selectWindow(specOf({ timestamp: { column: "ts", format: "dd.MM.yyyy HH:mm" } }), window);
        assert.match(text, /\) q\) r where r\.lookout_instant >= /);
    });

    it("writes the bounds that a query asks for as the source's clock shows them", () => {
        const query = "select ts, platform, views from events where ts >= {{start}} and ts < {{end}}";
        const sql = selectWindow(specOf({ query, sourceTimeZone: "Europe/Berlin" }), window);
        assert.match(sql, /ts >= cast\('2026-07-01 12:00:00' as timestamp_ntz\) and ts < cast\('2026-07-01 13:00:00'/);
        assert.doesNotMatch(sql, /where r\.lookout_instant/);
    });

    it("asks for a query's columns without its rows", () => {
        assert.equal(
            selectColumns(specOf()),
            "select * from (\nselect ts, platform, views from events\n) q where 1 = 0",
        );
    });

    it("lets Snowflake quote, escape, compress and overwrite nothing, and name its files for the statement", () => {
        const target = { spec: specOf(), window, bucket: "metrics", prefix: "a/live/b/" };
        const [into, , integration, format, ...options] = copyStatement({ ...target, storageIntegration: "LOOKOUT" })
            .split("\n")
            .filter((line) => /^(COPY|FROM|[A-Z_]+ = )/.test(line));
        assert.equal(into, "COPY INTO 's3://metrics/a/live/b/'");
        assert.equal(integration, "STORAGE_INTEGRATION = LOOKOUT");
        assert.equal(
            format,
            "FILE_FORMAT = (TYPE = CSV COMPRESSION = NONE FIELD_DELIMITER = ',' RECORD_DELIMITER = '\\n' FIELD_OPTIONALLY_ENCLOSED_BY = NONE " +
                "ESCAPE = NONE ESCAPE_UNENCLOSED_FIELD = NONE EMPTY_FIELD_AS_NULL = FALSE)",
        );
        assert.deepEqual(options, ["HEADER = TRUE", "INCLUDE_QUERY_ID = TRUE", "MAX_FILE_SIZE = 5368709120"]);
    });

    it("writes through a stage without naming an integration", () => {
        const sql = copyStatement({ spec: specOf(), window, bucket: "metrics", prefix: "a/", stage: "S.P.LOOKOUT" });
        assert.match(sql, /^COPY INTO '@S\.P\.LOOKOUT\/a\/'\nFROM \(/);
        assert.doesNotMatch(sql, /STORAGE_INTEGRATION/);
    });

    it("doubles what would end a literal or escape in it", () => {
        assert.equal(quoteText("it's a \\ here"), "'it''s a \\\\ here'");
    });
});

describe("sources/snowflake/timestamp", () => {
    it("translates Java's patterns into Snowflake's", () => {
        assert.deepEqual(findTimestampFormat("dd.MM.yyyy HH:mm:ss.SSS"), {
            kind: "text",
            pattern: "DD.MM.YYYY HH24:MI:SS.FF3",
        });
        assert.deepEqual(findTimestampFormat("MMM dd yyyy 'at' hh:mm a"), {
            kind: "text",
            pattern: 'MON DD YYYY "at" HH12:MI AM',
        });
        assert.deepEqual(findTimestampFormat("yyyy-MM-dd'T'HH:mm:ssXXX"), { kind: "iso" });
    });

    it("refuses what it cannot read, and text that would end the literal", () => {
        for (const format of ["yyyy-ww", "dd 'HH", "yyyy 'a\"b'"]) {
            assert.throws(() => findTimestampFormat(format), ConfigError, format);
        }
    });
});
