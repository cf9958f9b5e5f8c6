import assert from "node:assert/strict";
import { extractionOf, type MysqlBench } from "../../../support/mysqlBench";
import { at, values, valuesOf } from "./asking";

/** Runs over the server that is open when they begin. */
export function describeSession(opened: () => MysqlBench): void {
    describe("the session", () => {
        let bench: MysqlBench;
        before(() => {
            bench = opened();
        });
        afterEach(() => bench.server.exec("set global sql_mode = default; set global max_statement_time = default"));

        it("works in any sql_mode, and leaves the user's query its own", async () => {
            await bench.server.exec(
                "set global sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,ONLY_FULL_GROUP_BY'",
            );
            assert.deepEqual(await valuesOf(bench, `select ${at}, 'a\\b' || 'c' as "v"`), ["a\\bc"]);
            await bench.server.exec("set global sql_mode = 'ORACLE'");
            assert.deepEqual(await valuesOf(bench, `select ${at}, 1 as v`), ["1"]);
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
                message: /longer than the 1 seconds that there are for it.*lookout:detectors\.orders\.history\.chunk/,
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
}
