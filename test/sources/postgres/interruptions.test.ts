import assert from "node:assert/strict";
import { openPostgresBench, type PostgresBench } from "../../support/postgresBench";
import { assertFails, attemptAt, bySecret, leftOf } from "../../support/postgresFailures";
import { openTunnel } from "../../support/tunnel";

/** So many rows that their extraction takes a second or more, and is still under way when it is looked at. */
const rows = 1_000_000;
const manyRows = `select ts, platform, views from events, generate_series(1, ${rows})`;

describe("sources/postgres, interrupted", () => {
    let bench: PostgresBench;
    before(async () => {
        bench = await openPostgresBench();
        await bench.server.exec("insert into events values ('2026-01-01 10:00:00', 'web', 1)");
    });
    after(() => bench.close());

    /** Waits until rows are on their way. */
    const untilStreaming = async (): Promise<void> => {
        const copying = "select count(*) from pg_stat_activity where state = 'active' and query like 'copy (%'";
        for (let looks = 0; (await bench.server.exec(copying))[0]?.[0] === "0"; looks += 1)
            assert.ok(looks < 1000, "the extraction never began");
    };

    it("leaves nothing behind when the connection is cut in mid-stream, and extracts all rows in the next attempt", async () => {
        const tunnel = await openTunnel(bench.server.port);
        const attempt = attemptAt(bench, manyRows);
        const extracting = bench.extractor(bySecret(bench, { port: tunnel.port })).start(attempt);
        const failing = assert.rejects(extracting, { name: "SourceBusyError", message: /terminated/ });
        await untilStreaming();
        tunnel.cut();
        await failing;
        await tunnel.close();
        assert.deepEqual(await leftOf(bench, attempt), []);
        const next = attemptAt(bench, manyRows);
        assert.equal((await bench.extractor().start(next)).rows, rows);
        assert.equal((await leftOf(bench, next)).length, 1);
    });

    it("leaves nothing behind when the server restarts in mid-stream, and works when it is back", async () => {
        const attempt = attemptAt(bench, manyRows);
        const failing = assert.rejects(bench.extractor().start(attempt), { name: "SourceBusyError" });
        await untilStreaming();
        await bench.server.stop();
        await failing;
        assert.deepEqual(await leftOf(bench, attempt), []);
        const config = bySecret(bench);
        await assertFails(bench, { name: "SourceBusyError", message: /ECONNREFUSED/ }, { config });
        await bench.server.start();
        assert.equal((await bench.extractor().start(attemptAt(bench))).rows, 1);
    });

    it("names the chunk when the server's time for a window is over", async () => {
        await assertFails(
            bench,
            { name: "QueryError", message: /lookout:detectors\.shop\.history\.chunk/ },
            {
                config: bySecret(bench),
                query: "select ts, platform, views from events, pg_sleep(60)",
                tools: { statementTimeoutMs: 50 },
            },
        );
    });

    it("is busy, and at fault in nothing, when a look takes longer than a look may", async () => {
        const { spec, window } = attemptAt(bench, "select ts, platform, views from events, pg_sleep(60)");
        const looking = bench.extractor(bySecret(bench), { briefTimeoutMs: 50 }).inspect(spec, window);
        await assert.rejects(looking, { name: "SourceBusyError", message: /looking at the window took longer/ });
    });

    it("stops a look, and is busy, when the caller's time is over", async () => {
        const { spec, window } = attemptAt(bench, "select ts, platform, views from events, pg_sleep(60)");
        const caller = new AbortController();
        const looking = bench.extractor().inspect(spec, window, caller.signal);
        const failing = assert.rejects(looking, {
            name: "SourceBusyError",
            message: /looking at the window took longer/,
        });
        const counting =
            "select count(*) from pg_stat_activity where state = 'active' and query like 'select count(*) as lookout_rows%'";
        while ((await bench.server.exec(counting))[0]?.[0] === "0");
        caller.abort();
        await failing;
        while ((await bench.server.exec(counting))[0]?.[0] !== "0");
    });

    it("does not even begin to look for a caller whose time is over", async () => {
        const { spec } = attemptAt(bench);
        await assert.rejects(bench.extractor().describe(spec, AbortSignal.abort()), { name: "SourceBusyError" });
    });

    it("is tried again when somebody else stops the statement", async () => {
        const attempt = attemptAt(bench, "select ts, platform, views from events, pg_sleep(60)");
        const failing = assert.rejects(bench.extractor().start(attempt), { name: "SourceBusyError" });
        await untilStreaming();
        await bench.server.exec("select pg_cancel_backend(pid) from pg_stat_activity where query like 'copy (%'");
        await failing;
    });

    it("stops the statement and leaves nothing when the caller gives up in mid-stream", async () => {
        const caller = new AbortController();
        const attempt = { ...attemptAt(bench, manyRows), signal: caller.signal };
        const failing = assert.rejects(bench.extractor().start(attempt), { message: /history\.chunk/ });
        await untilStreaming();
        caller.abort();
        await failing;
        assert.deepEqual(await leftOf(bench, attempt), []);
    });

    it("lets the faster of two writers of one attempt win, and counts no row twice", async () => {
        const attempt = attemptAt(bench);
        const extractor = bench.extractor();
        const tickets = await Promise.all([extractor.start(attempt), extractor.start(attempt)]);
        assert.ok(tickets.some((ticket) => ticket.rows === 1));
        assert.equal((await leftOf(bench, attempt)).length, 1);
    });

    it("packs the rows where it is told to", async () => {
        const attempt = attemptAt(bench);
        const { bytes } = await bench.extractor(bySecret(bench, { compression: "GZIP" })).start(attempt);
        const stored = await bench.store.get(`${attempt.prefix}rows.csv.gz`);
        assert.equal(stored?.body.length, bytes);
        assert.deepEqual([...(stored?.body.subarray(0, 2) ?? [])], [0x1f, 0x8b]);
    });
});
