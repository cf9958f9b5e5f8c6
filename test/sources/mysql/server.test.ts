import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { missingMariadb } from "../../support/mariadbServer";
import { extractionOf, type MysqlBench, mysqlPassword, openMysqlBench } from "../../support/mysqlBench";
import { specOf } from "../../support/specs";

const hour = { start: Date.parse("2026-01-01T10:00:00Z"), end: Date.parse("2026-01-01T11:00:00Z") };
const values = specOf({ dimensions: [], measures: [{ name: "v", aggregation: "SUM" }] });

const reason = missingMariadb();

(reason === undefined ? describe : describe.skip)(
    `sources/mysql on a MariaDB server${reason ? ` (${reason})` : ""}`,
    () => {
        let bench: MysqlBench;
        before(async () => {
            bench = await openMysqlBench();
        });
        after(() => bench.close());

        /** The second column of the hour's rows for a query whose columns are `ts` and `v`. */
        const valuesOf = async (query: string, changes = {}): Promise<string[]> => {
            const text = await bench.extract({ ...values, query, ...changes });
            return text
                .trimEnd()
                .split("\n")
                .slice(1)
                .map((line) => line.replace(/^[^,]*,/, ""));
        };
        const timesOf = async (query: string, changes = {}): Promise<string[]> => {
            const text = await bench.extract({ ...values, query, ...changes });
            return text
                .trimEnd()
                .split("\n")
                .slice(1)
                .map((line) => line.replace(/,.*$/, ""));
        };
        const at = "timestamp '2026-01-01 10:00:00' as ts";

        describe("values", () => {
            it("keeps decimals and integers of any size exact", async () => {
                const exact = ["18446744073709551615", "-9223372036854775808", "0.000000000000000000000000000001"];
                const decimal = "12345678901234567890123456789012345.000000000000000000000000000001";
                for (const value of [...exact, decimal]) {
                    assert.deepEqual(await valuesOf(`select ${at}, ${value} as v`), [value]);
                }
            });

            it("carries four-byte characters and other character sets through as UTF-8", async () => {
                await bench.server.exec(
                    "use shop; create or replace table latin (v varchar(20)) character set latin1; insert into latin values ('Größe €')",
                );
                assert.deepEqual(await valuesOf(`select ${at}, v from latin`), ["Größe €"]);
                assert.deepEqual(await valuesOf(`select ${at}, '🛒𝒳' as v`), ["🛒𝒳"]);
            });

            it("carries a value of megabytes", async () => {
                const [value = ""] = await valuesOf(`select ${at}, repeat('x', 5000000) as v`);
                assert.equal(value.length, 5_000_000);
            });

            it("cuts fractions of a second off, and rounds none up", async () => {
                assert.deepEqual(await timesOf("select timestamp '2026-01-01 10:59:59.999999' as ts, 1 as v"), [
                    "2026-01-01 10:59:59",
                ]);
            });

            it("packs the rows where it is told to", async () => {
                const extraction = extractionOf({ spec: { ...values, query: `select ${at}, 7 as v` } });
                const ticket = await bench.extractor({ compression: "GZIP" }).start(extraction);
                const packed = await bench.store.get(`${extraction.prefix}rows.csv.gz`);
                assert.equal(gunzipSync(packed?.body ?? "").toString(), "ts,v\n2026-01-01 10:00:00,7\n");
                assert.equal(ticket.bytes, packed?.body.length);
            });
        });

        describe("timestamps", () => {
            const berlin = { sourceTimeZone: "Europe/Berlin" };

            it("takes DATETIME for a clock in the source's zone, and TIMESTAMP for an instant", async () => {
                await bench.server.exec(
                    "use shop; set time_zone = '+00:00'; truncate events; insert into events values ('2026-01-01 11:30:00', '2026-01-01 10:30:00', 'a', 1)",
                );
                const expected = ["2026-01-01 10:30:00"];
                assert.deepEqual(await timesOf("select ts, views as v from events", berlin), expected);
                assert.deepEqual(await timesOf("select instant as ts, views as v from events", berlin), expected);
            });

            it("writes bounds as the timestamp's own clock shows them", async () => {
                const bounded = (column: string): string =>
                    `select ${column} as ts, views as v from events where ${column} >= {{start}} and ${column} < {{end}}`;
                for (const column of ["ts", "instant"]) {
                    assert.deepEqual(await timesOf(bounded(column), berlin), ["2026-01-01 10:30:00"], column);
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
                        (await timesOf(`select '${text}' as ts, 1 as v`))[0] ?? "",
                        /^2026-01-01 10:30:00$/,
                        text,
                    );
                }
                const format = (pattern: string): object => ({ timestamp: { column: "ts", format: pattern } });
                assert.deepEqual(await timesOf("select '01.01.2026 10:30' as ts, 1 as v", format("dd.MM.yyyy HH:mm")), [
                    "2026-01-01 10:30:00",
                ]);
                assert.deepEqual(
                    await timesOf("select 'Jan 1 2026 10:30:00 AM' as ts, 1 as v", format("MMM d yyyy hh:mm:ss a")),
                    ["2026-01-01 10:30:00"],
                );
                for (const number of ["1767263400", "1767263400999", "'1767263400'"]) {
                    assert.deepEqual(await timesOf(`select ${number} as ts, 1 as v`, format("UNIX")), [
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

        describe("the session", () => {
            afterEach(() =>
                bench.server.exec("set global sql_mode = default; set global max_statement_time = default"),
            );

            it("works in any sql_mode, and leaves the user's query its own", async () => {
                await bench.server.exec(
                    "set global sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,ONLY_FULL_GROUP_BY'",
                );
                assert.deepEqual(await valuesOf(`select ${at}, 'a\\b' || 'c' as "v"`), ["a\\bc"]);
                await bench.server.exec("set global sql_mode = 'ORACLE'");
                assert.deepEqual(await valuesOf(`select ${at}, 1 as v`), ["1"]);
            });

            it("can change nothing", async () => {
                await bench.server.exec(
                    "grant insert, create, drop on shop.* to lookout; use shop; create or replace sequence numbers",
                );
                await bench.server.exec("grant all on shop.numbers to lookout");
                await assert.rejects(bench.extract({ ...values, query: `select ${at}, nextval(numbers) as v` }), {
                    name: "QueryError",
                    message: /READ ONLY transaction/i,
                });
            });

            it("stops a statement after its time, and names the chunk", async () => {
                const query = `select ${at}, sleep(30) as v`;
                await assert.rejects(bench.extract({ ...values, query }, {}, { statementSeconds: 1 }), {
                    name: "QueryError",
                    message:
                        /longer than the 1 seconds that there are for it.*lookout:detectors\.orders\.history\.chunk/,
                });
            });

            it("is busy, and at fault in nothing, when a look takes longer than a look may", async () => {
                const { spec, window } = extractionOf({ spec: { ...values, query: `select ${at}, sleep(30) as v` } });
                const looking = bench.extractor({}, { briefSeconds: 1 }).inspect(spec, window);
                await assert.rejects(looking, { name: "SourceBusyError", message: /looking at the rows took longer/ });
            });

            it("stops a look, and is busy, when the caller's time is over", async () => {
                const { spec, window } = extractionOf({ spec: { ...values, query: `select ${at}, sleep(30) as v` } });
                const caller = new AbortController();
                const looking = bench.extractor().inspect(spec, window, caller.signal);
                const failing = assert.rejects(looking, {
                    name: "SourceBusyError",
                    message: /longer than the function's time that there is for it/,
                });
                const running =
                    "select count(*) from information_schema.processlist where user = 'lookout' and info like '%sleep(30)%'";
                while ((await bench.server.exec(running))[0]?.[0] === "0");
                caller.abort();
                await failing;
                while ((await bench.server.exec(running))[0]?.[0] !== "0");
            });

            it("stops a query whose rows are under way when the caller gives up, and closes its connection", async () => {
                const query = "select timestamp '2026-01-01 10:00:00' as ts, seq as v from seq_1_to_1000000000";
                const caller = new AbortController();
                const extraction = extractionOf({ spec: { ...values, query }, signal: caller.signal });
                const starting = bench.extractor().start(extraction);
                const stopped = assert.rejects(starting, { name: "QueryError", message: /history\.chunk/ });
                const running = async (): Promise<number> =>
                    Number(
                        (
                            await bench.server.exec(
                                "select count(*) from information_schema.processlist where info like '%seq_1_to_1000000000%limit 0' or info like 'select q.%'",
                            )
                        )[0]?.[0],
                    );
                while ((await running()) === 0);
                caller.abort();
                await stopped;
                const left = "select count(*) from information_schema.processlist where user = 'lookout'";
                while ((await bench.server.exec(left))[0]?.[0] !== "0");
                assert.equal(await bench.store.get(`${extraction.prefix}rows.csv`), undefined);
            });

            it("writes nothing twice when two calls of one attempt run at the same time", async () => {
                const extraction = extractionOf({
                    spec: { ...values, query: `select ${at}, seq as v from seq_1_to_1000` },
                });
                const both = await Promise.all([1, 2].map(() => bench.extractor().start(extraction)));
                assert.deepEqual(both.map(({ rows }) => rows).sort(), [1000, null]);
            });
        });

        describe("failures", () => {
            const failing = (query: string, pattern: RegExp, name = "QueryError"): Promise<void> =>
                assert.rejects(bench.extract({ ...values, query }), { name, message: pattern });

            it("names the key of a column that the query does not give", async () => {
                await assert.rejects(bench.extract({ ...values, query: `select ${at}, 1 as w` }), {
                    name: "QueryError",
                    message:
                        /Unknown column 'q\.v'.*Correct lookout:detectors\.orders\.measures\[0\]\.name, or add the column "v"/,
                });
                await failing("select 1 as v", /Correct lookout:detectors\.orders\.timestamp\.column/);
            });

            it("says what to do about a missing table, a mistake, a missing right and columns of one name", async () => {
                await failing(
                    "select ts, v from nowhere",
                    /nowhere' doesn't exist.*Correct lookout:detectors\.orders\.query/,
                );
                await failing("select ts v v from events", /SQL syntax.*Correct lookout:detectors\.orders\.query/);
                await failing(
                    "select now() as ts, 1 as v from mysql.user",
                    /denied.*Grant the database user of lookout:sources\.warehouse/,
                );
                await failing(`select ${at}, 1 as v, 2 as v`, /Duplicate column name 'v'.*names of their own/);
            });

            it("tells a wrong password, a wrong database and a wrong host apart, and shows no password", async () => {
                const wrong = async (changes: object, name: string, pattern: RegExp): Promise<void> => {
                    await bench.putSecret("wrong", { ...changes });
                    const error = await bench
                        .extract(values, { secret: "wrong" })
                        .catch((thrown: unknown) => thrown as Error);
                    assert.ok(error instanceof Error);
                    assert.equal(error.name, name);
                    assert.match(error.message, pattern);
                    assert.doesNotMatch(`${error.message} ${JSON.stringify(error.cause)}`, /battery|tr0ub4dor/);
                };
                await wrong(
                    { password: "battery" },
                    "QueryError",
                    /Access denied.*Correct the user and the password in the secret/,
                );
                await wrong({ dbname: "shopp" }, "QueryError", /Access denied.*Grant|Unknown database/);
                await wrong({ host: "nowhere.invalid" }, "NotFoundError", /Correct lookout:sources\.warehouse\.host/);
                await wrong({ port: 1 }, "SourceBusyError", /ECONNREFUSED/);
            });

            it("believes no server whose certificate is another authority's, or another name's", async () => {
                const hint = /certificate.*certificateAuthority/s;
                await assert.rejects(bench.extract(values, { certificateAuthority: undefined }), {
                    name: "QueryError",
                    message: hint,
                });
                await assert.rejects(bench.extract(values, { host: "127.0.0.2" }), {
                    name: /QueryError|SourceBusyError/,
                });
            });

            it("signs in with a token inside TLS, and asks for it each time", async () => {
                const asked: string[] = [];
                const keys = {
                    secret: undefined,
                    user: "lookout",
                    host: "localhost",
                    port: bench.server.port,
                    database: "shop",
                };
                const sign = async ({ user, host }: { user: string; host: string }): Promise<string> => {
                    asked.push(`${user}@${host}`);
                    return mysqlPassword;
                };
                assert.match(
                    await bench.extract({ ...values, query: `select ${at}, 1 as v` }, keys, { sign }),
                    /,1\n$/,
                );
                assert.deepEqual(asked, ["lookout@localhost"]);
            });

            it("is busy while the server has no connection left, is away, or goes away meanwhile", async () => {
                await bench.server.exec("alter user lookout with max_user_connections 1");
                const busy = await bench.server.exec("select 1").then(async () => {
                    const first = bench.extract({ ...values, query: `select ${at}, sleep(1) as v` });
                    while (
                        (
                            await bench.server.exec(
                                "select count(*) from information_schema.processlist where info like '%sleep(1)%' and user = 'lookout'",
                            )
                        )[0]?.[0] === "0"
                    );
                    const second = await bench.extract(values).catch((error: unknown) => error as Error);
                    await first;
                    return second;
                });
                await bench.server.exec("alter user lookout with max_user_connections 0");
                assert.equal((busy as Error).name, "SourceBusyError");
                const query = "select timestamp '2026-01-01 10:00:00' as ts, seq as v from seq_1_to_1000000000";
                const cut = assert.rejects(bench.extract({ ...values, query }), { name: "SourceBusyError" });
                while (
                    (
                        await bench.server.exec(
                            "select count(*) from information_schema.processlist where info like 'select q.%'",
                        )
                    )[0]?.[0] === "0"
                );
                await bench.server.stop();
                await cut;
                await assert.rejects(bench.extract(values), { name: "SourceBusyError", message: /ECONNREFUSED/ });
                await bench.server.start();
                assert.match(await bench.extract({ ...values, query: `select ${at}, 1 as v` }), /,1\n$/);
            });
        });

        describe("looking", () => {
            it("describes the columns by MySQL's names and by what they hold", async () => {
                const query =
                    "select ts, instant, platform, views, cast(1.5 as decimal(9,2)) as price, 1e0 as weight, date '2026-01-01' as day, " +
                    "cast('{}' as json) as details, b'1' as bits, cast('a' as binary) as raw from events";
                const spec = specOf({ query: query.replace("cast('{}' as json)", "json_object()") });
                const columns = await bench.extractor().describe(spec);
                assert.deepEqual(
                    columns.map(({ name, type, kind }) => `${name} ${type} ${kind}`),
                    [
                        "ts DATETIME timestamp",
                        "instant TIMESTAMP instant",
                        "platform VARCHAR text",
                        "views BIGINT number",
                        "price DECIMAL number",
                        "weight DOUBLE number",
                        "day DATE date",
                        ...columns.slice(7).map(({ name, type, kind }) => `${name} ${type} ${kind}`),
                    ],
                );
                assert.deepEqual(
                    columns.slice(8).map(({ kind }) => kind),
                    ["other", "other"],
                );
            });

            it("inspects a window: rows, combinations, NULLs, a sample", async () => {
                await bench.server.exec(
                    "use shop; truncate events; insert into events values ('2026-01-01 10:00:00', null, 'a', 1), ('2026-01-01 10:30:00', null, 'b', null), ('2026-01-01 11:00:00', null, 'c', 3)",
                );
                const found = await bench.extractor().inspect(specOf(), hour);
                assert.deepEqual([found.rows, found.combinations, found.nulls], [2, 2, { ts: 0, views: 1 }]);
                assert.deepEqual(
                    found.columns.map(({ name }) => name),
                    ["ts", "platform", "views"],
                );
                assert.deepEqual(
                    [...found.sample].map(([, platform, views]) => [platform, views]),
                    [
                        ["a", "1"],
                        ["b", null],
                    ],
                );
            });
        });
    },
);
