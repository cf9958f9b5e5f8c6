import assert from "node:assert/strict";
import { sortFailure } from "../../../sources/postgres/failures";
import { pageBlocks } from "../../support/pageBlocks";
import { openPostgresBench, type PostgresBench, userPassword } from "../../support/postgresBench";
import { assertFails, attemptAt, bySecret } from "../../support/postgresFailures";
import { serverPassword, testAuthority } from "../../support/postgresServer";
import { openClearTextServer, openTunnel } from "../../support/tunnel";

describe("sources/postgres, refused", () => {
    let bench: PostgresBench;
    before(async () => {
        bench = await openPostgresBench();
        await bench.server.exec("insert into events values ('2026-01-01 10:00:00', 'web', 1)");
    });
    after(() => bench.close());

    const byIam = () => {
        const at = { user: "postgres", host: "localhost", port: bench.server.port, database: "shop" };
        return { ...at, certificateAuthority: testAuthority };
    };

    it("will not work with a wrong password, and says where it stands", async () => {
        await bench.putSecret("wrong", { password: "wrong-password" });
        await assertFails(
            bench,
            { name: "QueryError", message: /password authentication failed .* secret of lookout:sources\.warehouse/s },
            { config: bySecret(bench, { secret: "wrong" }) },
        );
    });

    it("takes a password that was rotated without being opened again", async () => {
        await bench.putSecret("rotated");
        const extractor = bench.extractor(bySecret(bench, { secret: "rotated" }));
        await extractor.start(attemptAt(bench));
        await bench.server.exec("alter role lookout password 'another-one'");
        await bench.putSecret("rotated", { password: "another-one" });
        await assert.doesNotReject(extractor.start(attemptAt(bench)));
        await bench.server.exec(`alter role lookout password '${userPassword}'`);
    });

    it("names the secret that does not exist", async () => {
        const config = bySecret(bench, { secret: "no-such-secret" });
        await assertFails(bench, { name: "NotFoundError", message: /"no-such-secret"/ }, { config });
    });

    it("tries again when nobody listens at the address, and says what else it may be", async () => {
        const gone = await openTunnel(bench.server.port);
        await gone.close();
        const config = bySecret(bench, { port: gone.port });
        await assertFails(bench, { name: "SourceBusyError", message: /ECONNREFUSED.*securityGroupIds/s }, { config });
    });

    it("names the key of a host that nobody knows", () => {
        const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND orders"), { code: "ENOTFOUND" });
        const sorted = sortFailure(unknown, { source: "warehouse", doing: "extracting the window" });
        assert.equal(sorted.name, "NotFoundError");
        assert.match(sorted.message, /ENOTFOUND orders\. Correct lookout:sources\.warehouse\.host/);
    });

    it("names the key of a database that does not exist", async () => {
        await assertFails(
            bench,
            { name: "NotFoundError", message: /database "returns" does not exist.*sources\.warehouse\.database/s },
            { config: bySecret(bench, { database: "returns" }) },
        );
    });

    it("does not talk to a server that nobody it knows vouches for", async () => {
        const config = { secret: bench.secret };
        await assertFails(bench, { name: "QueryError", message: /warehouse\.certificateAuthority/ }, { config });
    });

    it("does not talk to a server by another name than its certificate's, unless the authority is said to be enough", async () => {
        const config = bySecret(bench, { host: "127.0.0.1" });
        await assertFails(bench, { name: "QueryError", message: /warehouse\.sslmode/ }, { config });
        const trusting = bench.extractor({ ...config, sslmode: "verify-ca" });
        await assert.doesNotReject(trusting.start(attemptAt(bench)));
    });

    it("does not go on in clear text when the server has no TLS", async () => {
        const server = await openClearTextServer();
        try {
            const config = bySecret(bench, { port: server.port });
            await assertFails(bench, { name: "QueryError", message: /does not support SSL.*sslmode/s }, { config });
        } finally {
            await server.close();
        }
    });

    it("talks in clear text when it is told to", async () => {
        const extractor = bench.extractor({ secret: bench.secret, sslmode: "disable" });
        assert.equal((await extractor.start(attemptAt(bench))).rows, 1);
    });

    it("signs in by IAM with a token in place of a password", async () => {
        assert.equal((await bench.extractor(byIam()).start(attemptAt(bench))).rows, 1);
    });

    it("cannot write, whatever its user may do", async () => {
        await bench.server.exec(`
            create function take_away() returns bigint language sql volatile as 'delete from events returning views'`);
        const query = "select ts, platform, take_away() as views from events";
        await assertFails(bench, { name: "QueryError", message: /read-only/ }, { config: byIam(), query });
        assert.deepEqual(await bench.server.exec("select count(*) from events"), [["1"]]);
    });

    it("finds too many connections busy", async () => {
        await bench.server.exec("alter role lookout connection limit 0");
        const config = bySecret(bench);
        await assertFails(bench, { name: "SourceBusyError", message: /too many connections/ }, { config });
        await bench.server.exec("alter role lookout connection limit -1");
    });

    const mistakes: readonly (readonly [string, string, RegExp])[] = [
        ["a dimension that the query does not give", "select ts, platform as p, views from events", /dimensions\[0\]/],
        ["a timestamp that it does not give", "select ts as at, platform, views from events", /timestamp\.column/],
        ["a syntax error", "select ts, platform, views from from events", /syntax error.*detectors\.shop\.query/s],
        ["a table without permission", "select ts, platform, views from hidden", /denied.*SELECT on the tables/s],
        ["a number for a timestamp", "select views as ts, platform, views from events", /UNIX/],
        ["text that is no timestamp", "select platform as ts, platform, views from events", /timestamp's format/],
    ];
    for (const [what, query, message] of mistakes) {
        it(`names the remedy for ${what}`, async () => {
            await bench.server.exec("create table if not exists hidden (ts timestamp, platform text, views bigint)");
            await assertFails(bench, { name: "QueryError", message }, { config: bySecret(bench), query });
        });
    }

    describe("a role as its page makes it", () => {
        const [statements = "", byIamStatements = ""] = pageBlocks("sources/postgres/README.md", "sql");
        /** The page's statements for a role of another name, since the bench has its own. */
        const makeRole = async (name: string, sql: string): Promise<void> => {
            await bench.server.exec(sql.replaceAll("lookout", name).replaceAll("…", userPassword));
        };
        const orders = "select placed as ts, channel as platform, amount as views from orders";
        before(() =>
            bench.server.exec(`create table orders (placed timestamp, channel text, amount bigint);
                create table customers (id bigint); create table salaries (amount bigint);
                insert into orders values ('2026-01-01 10:15:00', 'web', 7)`),
        );

        it("extracts, and can write nothing and read nothing else", async () => {
            await makeRole("page_user", statements);
            await bench.putSecret("page", { username: "page_user" });
            const extractor = bench.extractor(bySecret(bench, { secret: "page" }));
            const attempt = attemptAt(bench, orders);
            await extractor.start(attempt);
            const written = (await bench.store.get(`${attempt.prefix}rows.csv`))?.body.toString();
            assert.equal(written, "ts,platform,views\n2026-01-01 10:15:00,web,7\n");
            for (const forbidden of [
                "insert into orders values (now(), 'web', 1)",
                "update orders set amount = 0",
                "delete from orders",
                "truncate orders",
                "drop table orders",
                "create table mine (a int)",
                "create schema mine",
                "create role another",
                "select * from salaries",
                "copy orders to '/tmp/orders'",
            ])
                await assert.rejects(
                    bench.server.exec(`set session authorization page_user; ${forbidden}`),
                    /permission denied|must be owner/,
                    forbidden,
                );
        });

        it("signs in by IAM with no password of its own", async () => {
            await bench.server.exec("create role rds_iam");
            await makeRole("iam_user", byIamStatements);
            await makeRole("iam_user", statements.split("\n").slice(1).join("\n"));
            // What the server of Amazon asks IAM, this one asks a password that is like the token.
            await bench.server.exec(`alter role iam_user password '${serverPassword}'`);
            const keys = { ...byIam(), user: "iam_user" };
            const attempt = attemptAt(bench, orders);
            await bench.extractor(keys).start(attempt);
            assert.match((await bench.store.get(`${attempt.prefix}rows.csv`))?.body.toString() ?? "", /,web,7\n$/);
        });
    });
});
