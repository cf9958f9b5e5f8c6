import assert from "node:assert/strict";
import { type MysqlBench } from "../../../support/mysqlBench";
import { specOf } from "../../../support/specs";
import { hour } from "./asking";

/** Runs over the server that is open when they begin. */
export function describeLooking(opened: () => MysqlBench): void {
    describe("looking", () => {
        let bench: MysqlBench;
        before(() => {
            bench = opened();
        });
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
}
