import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type DuckdbBench, openDuckdbBench } from "../../support/duckdbBench";
import { specOf } from "../../support/specs";

describe("sources/duckdb, asked to look by a caller whose time is over", () => {
    const window = { start: Date.parse("2026-01-01T10:00:00Z"), end: Date.parse("2026-01-01T11:00:00Z") };
    // A query that counts for hours.
    const query =
        "select timestamp '2026-01-01 10:00:00' as ts, 'web' as platform, sum(range) as views from range(1000000000000)";
    let bench: DuckdbBench;
    before(async () => {
        bench = await openDuckdbBench();
        await bench.write("shop.db", ["create table events (ts timestamp, platform varchar, views bigint)"]);
    });
    after(() => bench.close());

    it("interrupts the query and is busy, which stops no backfill", async () => {
        const caller = new AbortController();
        const looking = bench
            .extractor({ database: bench.file("shop.db") })
            .inspect(specOf({ query }), window, caller.signal);
        const failing = assert.rejects(looking, {
            name: "SourceBusyError",
            message: /longer than the function's time/,
        });
        // Enough turns for the query's columns to be known and its rows to be counted; an abort that comes before that ends the same.
        while (bench.counts.open === 0) await nextTurn();
        for (let turns = 0; turns < 200; turns += 1) await nextTurn();
        caller.abort();
        await failing;
        assert.equal(bench.counts.open, 0);
    });

    it("begins nothing", async () => {
        const extractor = bench.extractor({ database: bench.file("shop.db") });
        await assert.rejects(extractor.describe(specOf(), AbortSignal.abort()), { name: "SourceBusyError" });
    });
});
