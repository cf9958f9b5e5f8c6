import { spawnSync } from "node:child_process";
import {
    openPostgresServer,
    type PostgresServer,
    serverPassword,
    testAuthority,
} from "../../test/support/postgresServer";
import { runCommand } from "./command";
import { type Database, marketplaces, platforms, wholeWindow, windowedQuery } from "./database";

/** A real server on the loopback interface, by TLS, against psql. */
export const postgresDatabase: Database = {
    name: "postgres",
    baseline: String.raw`psql -c "\copy (query) to file csv header"`,
    findMissing: () =>
        spawnSync("psql", ["--version"]).status === 0
            ? undefined
            : "there is no psql to compare with; apt-get install postgresql-client, or put one into the PATH",
    async open(_folder, rows) {
        const server = await openPostgresServer();
        await load(server, rows);
        const { port } = server;
        const login = { username: "postgres", password: serverPassword, host: "localhost", port, dbname: "shop" };
        return {
            config: { type: "postgres", secret: "bench-postgres", certificateAuthority: testAuthority },
            secrets: { "bench-postgres": login },
            async exportTo(file, window) {
                const copy = String.raw`\copy (${windowedQuery(window)}) to '${file}' csv header`;
                const at = ["-h", "localhost", "-p", String(port), "-U", "postgres", "-d", "shop"];
                await runCommand("psql", [...at, "-q", "-v", "ON_ERROR_STOP=1", "-c", copy], {
                    PGPASSWORD: serverPassword,
                });
            },
            close: () => server.close(),
        };
    },
};

async function load(server: PostgresServer, rows: number): Promise<void> {
    const seconds = (wholeWindow.end - wholeWindow.start) / 1000;
    const names = (all: readonly string[]): string => all.map((name, index) => `(${index + 1}, '${name}')`).join(", ");
    await server.exec(`
        create table platform (id int primary key, name text);
        create table marketplace (id int primary key, name text);
        insert into platform values ${names(platforms)};
        insert into marketplace values ${names(marketplaces)};
        create unlogged table ecommerce (id bigint, ts timestamp, platform int, marketplace int, views int, revenue decimal(9, 2));
        insert into ecommerce
            select i, timestamp '2026-01-01' + floor(i * ${seconds}::float8 / ${rows}) * interval '1 second', 1 + i % ${platforms.length},
                1 + i % ${marketplaces.length}, 100 + i % 301, ((i * 37) % 100000) / 100.0
            from generate_series(0, ${rows - 1}) i;
        create index on ecommerce (ts)`);
    await server.exec("vacuum analyze ecommerce");
}
