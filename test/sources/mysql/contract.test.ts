import type { Connection } from "mysql2/promise";
import { type ContractRow, describeExtractor, type ExtractorFixture } from "../../contract/extractor";
import { missingMariadb } from "../../support/mariadbServer";
import { type MysqlBench, mysqlPassword, openMysqlBench } from "../../support/mysqlBench";

/** What the session's zone is called where the server has no table of zones, as a fresh one has none. */
const offsets: Readonly<Record<string, string>> = {
    UTC: "+00:00",
    "Asia/Kolkata": "+05:30",
    "America/Los_Angeles": "-08:00",
};

async function openFixture(): Promise<ExtractorFixture> {
    const bench = await openMysqlBench();
    await bench.putSecret("lacking", { username: "" });
    await bench.server.exec("set global log_output = 'TABLE'; set global general_log = on");
    let holding: Connection | undefined;
    let waited = false;
    const release = (): void => {
        holding?.destroy();
        [holding, waited] = [undefined, false];
    };
    return {
        kind: "streams",
        extractor: bench.extractor(),
        store: bench.store,
        bucket: bench.bucket,
        zonedQuery: "select instant as ts, platform, views from events",
        async load(rows) {
            release();
            await load(bench, rows);
        },
        async setSessionTimeZone(zone) {
            await bench.server.exec(`set global time_zone = '${offsets[zone]}'`);
        },
        submitted: () => count(bench, "select count(*) from mysql.general_log where argument like 'select q.%'"),
        async underWay() {
            const sql = "select count(*) from information_schema.processlist where user = 'lookout'";
            const sessions = await count(bench, sql);
            // The extraction that was held has been given up: those after it are not held.
            if (waited && sessions === 0) release();
            waited = holding !== undefined && sessions > 0;
            return sessions;
        },
        async hold() {
            holding = await bench.server.connect();
            await holding.query("use shop");
            await holding.query("lock tables events write");
        },
        settle: async () => undefined,
        openWrong: () => ({
            extractor: bench.extractor({ secret: "lacking" }),
            key: "lookout:sources.warehouse.secret",
        }),
        passwords: [mysqlPassword],
        async close() {
            release();
            await bench.close();
        },
    };
}

const count = async ({ server }: MysqlBench, sql: string): Promise<number> => Number((await server.exec(sql))[0]?.[0]);

async function load({ server }: MysqlBench, rows: readonly ContractRow[]): Promise<void> {
    const connection = await server.connect();
    try {
        await connection.query("use shop; set time_zone = '+00:00'; truncate events");
        for (const { ts, platform, views } of rows) {
            await connection.query("insert into events values (?, ?, ?, ?)", [ts, ts, platform, views]);
        }
    } finally {
        connection.destroy();
    }
}

const reason = missingMariadb();

if (reason === undefined) {
    describeExtractor("sources/mysql, on MariaDB,", openFixture);
} else {
    describe("sources/mysql keeps the extractor's contract", () => {
        it.skip(`is not tested: ${reason}`);
    });
}
