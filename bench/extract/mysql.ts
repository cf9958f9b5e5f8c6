import { spawnSync } from "node:child_process";
import { openMariadbServer, type MariadbServer, missingMariadb } from "../../test/support/mariadbServer";
import { testAuthority, testAuthorityFile } from "../../test/support/mysqlBench";
import { runCommand } from "./command";
import { type Database, marketplaces, platforms, wholeWindow, windowedQuery } from "./database";

const password = "bench-of-extraction";

/** A real MariaDB server on the loopback interface, by TLS, against the client that comes with it. */
export const mysqlDatabase: Database = {
    name: "mysql",
    baseline: 'mysql --batch -e "query" > file',
    findMissing: () =>
        missingMariadb() ??
        (spawnSync("mariadb", ["--version"]).status === 0
            ? undefined
            : "there is no mariadb client to compare with; apt-get install mariadb-client"),
    async open(_folder, rows) {
        const server = await openMariadbServer();
        await load(server, rows);
        const { port } = server;
        const login = { username: "bench", password, host: "localhost", port, dbname: "shop" };
        return {
            config: { type: "mysql", secret: "bench-mysql", certificateAuthority: testAuthority },
            secrets: { "bench-mysql": login },
            async exportTo(file, window) {
                const tls = ["--ssl-ca", testAuthorityFile, "--ssl-verify-server-cert"];
                const at = ["--protocol=tcp", "-h", "localhost", "-P", String(port), "-u", "bench", "-D", "shop"];
                const run = `exec mariadb --no-defaults "$@" > '${file}'`;
                const call = ["sh", ...tls, ...at, "--batch", "-e", windowedQuery(window)];
                await runCommand("sh", ["-c", run, ...call], { MYSQL_PWD: password });
            },
            close: () => server.close(),
        };
    },
};

async function load(server: MariadbServer, rows: number): Promise<void> {
    const seconds = (wholeWindow.end - wholeWindow.start) / 1000;
    const names = (all: readonly string[]): string => all.map((name, index) => `(${index + 1}, '${name}')`).join(", ");
    await server.exec(`
        create user bench identified by '${password}' require ssl;
        grant select on shop.* to bench;
        use shop;
        set time_zone = '+00:00';
        create table platform (id int primary key, name varchar(40));
        create table marketplace (id int primary key, name varchar(40));
        insert into platform values ${names(platforms)};
        insert into marketplace values ${names(marketplaces)};
        create table ecommerce (id bigint primary key, ts timestamp not null, platform int, marketplace int, views int, revenue decimal(9, 2));
        insert into ecommerce
            select seq, timestamp '2026-01-01 00:00:00' + interval floor(seq * ${seconds} / ${rows}) second, 1 + seq % ${platforms.length},
                1 + seq % ${marketplaces.length}, 100 + seq % 301, ((seq * 37) % 100000) / 100.0
            from seq_0_to_${rows - 1};
        create index ecommerce_ts on ecommerce (ts);
        analyze table platform, marketplace, ecommerce`);
}
