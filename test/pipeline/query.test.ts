import assert from "node:assert/strict";
import { QueryError } from "../../errors";
import { type Dialect, findQueryProblem, generationOf, queryHash, renderWindowed } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";

const window = { start: Date.parse("2026-01-31T23:00:00Z"), end: Date.parse("2026-02-01T00:00:00Z") };
const dialect: Dialect = {
    literal: (instant) => `TIMESTAMP '${new Date(instant).toISOString().slice(0, 19).replace("T", " ")}'`,
    identifier: (name) => `"${name}"`,
};
const start = "TIMESTAMP '2026-01-31 23:00:00'";
const end = "TIMESTAMP '2026-02-01 00:00:00'";

const spec: ExtractionSpec = {
    source: "warehouse",
    query: "select ts, views from t",
    interval: "PT1H",
    timeZone: "UTC",
    sourceTimeZone: "UTC",
    timestamp: { column: "ts", format: "yyyy-MM-dd HH:mm:ss" },
    dimensions: ["platform"],
    measures: [{ name: "views", aggregation: "SUM" }],
    history: { last: "P90D" },
    chunk: "P30D",
};

describe("pipeline/query", () => {
    describe("renderWindowed", () => {
        it("puts typed literals in place of both placeholders, wherever they stand", () => {
            assert.deepEqual(
                renderWindowed("select {{end}} from t where {{start}} <= ts and ts < {{end}}", window, dialect),
                { sql: `select ${end} from t where ${start} <= ts and ts < ${end}`, bounded: true },
            );
        });

        it("leaves a query without placeholders as it is and says that it is unbounded", () => {
            const query = "select '{{' || a, \"b\" -- }}\nfrom t";
            assert.deepEqual(renderWindowed(query, window, dialect), { sql: query, bounded: false });
        });

        it("does not take a placeholder in a comment for a bound", () => {
            const query = "select a from t -- where ts >= {{start}} and ts < {{end}}";
            assert.deepEqual(renderWindowed(query, window, dialect), { sql: query, bounded: false });
        });

        it("keeps quotes, dollar signs and backslashes of the query untouched", () => {
            const query = "select 'it''s $& \\d', E'\\'', $$a'b$$ from t where ts >= {{start}} and ts < {{end}}";
            assert.equal(
                renderWindowed(query, window, dialect).sql,
                query.replace("{{start}}", () => start).replace("{{end}}", () => end),
            );
        });

        it("refuses one placeholder without the other", () => {
            assert.throws(
                () => renderWindowed("select a from t where ts > {{start}}", window, dialect),
                (error) => error instanceof QueryError && /has \{\{start\}\} and no \{\{end\}\}/.test(error.message),
            );
        });

        it("refuses a placeholder between quotes, which would not become a bound", () => {
            assert.throws(
                () => renderWindowed("select a where ts > '{{start}}' and ts < '{{end}}'", window, dialect),
                QueryError,
            );
        });
    });

    describe("findQueryProblem", () => {
        const fit: readonly [what: string, query: string][] = [
            ["a plain query", "select a from t"],
            ["a WITH query", "WITH x AS (SELECT 1 AS a) SELECT a FROM x"],
            ["parentheses around a union", "(select 1) union all (select 2)"],
            ["leading comments", "-- what it does\n/* and why */ select 1"],
            ["a semicolon in a literal", "select ';' from t"],
            ["a semicolon behind a doubled quote", "select 'it''s; fine' from t"],
            ["a semicolon in a quoted name", 'select "a;b" from t'],
            ["a semicolon in a doubled quoted name", 'select "a"";b" from t'],
            ["a semicolon in a line comment", "select 1 -- done;\nfrom t"],
            ["a semicolon in a line comment at the end", "select 1 -- done;"],
            ["a semicolon in a nested comment", "select 1 /* a /* b; */ c; */ from t"],
            ["a semicolon between dollar quotes", "select $$a;b$$"],
            ["a semicolon between tagged dollar quotes", "select $tag$a;$$;b$tag$"],
            ["a comment mark in a literal", "select '--', '/*' from t"],
            ["a quote in a comment", "select 1 -- don't\nfrom t"],
            ["an escaped quote in an E literal", "select E'it\\'s; fine' from t"],
            ["a backslash at the end of an escaped pair", "select 'C:\\\\' from t"],
            ["a backslash within a literal", "select '\\d+;' from t"],
            ["a dollar sign within a name", "select a$b$c from t"],
            ["both placeholders", "select a from t where ts >= {{start}} and ts < {{end}}"],
            ["a limit of a subquery", "select a from (select a from t limit 5) x"],
            ["a column named as a clause", 'select t.limit, "limit" from t'],
            ["CRLF line ends", "select a\r\nfrom t\r\n"],
            ["text of other scripts", "select größe, 'Größe; 大きさ 🙂' from läden"],
        ];
        for (const [what, query] of fit) {
            it(`finds nothing wrong with ${what}`, () => {
                assert.equal(findQueryProblem(query), undefined);
            });
        }

        const unfit: readonly [what: string, query: string, problem: RegExp][] = [
            ["nothing", "", /is empty/],
            ["blanks and comments alone", " \n-- nothing\n/* here */", /is empty/],
            ["a semicolon at the end", "select 1;", /has a ";" on line 1/],
            ["two statements", "select 1\n; drop table t", /has a ";" on line 2/],
            ["a semicolon behind a comment that ends", "select 1 /* a */ ; select 2", /";"/],
            ["a semicolon behind a line comment", "select 1 -- a\n; select 2", /";" on line 2/],
            ["a semicolon behind dollar quotes", "select $$a$$; select 2", /";"/],
            ["another statement", "delete from t", /begins with "delete"; it must be a SELECT/],
            ["a literal that never ends", "select 1,\n 'abc", /the literal that begins on line 2 never ends/],
            ["a quoted name that never ends", 'select "abc', /the identifier that begins on line 1 never ends/],
            ["a comment that never ends", "select 1 /* a /* b */", /the comment that begins on line 1 never ends/],
            ["dollar quotes that never end", "select $a$ b $$", /the literal .* never ends/],
            ["a backslash before a quote", "select 'it\\'s'", /backslash before a quote.*write '' for a quote/],
            ["a statement hidden by a backslash", "select 'a\\'; drop table t; --'", /backslash before a quote/],
            [
                "a parenthesis too many, which would break out of a wrap",
                "select 1) q, (select 2",
                /the "\)" on line 1 closes nothing/,
            ],
            ["a parenthesis too few", "select (1\nfrom t", /the "\(" on line 1 is never closed/],
            ["an outermost LIMIT", "select a from t\nlimit 5", /LIMIT on line 2/],
            ["an outermost FETCH FIRST", "select a from t fetch first 5 rows only", /FETCH on line 1/],
            ["an outermost TOP", "select top 5 a from t", /TOP on line 1/],
            ["a start without an end", "select a where ts > {{start}}", /has \{\{start\}\} and no \{\{end\}\}/],
            ["an end without a start", "select a where ts < {{end}}", /has \{\{end\}\} and no \{\{start\}\}/],
            ["a start in code and an end in a comment", "select {{start}} -- {{end}}", /no \{\{end\}\}/],
            ["an unknown placeholder", "select {{begin}}, {{end}}", /"\{\{begin\}\}" on line 1 is no placeholder/],
            [
                "a placeholder between quotes",
                "select a where ts > '{{start}}' and ts < '{{end}}'",
                /between quotes on line 1/,
            ],
        ];
        for (const [what, query, problem] of unfit) {
            it(`finds ${what}`, () => {
                assert.match(findQueryProblem(query) ?? "nothing", problem);
            });
        }

        it("takes a query of 100,000 characters, and an unterminated one, in linear time", () => {
            const long = `select '${"x''".repeat(33_000)}'`;
            assert.equal(findQueryProblem(long), undefined);
            assert.match(findQueryProblem(long.slice(0, -1)) ?? "", /never ends/);
        });
    });

    describe("generationOf", () => {
        const generation = generationOf(spec);

        it("is ten hexadecimal digits, the same whenever it is asked", () => {
            assert.match(generation, /^[0-9a-f]{10}$/);
            assert.equal(generationOf(structuredClone(spec)), generation);
        });

        it("does not depend on the order of the spec's keys", () => {
            const reversed = Object.fromEntries(Object.entries(spec).reverse()) as ExtractionSpec;
            assert.equal(generationOf(reversed), generation);
        });

        it("does not change with line ends or blanks around the query", () => {
            const lines = { ...spec, query: "select ts\nfrom t" };
            assert.equal(generationOf({ ...spec, query: "\n select ts\r\nfrom t \n" }), generationOf(lines));
        });

        const changes: readonly [what: string, change: Partial<ExtractionSpec>][] = [
            ["query", { query: "select ts, views from u" }],
            ["source", { source: "other" }],
            ["interval", { interval: "PT5M" }],
            ["time zone", { timeZone: "Europe/Berlin" }],
            ["source's time zone", { sourceTimeZone: "Europe/Berlin" }],
            ["timestamp column", { timestamp: { column: "at", format: "yyyy-MM-dd HH:mm:ss" } }],
            ["timestamp format", { timestamp: { column: "ts", format: "UNIX" } }],
            ["dimensions", { dimensions: [] }],
            ["measures", { measures: [{ name: "clicks", aggregation: "SUM" }] }],
            ["aggregation", { measures: [{ name: "views", aggregation: "AVG" }] }],
            ["history", { history: { from: "2026-01-01" } }],
            ["chunk", { chunk: "P7D" }],
        ];
        for (const [what, change] of changes) {
            it(`changes with the ${what}`, () => {
                assert.notEqual(generationOf({ ...spec, ...change }), generation);
            });
        }
    });

    describe("queryHash", () => {
        it("is the first sixteen digits of SHA-256", () => {
            assert.equal(queryHash("abc"), "ba7816bf8f01cfea");
        });
    });
});
