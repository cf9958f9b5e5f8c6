import assert from "node:assert/strict";
import { readQuery } from "../../../sources/s3/query";

describe("sources/s3/query", () => {
    it("reads the table, and what its columns are called", () => {
        const { table, columns } = readQuery(
            'select created_at as timestamp, "the, country" c, amount\nfrom orders -- all of them',
        );
        assert.equal(table, "orders");
        assert.deepEqual(
            [...(columns ?? [])],
            [
                ["timestamp", "created_at"],
                ["c", "the, country"],
                ["amount", "amount"],
            ],
        );
        assert.deepEqual(readQuery("SELECT * FROM orders"), { table: "orders", columns: undefined });
    });

    it("takes the window's own bounds for what they are", () => {
        assert.equal(readQuery("select ts, n from t where ts >= {{start}} and ts < {{end}}").table, "t");
    });

    it("refuses what would need a database, and names one that has it", () => {
        for (const query of [
            "select ts, sum(n) as n from t group by ts",
            "select ts, n from a join b using (id)",
            "select ts, n from t where n > 1",
            "delete from t",
            "",
        ])
            assert.throws(
                () => readQuery(query),
                { name: "QueryError", message: /runs no SQL.*athena or duckdb/s },
                query,
            );
    });
});
