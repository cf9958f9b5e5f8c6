import assert from "node:assert/strict";
import { ConfigError, NotFoundError, QueryError, SourceBusyError } from "../../../errors";
import { checkBackfill } from "../../../pipeline/check/backfillCheck";
import { checkDetector, type CheckRequest, latestWindow, type Looker, windowAt } from "../../../pipeline/check/check";
import { columnFindings } from "../../../pipeline/check/columns";
import { checkRequestRecord } from "../../../pipeline/check/event";
import { failureFindings } from "../../../pipeline/check/failures";
import { checkReport } from "../../../pipeline/check/report";
import { defaultCheckLimits } from "../../../pipeline/check/windowFindings";
import type { ExtractionSpec } from "../../../pipeline/records";
import { formatWindow, type Window } from "../../../pipeline/windows";
import type { Column, ColumnKind, Inspection } from "../../../sources/metricSource";
import { memoryObjectStore } from "../../support/memoryObjectStore";
import { backfillRun, history, shopSpec, writeShop } from "../../support/shop";
import { specOf } from "../../support/specs";

const now = Date.parse("2026-01-11T00:17:00Z");
const column = (name: string, kind: ColumnKind, type: string = kind): Column => ({ name, type, kind });
const good = [column("ts", "timestamp"), column("platform", "text"), column("views", "number", "int8")];
const inspection = (changes: Partial<Inspection> = {}): Inspection => ({
    columns: good,
    rows: 10,
    combinations: 3,
    nulls: { ts: 0, views: 0 },
    sample: [],
    ...changes,
});

/** A source that answers as it is told, and notes what it was asked. */
function looker(answers: Partial<Looker> = {}) {
    const asked: string[] = [];
    const full: Looker = {
        describe: async (spec) => {
            asked.push("describe");
            return answers.describe?.(spec) ?? good;
        },
        inspect: async (spec, window) => {
            asked.push(formatWindow(window));
            return answers.inspect?.(spec, window) ?? inspection();
        },
    };
    return { ...full, asked };
}

const request = (changes: Partial<CheckRequest> = {}): CheckRequest => ({
    detector: "shop",
    spec: specOf(),
    now,
    offsetSeconds: 300,
    limits: defaultCheckLimits,
    thorough: false,
    ...changes,
});

describe("pipeline/check/check", () => {
    it("looks at the latest window whose rows have arrived, of an hour or of a local day", () => {
        const at = (spec: Partial<ExtractionSpec>, offsetSeconds: number): string =>
            formatWindow(latestWindow({ spec: specOf(spec), now, offsetSeconds }));
        assert.equal(at({}, 300), "2026-01-10T23:00:00Z/2026-01-11T00:00:00Z");
        assert.equal(at({}, 1200), "2026-01-10T22:00:00Z/2026-01-10T23:00:00Z");
        const day = { interval: "P1D", timeZone: "Europe/Berlin" } as const;
        assert.equal(at(day, 0), "2026-01-09T23:00:00Z/2026-01-10T23:00:00Z");
        assert.equal(
            formatWindow(windowAt(Date.parse("2026-03-29T10:00:00Z"), specOf(day))),
            "2026-03-28T23:00:00Z/2026-03-29T22:00:00Z",
        );
    });

    it("asks twice in a backfill, and looks around an empty window when it is thorough", async () => {
        const brief = looker();
        await checkDetector(brief, request());
        assert.deepEqual(brief.asked, ["describe", "2026-01-10T23:00:00Z/2026-01-11T00:00:00Z"]);
        const empty = looker({ inspect: async () => inspection({ rows: 0, combinations: 0 }) });
        await checkDetector(empty, request({ thorough: true }));
        assert.deepEqual(empty.asked.slice(2), [
            "2026-01-09T23:00:00Z/2026-01-10T23:00:00Z",
            "2026-01-11T00:27:00Z/2026-01-11T15:17:00Z",
        ]);
    });

    it("does not ask a database for a query that is refused by its text", async () => {
        const { asked, ...source } = looker();
        const report = await checkDetector(source, request({ spec: specOf({ query: "delete from events" }) }));
        assert.deepEqual([report.verdict, asked], ["failed", []]);
    });

    it("counts nothing while columns are missing, and tells of all of them at once", async () => {
        const { asked, ...source } = looker({ describe: async () => [column("other", "text")] });
        const { findings } = await checkDetector(source, request());
        assert.deepEqual(asked, ["describe"]);
        assert.deepEqual(
            findings.map(({ key }) => key.replace("lookout:detectors.shop.", "")),
            ["timestamp.column", "dimensions[0]", "measures[0].name"],
        );
    });

    it("says how much a backfill would extract, and warns of many small windows", async () => {
        const { backfill, verdict, findings } = await checkDetector(
            looker(),
            request({ spec: specOf({ chunk: "P1D", history: { last: "P200D" } }) }),
        );
        assert.equal(backfill.windows, 200);
        assert.equal(verdict, "warning");
        assert.equal(findings[0]?.key, "lookout:detectors.shop.history.chunk");
    });

    it("is unreachable, not failed, where the database is busy", async () => {
        const busy = async (): Promise<never> => {
            throw new SourceBusyError("Source warehouse: describing the query failed: resuming.", {
                source: "warehouse",
            });
        };
        const report = await checkDetector(looker({ describe: busy }), request());
        assert.deepEqual([report.verdict, report.findings[0]?.key], ["unreachable", "lookout:sources.warehouse"]);
        assert.equal(report.findings[0]?.finding, "describing the query failed: resuming");
    });

    it("takes a format that does not fit the type for an error only where the database stumbles over it", async () => {
        const spec = specOf({ timestamp: { column: "ts", format: "dd.MM.yyyy HH:mm" } });
        const refused = async (): Promise<never> => {
            throw new QueryError(
                "Source warehouse: looking at the window failed: function to_timestamp does not exist.",
            );
        };
        const fine = await checkDetector(looker(), request({ spec }));
        const failed = await checkDetector(looker({ inspect: refused }), request({ spec }));
        for (const [report, severity, verdict] of [
            [fine, "warning", "warning"],
            [failed, "error", "failed"],
        ] as const) {
            assert.equal(report.verdict, verdict);
            assert.deepEqual(
                report.findings.map((one) => [one.severity, one.key]),
                [[severity, "lookout:detectors.shop.timestamp.format"]],
            );
        }
    });

    it("passes on what nobody foresaw", async () => {
        const broken = async (): Promise<never> => {
            throw new TypeError("no such method");
        };
        await assert.rejects(checkDetector(looker({ describe: broken }), request()), TypeError);
    });

    it("travels to a deployed function and back as JSON", async () => {
        const { tell: _mute, ...asked } = request({ window: { start: now - 3_600_000, end: now } });
        const there = JSON.parse(JSON.stringify(checkRequestRecord.encode(asked))) as never;
        assert.deepEqual(checkRequestRecord.decode(there), asked);
        const report = await checkDetector(looker(), request());
        const back = JSON.parse(JSON.stringify(checkReport.encode(report))) as never;
        assert.deepEqual(checkReport.decode(back), report);
    });
});

describe("pipeline/check/columns", () => {
    const found = (columns: readonly Column[], spec: Partial<ExtractionSpec> = {}): string[] =>
        columnFindings({ detector: "shop", spec: specOf(spec) }, columns).map(
            ({ severity, key }) => `${severity} ${key.replace("lookout:detectors.shop.", "")}`,
        );
    const withColumn = (changed: Column): Column[] => good.map((one) => (one.name === changed.name ? changed : one));

    it("takes names whose case a database has folded", () => {
        assert.deepEqual(found([column("TS", "instant"), column("PLATFORM", "text"), column("VIEWS", "number")]), []);
    });

    it("takes whole numbers and truth values as dimensions, and neither fractions nor times", () => {
        for (const [kind, type] of [
            ["number", "int4"],
            ["boolean", "bool"],
            ["number", "NUMBER(38,0)"],
            ["other", "mood"],
        ] as const)
            assert.deepEqual(found(withColumn(column("platform", kind, type))), [], type);
        for (const [kind, type] of [
            ["number", "FLOAT8"],
            ["number", "decimal(10, 2)"],
            ["timestamp", "timestamp"],
        ] as const)
            assert.deepEqual(found(withColumn(column("platform", kind, type))), ["error dimensions[0]"], type);
        assert.deepEqual(found(withColumn(column("platform", "other", "jsonb"))), ["warning dimensions[0]"]);
    });

    it("takes only numbers as measures", () => {
        for (const kind of ["text", "boolean", "date", "other"] as const)
            assert.deepEqual(found(withColumn(column("views", kind))), ["error measures[0].name"], kind);
    });

    it("takes a date for days, a number as UNIX, a text in any format", () => {
        const unix = { timestamp: { column: "ts", format: "UNIX" } };
        assert.deepEqual(found(withColumn(column("ts", "date")), { interval: "P1D" }), []);
        assert.deepEqual(found(withColumn(column("ts", "number")), unix), []);
        assert.deepEqual(found(withColumn(column("ts", "text")), unix), []);
        assert.deepEqual(found(withColumn(column("ts", "instant")), unix), ["warning timestamp.format"]);
        assert.deepEqual(found(withColumn(column("ts", "boolean"))), ["error timestamp.column"]);
    });
});

describe("pipeline/check/backfillCheck", () => {
    const check = async (answers: Partial<Looker>) => {
        const store = memoryObjectStore();
        await writeShop(store);
        const source = looker({ describe: async () => shopColumns, ...answers });
        return { result: await checkBackfill(source, store, backfillRun), asked: source.asked };
    };
    const shopColumns = [
        column(shopSpec.timestamp.column, "timestamp"),
        ...shopSpec.dimensions.map((name) => column(name, "text")),
        ...shopSpec.measures.map(({ name }) => column(name, "number")),
    ];
    const lastOf = (span: Window): string => formatWindow({ start: span.end - 3_600_000, end: span.end });

    it("looks at the last interval of the history that is about to be extracted", async () => {
        const { result, asked } = await check({});
        assert.deepEqual(result, { verdict: "ok", warnings: [] });
        assert.deepEqual(asked, ["describe", lastOf(history)]);
    });

    it("stops a backfill with every error by its key, and with no warning", async () => {
        await assert.rejects(check({ describe: async () => [column("x", "text")] }), (error) => {
            assert.ok(error instanceof ConfigError);
            assert.equal(error.problems.length, 1 + shopSpec.dimensions.length + shopSpec.measures.length);
            assert.equal(error.detector, "shop");
            return true;
        });
        const { result } = await check({ inspect: async () => inspection({ rows: 0, combinations: 0 }) });
        assert.equal(result.verdict, "warning");
        assert.match(result.warnings[0]!, /gives no row/);
    });

    it("is busy when the query cannot be described now, and lets a window pass that only takes long to count", async () => {
        const busy = async (): Promise<never> => {
            throw new SourceBusyError("Source warehouse: looking at the window took more than 25 s.");
        };
        await assert.rejects(check({ describe: busy }), SourceBusyError);
        assert.equal((await check({ inspect: busy })).result.verdict, "uncounted");
    });

    it("names the secret that is missing", async () => {
        const missing = async (): Promise<never> => {
            throw new NotFoundError('Source warehouse: there is no secret "s" in Secrets Manager. Create it.');
        };
        await assert.rejects(check({ describe: missing }), /lookout:sources\.warehouse: there is no secret "s"/);
    });
});

describe("pipeline/check/failures", () => {
    const found = (message: string) => {
        const checked = { detector: "shop", spec: specOf() };
        return failureFindings(checked, new QueryError(`Source warehouse: ${message}`, { source: "warehouse" }))?.[0];
    };

    it("tells whoever is not signed in to AWS how to be", () => {
        const finding = found('reading the secret "s" failed: Could not load credentials from any providers.');
        assert.equal(finding?.key, "lookout:sources.warehouse");
        assert.match(finding?.fix ?? "", /AWS_PROFILE/);
    });

    it("tells a right that the AWS identity lacks from one that the database user lacks", () => {
        const aws =
            "User: arn:aws:iam::1:user/me is not authorized to perform: secretsmanager:GetSecretValue on resource: s";
        assert.match(found(aws)?.fix ?? "", /allow the AWS identity/);
        assert.match(
            found("SELECT command denied to user 'lookout'@'%' for table 'orders'")?.fix ?? "",
            /grant the database user/,
        );
    });

    const words: Readonly<Record<string, string>> = {
        "Table 'shop.ordres' doesn't exist": "query",
        "SQL compilation error: Object 'ORDRES' does not exist or not authorized.": "query",
        "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.sales.ordres' does not exist": "query",
        "Unknown column 'q.revenu' in 'SELECT'": "query",
        "You have an error in your SQL syntax; check the manual": "query",
        "Unknown database 'shoop'": "source",
        "Access denied for user 'lookout'@'10.0.0.1' (using password: YES)": "source",
        "JWT token is invalid.": "source",
    };
    for (const [message, about] of Object.entries(words))
        it(`knows what other databases mean by ${message.slice(0, 40)}`, () => {
            const { key, fix } = found(message)!;
            assert.equal(key, about === "source" ? "lookout:sources.warehouse" : "lookout:detectors.shop.query");
            assert.ok(fix);
        });
});
