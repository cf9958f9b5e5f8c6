import type { Client } from "pg";
import type { ContractRow } from "../../contract/extractor";
import { describeExtractor, type ExtractorFixture } from "../../contract/extractor";
import { openPostgresBench, type PostgresBench, userPassword } from "../../support/postgresBench";
import { serverPassword, testAuthority } from "../../support/postgresServer";

async function openFixture(): Promise<ExtractorFixture> {
    const bench = await openPostgresBench();
    const { server, store, bucket } = bench;
    await bench.putSecret("lacking", { dbname: undefined });
    let holder: Client | undefined;
    return {
        kind: "streams",
        extractor: bench.extractor(),
        store,
        bucket,
        zonedQuery: "select ts at time zone 'UTC' as ts, platform, views from events",
        load: (rows) => load(bench, rows),
        setSessionTimeZone: async (zone) => void (await server.exec(`alter role lookout set timezone to '${zone}'`)),
        submitted: () => server.statements("copy ("),
        underWay: () => connections(bench),
        async hold() {
            holder = await server.connect();
            await holder.query("begin; lock table events in access exclusive mode");
        },
        async settle() {
            await holder?.end();
            holder = undefined;
        },
        openWrong: () => ({
            extractor: bench.extractor({ secret: "lacking", certificateAuthority: testAuthority }),
            key: "lookout:sources.warehouse.secret",
        }),
        passwords: [userPassword, serverPassword],
        close: () => bench.close(),
    };
}

async function load({ server }: PostgresBench, rows: readonly ContractRow[]): Promise<void> {
    const client = await server.connect();
    try {
        await client.query("truncate events");
        for (const { ts, platform, views } of rows)
            await client.query("insert into events values ($1, $2, $3)", [ts, platform, views]);
    } finally {
        await client.end();
    }
}

/** Connections of extractors, as soon as one of them is held or all are gone: one that was closed takes the server a moment. */
async function connections({ server }: PostgresBench): Promise<number> {
    for (;;) {
        const [[all, held] = []] = await server.exec(
            "select count(*), count(*) filter (where wait_event_type = 'Lock') from pg_stat_activity where application_name like 'lookout warehouse%'",
        );
        if (all === "0" || held !== "0") return Number(all);
    }
}

describeExtractor("sources/postgres", openFixture);
