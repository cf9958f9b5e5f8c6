import assert from "node:assert/strict";
import { parseConfig } from "../../config/parse";
import type { Config } from "../../config/schema";
import { ConfigError, type Problem } from "../../errors";
import { deployHalves } from "../../sources/deploy";
import { type RawMap, smallConfig } from "../support/rawConfig";

const noFiles = (file: string): string => {
    throw Object.assign(new Error(`no ${file}`), { code: "ENOENT" });
};

const parsed = (raw: RawMap, readQuery = noFiles): Config => parseConfig(raw, readQuery);

function problemsOf(raw: RawMap, readQuery = noFiles): readonly Problem[] {
    try {
        parseConfig(raw, readQuery);
    } catch (error) {
        assert.ok(error instanceof ConfigError, String(error));
        return error.problems;
    }
    return [];
}

/** The small configuration with some keys of its detector changed; null takes a key away. */
function withDetector(change: RawMap): RawMap {
    const raw = smallConfig();
    return { ...raw, detectors: { orders: { ...raw.detectors.orders, ...change } } };
}

/** The one problem of a configuration. */
function onlyProblem(raw: RawMap, readQuery = noFiles): Problem {
    const problems = problemsOf(raw, readQuery);
    assert.equal(
        problems.length,
        1,
        problems.map(({ key, finding }) => `${key}: ${finding}`).join("\n") || "no problem",
    );
    return problems[0] as Problem;
}

const sns = "arn:aws:sns:us-east-1:123456789012:oncall";
const lambda = "arn:aws:lambda:eu-west-1:123456789012:function:oncall";
const alerts = (alert: RawMap): RawMap => withDetector({ alerts: { oncall: alert } });

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

    /** What is wrong, the key that is named, what is said of it and the remedy. */
    const malformed: readonly [
        what: string,
        raw: RawMap,
        key: string,
        finding: string | RegExp,
        fix: string | RegExp,
    ][] = [
        [
            "an interval that the service does not have",
            withDetector({ interval: "PT7M" }),
            "lookout:detectors.orders.interval",
            '"PT7M" is not an interval; expected one of PT5M, PT10M, PT1H, P1D',
            "pulumi config set --path 'lookout:detectors.orders.interval' PT1H",
        ],
        [
            "a key that is missing",
            withDetector({ interval: null }),
            "lookout:detectors.orders.interval",
            "is missing; expected one of PT5M, PT10M, PT1H, P1D",
            "pulumi config set --path 'lookout:detectors.orders.interval' PT1H",
        ],
        [
            "a misspelled key of a detector",
            withDetector({ lattency: "PT5M" }),
            "lookout:detectors.orders.lattency",
            /^is not a known key; nearest is lateness, expected one of source, .*detectorName$/,
            /write lateness instead of lattency/,
        ],
        [
            "a misspelled key deep inside",
            alerts({ threshold: 70, sns, measure: ["revenue"] }),
            "lookout:detectors.orders.alerts.oncall.measure",
            /nearest is measures/,
            /write measures/,
        ],
        [
            "a misspelled key of the namespace",
            { ...smallConfig(), detector: {} },
            "lookout:detector",
            "is not a known key; nearest is detectors, expected one of sources, detectors, detection, storage, operations, tags, keepData",
            /write detectors/,
        ],
        [
            "a misspelled key of a source",
            { sources: { warehouse: { type: "redshift", secret: "shop", dbuser: "x" } } },
            "lookout:sources.warehouse.dbuser",
            /nearest is dbUser/,
            /write dbUser/,
        ],
        [
            "a password in the configuration",
            {
                sources: {
                    app: {
                        type: "postgres",
                        host: "db.example.com",
                        database: "shop",
                        user: "app",
                        password: "hunter2",
                    },
                },
            },
            "lookout:sources.app.password",
            /^is not a known key, (?!.*hunter2).*; expected secret, the name of a secret in Secrets Manager/,
            /write the secret's name as secret, and remove password$/,
        ],
        [
            "a source type that nobody knows",
            { sources: { warehouse: { type: "redshfit" } } },
            "lookout:sources.warehouse.type",
            `"redshfit" is not a source type; expected one of ${Object.keys(deployHalves).join(", ")}`,
            "pulumi config set --path 'lookout:sources.warehouse.type' redshift",
        ],
        [
            "a source without a type",
            { sources: { warehouse: { secret: "shop" } } },
            "lookout:sources.warehouse.type",
            `is missing; expected one of ${Object.keys(deployHalves).join(", ")}`,
            /^pulumi config set --path 'lookout:sources\.warehouse\.type' \w+$/,
        ],
        [
            "a source that says nothing of how to connect",
            { sources: { warehouse: { type: "redshift" } } },
            "lookout:sources.warehouse.secret",
            /^is missing; expected secret, or cluster or workgroup/,
            /./,
        ],
        [
            "a detector of a source that is not there",
            withDetector({ source: "warehuose" }),
            "lookout:detectors.orders.source",
            '"warehuose" is not a source; expected one of warehouse',
            "pulumi config set --path 'lookout:detectors.orders.source' warehouse",
        ],
        [
            "a detector without any source to read",
            { detectors: smallConfig().detectors },
            "lookout:detectors.orders.source",
            '"warehouse" is not a source; there are none in lookout:sources',
            "add warehouse to lookout:sources",
        ],
        [
            "no measures",
            withDetector({ measures: [] }),
            "lookout:detectors.orders.measures",
            "a list is too short; expected at least 1 entry",
            /measures: \[\{"name":"revenue","aggregation":"SUM"\}\]/,
        ],
        [
            "too many measures",
            withDetector({ measures: Array.from({ length: 101 }, (_, n) => ({ name: `m${n}`, aggregation: "SUM" })) }),
            "lookout:detectors.orders.measures",
            /too long; expected at most 100 entries/,
            /./,
        ],
        [
            "too many dimensions",
            withDetector({ dimensions: Array.from({ length: 21 }, (_, n) => `d${n}`) }),
            "lookout:detectors.orders.dimensions",
            /too long; expected at most 20 entries/,
            /./,
        ],
        [
            "an aggregation that the service does not have",
            withDetector({ measures: [{ name: "revenue", aggregation: "MAX" }] }),
            "lookout:detectors.orders.measures[0].aggregation",
            '"MAX" is not an aggregation; expected SUM or AVG',
            "pulumi config set --path 'lookout:detectors.orders.measures[0].aggregation' SUM",
        ],
        [
            "a column name that the service refuses",
            withDetector({ dimensions: ["platform name"] }),
            "lookout:detectors.orders.dimensions[0]",
            /^"platform name" is not a column name; expected up to 63/,
            /./,
        ],
        [
            "a column in two roles",
            withDetector({ dimensions: ["Revenue"] }),
            "lookout:detectors.orders.measures[0].name",
            /^"revenue" is named twice/,
            /./,
        ],
        [
            "a timestamp written as text",
            withDetector({ timestamp: "ts" }),
            "lookout:detectors.orders.timestamp",
            '"ts" is text; expected a map',
            /timestamp: \{"column":"timestamp"\}/,
        ],
        [
            "a timestamp format that is no pattern",
            withDetector({ timestamp: { column: "ts", format: "YYYY-MM-DD" } }),
            "lookout:detectors.orders.timestamp.format",
            /^"YYYY-MM-DD" is not a timestamp format; expected UNIX or a pattern/,
            "pulumi config set --path 'lookout:detectors.orders.timestamp.format' 'yyyy-MM-dd HH:mm:ss'",
        ],
        [
            "a timestamp format too coarse for the interval",
            withDetector({ timestamp: { column: "ts", format: "yyyy-MM-dd" } }),
            "lookout:detectors.orders.timestamp.format",
            /tells no time of day, which PT1H needs/,
            /./,
        ],
        [
            "a time zone that does not exist",
            withDetector({ interval: "P1D", timeZone: "Europe/Atlantis" }),
            "lookout:detectors.orders.timeZone",
            '"Europe/Atlantis" is not an IANA time zone; expected such as UTC or Europe/Berlin',
            /./,
        ],
        [
            "an offset in seconds instead of a duration",
            withDetector({ offset: 300 }),
            "lookout:detectors.orders.offset",
            "300 is not a duration that fits; expected ISO 8601 from PT0S to P5D, such as PT5M",
            "pulumi config set --path 'lookout:detectors.orders.offset' PT5M",
        ],
        [
            "an offset beyond the service's",
            withDetector({ offset: "P5DT1S" }),
            "lookout:detectors.orders.offset",
            /^"P5DT1S" is not a duration that fits/,
            /./,
        ],
        [
            "a lateness shorter than the interval",
            withDetector({ lateness: "PT30M" }),
            "lookout:detectors.orders.lateness",
            /shorter than the interval; expected at least PT1H/,
            "pulumi config set --path 'lookout:detectors.orders.lateness' PT1H",
        ],
        [
            "a lateness of too many windows",
            withDetector({ lateness: "P2D" }),
            "lookout:detectors.orders.lateness",
            /would extract 48 windows again at each tick; expected at most 40/,
            "pulumi config set --path 'lookout:detectors.orders.lateness' PT40H",
        ],
        [
            "a history that begins on a day that is none",
            withDetector({ history: { from: "2026-02-30" } }),
            "lookout:detectors.orders.history.from",
            /^"2026-02-30" is not in the calendar/,
            /./,
        ],
        [
            "a history with two beginnings",
            withDetector({ history: { from: "2026-01-01", last: "P90D" } }),
            "lookout:detectors.orders.history",
            "has both from and last; expected one of the two",
            "pulumi config rm --path 'lookout:detectors.orders.history.last'",
        ],
        [
            "a history that is longer than rows are kept",
            { ...withDetector({ history: { last: "P100D" } }), detection: { retentionDays: 90 } },
            "lookout:detectors.orders.history.last",
            /longer than rows are kept; expected at most 83 days/,
            "pulumi config set --path 'lookout:detection.retentionDays' 107",
        ],
        [
            "a chunk of half a day",
            withDetector({ history: { chunk: "PT12H" } }),
            "lookout:detectors.orders.history.chunk",
            /^"PT12H" is not a length of whole days/,
            /./,
        ],
        [
            "a description that is too long",
            withDetector({ description: "x".repeat(257) }),
            "lookout:detectors.orders.description",
            /too long; expected at most 256 characters$/,
            /./,
        ],
        [
            "a detector's name with a slash",
            { ...smallConfig(), detectors: { "a/b": smallConfig().detectors.orders } },
            'lookout:detectors["a/b"]',
            /^"a\/b" is not a name; expected up to 40/,
            /rename/,
        ],
        [
            "a detector's name that would not fit into physical names",
            { ...smallConfig(), detectors: { ["x".repeat(41)]: smallConfig().detectors.orders } },
            `lookout:detectors.${"x".repeat(41)}`,
            /is not a name/,
            /rename/,
        ],
        [
            "a threshold above 100",
            alerts({ threshold: 101, sns }),
            "lookout:detectors.orders.alerts.oncall.threshold",
            "101 is not a severity; expected a whole number from 0 to 100",
            "pulumi config set --path 'lookout:detectors.orders.alerts.oncall.threshold' 70",
        ],
        [
            "a fraction as threshold",
            alerts({ threshold: 12.5, sns }),
            "lookout:detectors.orders.alerts.oncall.threshold",
            /^12\.5 is not a severity/,
            /./,
        ],
        [
            "an alert that tells nobody",
            alerts({ threshold: 70 }),
            "lookout:detectors.orders.alerts.oncall",
            /^has no target; expected sns or lambda/,
            /alerts\.oncall\.sns'/,
        ],
        [
            "an alert with two targets",
            alerts({ threshold: 70, sns, lambda }),
            "lookout:detectors.orders.alerts.oncall",
            /^has both sns and lambda/,
            /./,
        ],
        [
            "a target that is no ARN",
            alerts({ threshold: 70, sns: "oncall" }),
            "lookout:detectors.orders.alerts.oncall.sns",
            /^"oncall" is not the ARN of an SNS topic; expected such as arn:aws:sns:/,
            /./,
        ],
        [
            "an unknown message format",
            alerts({ threshold: 70, sns, format: "HTML" }),
            "lookout:detectors.orders.alerts.oncall.format",
            '"HTML" is not a message format; expected JSON, LONG_TEXT or SHORT_TEXT',
            /JSON$/,
        ],
        [
            "a message format for a function",
            alerts({ threshold: 70, lambda, format: "JSON" }),
            "lookout:detectors.orders.alerts.oncall.format",
            /beside lambda/,
            "remove format",
        ],
        [
            "an alert for a measure that the detector does not have",
            alerts({ threshold: 70, sns, measures: ["revenu"] }),
            "lookout:detectors.orders.alerts.oncall.measures[0]",
            '"revenu" is not a measure of this detector; expected one of revenue, views',
            /write revenue/,
        ],
        [
            "an alert for a dimension that the detector does not have",
            alerts({ threshold: 70, sns, dimensions: { market: ["us"] } }),
            "lookout:detectors.orders.alerts.oncall.dimensions.market",
            '"market" is not a dimension of this detector; expected one of platform',
            /write platform/,
        ],
        [
            "an endpoint that is no URL",
            { detection: { endpoint: "lookout.example.com" } },
            "lookout:detection.endpoint",
            /is not a URL; expected such as https:/,
            /./,
        ],
        [
            "a retention written as text",
            { detection: { retentionDays: "800" } },
            "lookout:detection.retentionDays",
            '"800" is not a number of days; expected a whole number from 8 to 36500',
            "pulumi config set --path 'lookout:detection.retentionDays' 800",
        ],
        [
            "an address that is none",
            { operations: { email: "ops" } },
            "lookout:operations.email",
            '"ops" is not an e-mail address; expected such as ops@example.com',
            /./,
        ],
        [
            "a text where true or false belongs",
            { keepData: "maybe" },
            "lookout:keepData",
            /^"maybe" is neither true nor false/,
            "pulumi config set --path 'lookout:keepData' true",
        ],
        [
            "a key that is named by its alias",
            { storage: { kmsKeyArn: "alias/lookout" } },
            "lookout:storage.kmsKeyArn",
            /^"alias\/lookout" is not the ARN of a key; expected such as arn:aws:kms:/,
            /^pulumi config set --path 'lookout:storage.kmsKeyArn' arn:aws:kms:/,
        ],
        [
            "access logs without a bucket",
            { storage: { accessLogs: { prefix: "lookout/" } } },
            "lookout:storage.accessLogs.bucket",
            /is missing; expected 3 to 63 lower-case letters/,
            "pulumi config set --path 'lookout:storage.accessLogs.bucket' my-access-logs",
        ],
        [
            "a time to keep logs that CloudWatch does not offer",
            { operations: { logRetentionDays: 31 } },
            "lookout:operations.logRetentionDays",
            /^31 is not a number of days that CloudWatch keeps logs; expected one of 1, 3, 5, 7, 14, 30,/,
            "pulumi config set --path 'lookout:operations.logRetentionDays' 30",
        ],
        [
            "a tag of the program's own",
            { tags: { "lookout:stack": "prod" } },
            'lookout:tags["lookout:stack"]',
            /is under a name that a tag cannot have; expected .* beginning neither with aws: nor with lookout:/,
            /./,
        ],
        [
            "a text where a map belongs",
            { operations: "ops@example.com" },
            "lookout:operations",
            /is text; expected a map/,
            /./,
        ],
        [
            "a list where a map of detectors belongs",
            { detectors: ["orders"] },
            "lookout:detectors",
            /^a list is not a map; expected one entry for each of the detectors/,
            /./,
        ],
        [
            "a source that is a text",
            { sources: { warehouse: "redshift" } },
            "lookout:sources.warehouse",
            /is not a map/,
            /./,
        ],
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
