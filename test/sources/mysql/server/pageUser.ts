import assert from "node:assert/strict";
import { type MysqlBench, mysqlPassword } from "../../../support/mysqlBench";
import { pageBlocks } from "../../../support/pageBlocks";
import { values } from "./asking";

/** Runs over the server that is open when they begin. */
export function describePageUser(opened: () => MysqlBench): void {
    describe("a user as its page makes it", () => {
        const [statements = ""] = pageBlocks("sources/mysql/README.md", "sql");
        let bench: MysqlBench;
        before(async () => {
            bench = opened();
            await bench.server.exec(`use shop; create table orders (placed datetime, amount bigint);
                create table customers (id bigint); create table salaries (amount bigint);
                insert into orders values ('2026-01-01 10:15:00', 7)`);
            await bench.server.exec(statements.replaceAll("lookout", "page_user").replaceAll("…", mysqlPassword));
            await bench.putSecret("page", { username: "page_user" });
        });

        it("extracts", async () => {
            const query = "select placed as ts, amount as v from orders";
            assert.equal(
                await bench.extract({ ...values, query }, { secret: "page" }),
                "ts,v\n2026-01-01 10:15:00,7\n",
            );
        });

        it("can write nothing, and read nothing else", async () => {
            const user = await bench.connectAs("page_user", mysqlPassword);
            try {
                for (const forbidden of [
                    "insert into orders values (now(), 1)",
                    "update orders set amount = 0",
                    "delete from orders",
                    "truncate orders",
                    "drop table orders",
                    "create table mine (a int)",
                    "create user another",
                    "select * from salaries",
                    "select * from orders into outfile '/tmp/lookout-orders'",
                ])
                    await assert.rejects(user.query(forbidden), /denied/, forbidden);
            } finally {
                user.destroy();
            }
        });

        it("is let in over TLS alone", async () => {
            await assert.rejects(bench.connectAs("page_user", mysqlPassword, false), /denied/);
        });
    });
}
