import assert from "node:assert/strict";
import { smallConfig } from "../support/rawConfig";
import { malformedDetectors } from "./malformed/detectors";
import { malformedAlerts } from "./malformed/alerts";
import { malformedStack } from "./malformed/stack";
import { malformedSources } from "./malformed/sources";
import { lambda, type Malformed, onlyProblem, parsed, problemsOf, sns, withDetector } from "./parsing";

describe("config/parse", () => {
    it("fills in every default, each where it is documented", () => {
        const { detectors, detection, operations, keepData, sources } = parsed(smallConfig());
        assert.deepEqual(detectors.orders, {
            name: "orders",
            source: "warehouse",
            description: "",
            interval: "PT1H",
            query: "select ts, revenue, views, platform from orders where ts >= {{start}} and ts < {{end}}",
            timestamp: { column: "ts", format: "yyyy-MM-dd HH:mm:ss" },
            timeZone: "UTC",
            dimensions: ["platform"],
            measures: [
                { name: "revenue", aggregation: "SUM" },
                { name: "views", aggregation: "AVG" },
            ],
            offsetSeconds: 300,
            latenessSeconds: 0,
            history: { last: "P90D" },
            chunk: "P30D",
            alerts: {},
            options: { measures: {}, events: [] },
        });
        assert.deepEqual(detection, { endpoint: "", retentionDays: 800, allowedRoles: [], consoleUrl: "" });
        assert.deepEqual(operations, { monitoring: true, logRetentionDays: 30 });
        assert.equal(keepData, true);
        assert.deepEqual(sources.warehouse, {
            type: "redshift",
            secret: "shop",
            sourceTimeZone: "UTC",
            maxConcurrentStatements: 2,
        });
    });

    it("takes a stack without sources and detectors, and keys with nothing behind them", () => {
        assert.deepEqual(parsed({}).detectors, {});
        assert.deepEqual(
            parsed({ sources: null, detectors: null, operations: null, keepData: null }).operations.email,
            undefined,
        );
        assert.equal(parsed(withDetector({ alerts: null, lateness: null })).detectors.orders?.latenessSeconds, 0);
    });

    it("refuses more detectors than a bucket has rules for, before AWS does half way through", () => {
        const { sources, detectors } = smallConfig();
        const many = (count: number) =>
            Object.fromEntries(Array.from({ length: count }, (_, index) => [`d${index}`, detectors.orders]));
        assert.equal(Object.keys(parsed({ sources, detectors: many(499) }).detectors).length, 499);
        const found = onlyProblem({ sources, detectors: many(500) });
        assert.equal(found.key, "lookout:detectors");
        assert.match(found.finding, /^has 500 entries; expected at most 499 in a stack/);
    });

    it("takes any number of detectors", () => {
        const { sources, detectors } = smallConfig();
        const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`d${index}`, detectors.orders]));
        assert.equal(Object.keys(parsed({ sources, detectors: many }).detectors).length, 300);
    });

    it("turns ISO durations into seconds", () => {
        const { orders } = parsed(withDetector({ offset: "PT1H30M", lateness: "PT2H" })).detectors;
        assert.deepEqual([orders?.offsetSeconds, orders?.latenessSeconds], [5400, 7200]);
    });

    it("takes the limits themselves", () => {
        const limits = {
            offset: "P5D",
            lateness: "PT40H",
            description: "x".repeat(256),
            dimensions: Array.from({ length: 20 }, (_, index) => `d${index}`),
            measures: Array.from({ length: 100 }, (_, index) => ({ name: `m${index}`, aggregation: "SUM" })),
            timestamp: { column: "t".repeat(63) },
        };
        assert.deepEqual(problemsOf(withDetector(limits)), []);
    });

    for (const interval of ["PT5M", "PT10M", "PT1H", "P1D"]) {
        it(`takes the interval ${interval}`, () => {
            assert.equal(parsed(withDetector({ interval })).detectors.orders?.interval, interval);
        });
    }

    it("takes the first day of history, also as YAML readers that know dates hand it on", () => {
        for (const from of ["2026-01-01", "2026-01-01T00:00:00Z"]) {
            const { orders } = parsed(withDetector({ history: { from, chunk: "P7D" } })).detectors;
            assert.deepEqual([orders?.history, orders?.chunk], [{ from: "2026-01-01" }, "P7D"]);
        }
    });

    it("takes a zone of its own, for days and for hours", () => {
        const daily = {
            interval: "P1D",
            timeZone: "America/Santiago",
            timestamp: { column: "day", format: "yyyy-MM-dd" },
        };
        assert.equal(parsed(withDetector(daily)).detectors.orders?.timeZone, "America/Santiago");
        const hourly = parsed(withDetector({ timeZone: "Europe/Berlin" })).detectors.orders;
        assert.deepEqual([hourly?.interval, hourly?.timeZone], ["PT1H", "Europe/Berlin"]);
    });

    for (const format of [
        "UNIX",
        "yyyy-MM-dd HH:mm",
        "dd.MM.yyyy HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
        "MM/dd/yyyy hh:mm:ss a",
    ]) {
        it(`takes the timestamp format ${format}`, () => {
            assert.deepEqual(problemsOf(withDetector({ timestamp: { column: "ts", format } })), []);
        });
    }

    it("takes alerts for a topic and for a function, all of them validated", () => {
        const { orders } = parsed(
            withDetector({
                alerts: {
                    oncall: {
                        threshold: 0,
                        sns,
                        format: "SHORT_TEXT",
                        measures: ["revenue"],
                        dimensions: { platform: ["web"] },
                    },
                    robot: { threshold: 100, lambda },
                },
            }),
        ).detectors;
        assert.deepEqual(orders?.alerts, {
            oncall: {
                threshold: 0,
                sns,
                format: "SHORT_TEXT",
                measures: ["revenue"],
                dimensions: { platform: ["web"] },
            },
            robot: { threshold: 100, lambda, measures: [], dimensions: {} },
        });
    });

    describe("a query", () => {
        it("is read from a path that ends in .sql", () => {
            const read: string[] = [];
            const config = parsed(withDetector({ query: "queries/orders.sql" }), (file) => {
                read.push(file);
                return "\uFEFFselect ts, revenue, views, platform from orders\n";
            });
            assert.deepEqual(read, ["queries/orders.sql"]);
            assert.equal(config.detectors.orders?.query, "select ts, revenue, views, platform from orders\n");
        });

        for (const query of [
            "select ts from archive.sql",
            "with a as (select 1) select * from sql.sql",
            "select ts\nfrom my.sql",
        ]) {
            it(`is taken as it is when it is SQL: ${JSON.stringify(query)}`, () => {
                assert.equal(parsed(withDetector({ query })).detectors.orders?.query, query);
            });
        }

        it("whose file is missing is reported with the path", () => {
            const { key, finding, fix } = onlyProblem(withDetector({ query: "queries/nothing.sql" }));
            assert.equal(key, "lookout:detectors.orders.query");
            assert.match(finding, /^"queries\/nothing\.sql" cannot be read \(there is no such file\); expected/);
            assert.ok(fix);
        });

        it("that cannot be extracted is reported with the file to correct", () => {
            const { finding, fix } = onlyProblem(withDetector({ query: "q.sql" }), () => "select 1;\n");
            assert.match(finding, /has a ";" on line 1/);
            assert.equal(fix, "correct q.sql");
        });

        it("that would not fit into a statement is reported, quotes counted twice", () => {
            const query = (quotes: number): string => `select '${"''".repeat(quotes)}'`;
            assert.deepEqual(problemsOf(withDetector({ query: query(20_000) })), []);
            assert.match(
                onlyProblem(withDetector({ query: query(30_000) })).finding,
                /has 12\d+ bytes .* at most 96000/,
            );
        });
    });

    const malformed: readonly Malformed[] = [
        ...malformedDetectors,
        ...malformedAlerts,
        ...malformedStack,
        ...malformedSources,
    ];
    for (const [what, raw, key, finding, fix] of malformed) {
        it(`reports ${what}, once, with key, finding, expectation and remedy`, () => {
            const found = onlyProblem(raw);
            assert.equal(found.key, key);
            assertText(found.finding, finding);
            assertText(found.fix ?? "", fix);
        });
    }

    it("reports every problem of the whole configuration in one error", () => {
        const raw = withDetector({ interval: "PT7M", source: "nowhere", query: "select 1;", offset: "5m" });
        const problems = problemsOf({
            ...raw,
            sources: { s: { type: "oracle" } },
            keepData: 3,
            operations: { mail: "x" },
        });
        assert.deepEqual(
            problems.map(({ key }) => key),
            [
                "lookout:sources.s.type",
                "lookout:detectors.orders.interval",
                "lookout:detectors.orders.offset",
                "lookout:detectors.orders.query",
                "lookout:detectors.orders.source",
                "lookout:operations.mail",
                "lookout:keepData",
            ],
        );
    });

    it("prints each problem on a line of its own with its fix below", () => {
        assert.throws(() => parsed(withDetector({ interval: "PT7M", offset: "5m" })), {
            name: "ConfigError",
            message:
                'lookout:detectors.orders.interval: "PT7M" is not an interval; expected one of PT5M, PT10M, PT1H, P1D.\n' +
                "  Fix: pulumi config set --path 'lookout:detectors.orders.interval' PT1H\n" +
                'lookout:detectors.orders.offset: "5m" is not a duration that fits; expected ISO 8601 from PT0S to P5D, such as PT5M.\n' +
                "  Fix: pulumi config set --path 'lookout:detectors.orders.offset' PT5M",
        });
    });

    it("does not hold a source's own faults against its detectors", () => {
        const raw = { ...smallConfig(), sources: { warehouse: { type: "oracle" } } };
        assert.equal(onlyProblem(raw).key, "lookout:sources.warehouse.type");
    });

    it("never shows the value of a key that it does not know, which may be a password", () => {
        const raw = { sources: { warehouse: { type: "redshift", secret: "shop", password: "hunter2" } } };
        assert.throws(
            () => parsed(raw),
            (error: Error) => {
                assert.match(error.message, /password: is not a known key/);
                assert.doesNotMatch(error.message, /hunter2/);
                return true;
            },
        );
    });

    it("gives every problem a remedy", () => {
        for (const [, raw] of malformed) {
            assert.ok(problemsOf(raw).every(({ fix }) => fix !== undefined && fix !== ""));
        }
    });
});

function assertText(text: string, expected: string | RegExp): void {
    if (typeof expected === "string") {
        assert.equal(text, expected);
    } else {
        assert.match(text, expected);
    }
}
