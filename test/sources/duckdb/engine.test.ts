import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { type DuckdbBench, openDuckdbBench } from "../../support/duckdbBench";
import { specOf } from "../../support/specs";

const project = path.join(__dirname, "../../..");
const window = { start: Date.parse("2026-01-01T10:00:00Z"), end: Date.parse("2026-01-01T11:00:00Z") };

describe("sources/duckdb with the engine itself", () => {
    let bench: DuckdbBench;
    let shop: { readonly database: string };
    before(async () => {
        bench = await openDuckdbBench();
        shop = { database: bench.file("shop.db") };
        await bench.write("shop.db", [
            `create table events (ts timestamp, platform varchar, views bigint, revenue decimal(12, 2), sold timestamptz, day date, new boolean, tags varchar[])`,
            `insert into events (ts, platform, views, revenue) values
                ('2026-01-01 09:59:59', 'web', 1, 1), ('2026-01-01 10:00:00', 'web', 9007199254740993, 0.10),
                ('2026-01-01 10:30:00', 'app', null, 2), ('2026-01-01 10:59:59.9', 'app', 4, null), ('2026-01-01 11:00:00', 'tv', 5, 5)`,
        ]);
    });
    after(() => bench.close());

    describe("describe", () => {
        it("tells every column of the query, its type and what that holds", async () => {
            const columns = await bench.extractor(shop).describe(specOf({ query: "select * from events" }));
            assert.deepEqual(
                columns.map(({ name, type, kind }) => `${name}: ${type} (${kind})`),
                [
                    "ts: TIMESTAMP (timestamp)",
                    "platform: VARCHAR (text)",
                    "views: BIGINT (number)",
                    "revenue: DECIMAL(12,2) (number)",
                    "sold: TIMESTAMP WITH TIME ZONE (instant)",
                    "day: DATE (date)",
                    "new: BOOLEAN (boolean)",
                    "tags: VARCHAR[] (other)",
                ],
            );
        });

        it("describes files by the names of their views", async () => {
            await writeFile(bench.file("sales.csv"), "ts,amount\n2026-01-01 10:00:00,1.5\n");
            const files = { sales: bench.file("sales.csv") };
            const columns = await bench.extractor({ files }).describe(specOf({ query: "select * from sales" }));
            assert.deepEqual(
                columns.map(({ name, kind }) => [name, kind]),
                [
                    ["ts", "timestamp"],
                    ["amount", "number"],
                ],
            );
        });
    });

    it("inspects one window: its rows, combinations, what is NULL, and a sample as it would be written", async () => {
        const measures = ["views", "revenue"].map((name) => ({ name, aggregation: "SUM" as const }));
        const spec = specOf({ query: "select * from events", measures });
        const { columns, ...found } = await bench.extractor(shop).inspect(spec, window);
        assert.deepEqual(
            columns.map(({ name }) => name),
            ["ts", "platform", "views", "revenue"],
        );
        assert.deepEqual(found, {
            rows: 3,
            combinations: 2,
            nulls: { ts: 0, views: 1, revenue: 1 },
            sample: [
                ["2026-01-01 10:00:00", "web", "9007199254740993", "0.10"],
                ["2026-01-01 10:30:00", "app", null, "2.00"],
                ["2026-01-01 10:59:59", "app", "4", null],
            ],
        });
        assert.equal(bench.counts.copies, 0);
    });

    describe("of a failure", () => {
        const failureOf = async (config: object, query?: string): Promise<Error> => {
            const attempt = { detector: "sales", kind: "live", window, bucket: bench.bucket } as const;
            const spec = specOf(query === undefined ? {} : { query });
            const starting = bench.extractor(config).start({ ...attempt, spec, prefix: "failed/", token: "failed" });
            return starting.then(
                () => assert.fail("it did not fail"),
                (error: Error) => error,
            );
        };
        const assertFailure = async (found: Promise<Error>, name: string, ...texts: RegExp[]): Promise<void> => {
            const error = await found;
            assert.equal(error.name, name, error.message);
            for (const text of texts) assert.match(error.message, text);
            assert.equal(bench.counts.open, 0);
            assert.equal(await bench.store.get("failed/rows.csv"), undefined);
        };

        const queries: readonly (readonly [what: string, query: string, ...texts: RegExp[]])[] = [
            [
                "a table that is not there",
                "select * from orders",
                /Table with name orders/,
                /lookout:detectors\.sales\.query/,
            ],
            ["a mistake in the query", "selec 1", /syntax error/, /lookout:detectors\.sales\.query/],
            [
                "a column that the query lacks",
                "select ts, platform from events",
                /"views"/,
                /lookout:detectors\.sales\.measures/,
            ],
            [
                "a timestamp that it lacks",
                "select platform, views from events",
                /"ts"/,
                /lookout:detectors\.sales\.timestamp\.column/,
            ],
            [
                "a value that cannot be cast",
                "select ts, platform, cast(platform as int) as views from events",
                /Could not convert string 'web'/,
            ],
            ["code that would be fetched", "select * from read_parquet('https://example.org/a.parquet')", /Extensions/],
        ];
        for (const [what, query, ...texts] of queries)
            it(`names ${what}, for good`, () => assertFailure(failureOf(shop, query), "QueryError", ...texts));

        it("names a view's file that is not there", () =>
            assertFailure(
                failureOf({ files: { events: bench.file("none-*.csv") } }),
                "ConfigError",
                /lookout:sources\.warehouse\.files\.events/,
            ));

        it("names a query's own file that is not there", () =>
            assertFailure(
                failureOf(shop, `select * from read_csv('${bench.file("none.csv")}')`),
                "NotFoundError",
                /none\.csv/,
                /lookout:detectors\.sales\.query/,
            ));

        const damaged: readonly (readonly [file: string, content: string])[] = [
            ["damaged.parquet", "not a Parquet file, whatever its name says"],
            ["damaged.jsonl", '{"ts": "2026-01-01 10:00:00", "platform": "a", "views": 1}\n{"ts": "2026-\n'],
        ];
        for (const [file, content] of damaged)
            it(`gives up on ${file}`, async () => {
                await writeFile(bench.file(file), content);
                const found = failureOf({ files: { events: bench.file(file) } });
                await assertFailure(found, "QueryError", new RegExp(file), /damaged/);
            });

        it("gives up on a database file that is none", async () => {
            await writeFile(bench.file("none.db"), "x".repeat(20_000));
            await assertFailure(failureOf({ database: bench.file("none.db") }), "QueryError", /none\.db/, /damaged/);
        });

        it("tries a database again that another process writes", async () => {
            await bench.write("busy.db", []);
            const script = `require("@duckdb/node-api").DuckDBInstance.create(${JSON.stringify(bench.file("busy.db"))})
                .then((open) => { console.log("open"); process.stdin.resume().on("end", () => open.closeSync()); })`;
            const writer = spawn(process.execPath, ["-e", script], {
                cwd: project,
                stdio: ["pipe", "pipe", "inherit"],
            });
            try {
                await once(writer.stdout, "data");
                const found = failureOf({ database: bench.file("busy.db") });
                await assertFailure(found, "SourceBusyError", /open for writing/);
            } finally {
                writer.stdin.end();
                await once(writer, "close");
            }
        });
    });
});
