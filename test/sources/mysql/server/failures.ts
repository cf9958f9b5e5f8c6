import assert from "node:assert/strict";
import { type MysqlBench, mysqlPassword } from "../../../support/mysqlBench";
import { at, values } from "./asking";

/** Runs over the server that is open when they begin. */
export function describeFailures(opened: () => MysqlBench): void {
    describe("failures", () => {
        let bench: MysqlBench;
        before(() => {
            bench = opened();
        });
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
            assert.match(await bench.extract({ ...values, query: `select ${at}, 1 as v` }, keys, { sign }), /,1\n$/);
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
}
