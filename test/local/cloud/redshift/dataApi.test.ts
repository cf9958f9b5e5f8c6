import {
    CancelStatementCommand,
    DescribeStatementCommand,
    ExecuteStatementCommand,
    GetStatementResultCommand,
    ListStatementsCommand,
    RedshiftDataClient,
    type DescribeStatementResponse,
    type ExecuteStatementInput,
    type GetStatementResultResponse,
} from "@aws-sdk/client-redshift-data";
import assert from "node:assert/strict";
import type { Warehouse } from "../../../../local/cloud/service";
import { allow, openWireWorld, wireStart, type ClientConfig, type WireWorld } from "../../../support/wireWorld";

const target = { ClusterIdentifier: "sample", Database: "dev", SecretArn: "warehouse" };

describe("local/cloud/redshift/dataApi", () => {
    let world: WireWorld;
    let warehouse: Warehouse;
    let client: RedshiftDataClient;

    before(async () => {
        world = await openWireWorld();
        warehouse = await world.wire.redshift.addCluster({
            identifier: "sample",
            database: "dev",
            user: "admin",
            secretName: "warehouse",
        });
        await warehouse.exec("create table orders (id int, name varchar(20), price decimal(9,2), at timestamp)");
        await warehouse.copyFrom("orders", "id,name,price,at\n1,a,1.50,2026-01-01 00:00:00\n2,,,\n");
        client = new RedshiftDataClient(world.client);
    });
    afterEach(() => world.wire.faults.clear());
    after(async () => {
        client.destroy();
        await world.close();
    });

    const submit = async (Sql: string, more: Partial<ExecuteStatementInput> = {}): Promise<string> =>
        (await client.send(new ExecuteStatementCommand({ ...target, Sql, ...more }))).Id!;
    const describeOne = (Id: string): Promise<DescribeStatementResponse> =>
        client.send(new DescribeStatementCommand({ Id }));
    const finish = async (Id: string): Promise<DescribeStatementResponse> => {
        await world.clock.runUntilIdle(Infinity);
        return describeOne(Id);
    };
    const run = async (sql: string, more?: Partial<ExecuteStatementInput>): Promise<DescribeStatementResponse> =>
        finish(await submit(sql, more));
    const rows = async (Sql: string): Promise<GetStatementResultResponse> => {
        const { Id, Error: reason } = await run(Sql);
        assert.equal(reason, undefined);
        return client.send(new GetStatementResultCommand({ Id }));
    };

    it("lets a statement pass through its states as the clock moves, and runs it at the end", async () => {
        const { clock } = world;
        const begin = clock.now();
        const id = await submit("insert into orders values (3, 'late', 1, getdate())");
        assert.equal((await describeOne(id)).Status, "SUBMITTED");
        await clock.advanceTo(begin + 200);
        assert.equal((await describeOne(id)).Status, "STARTED");
        await clock.advanceTo(begin + 999);
        assert.deepEqual(await warehouse.query("select id from orders where id = 3"), []);
        await clock.advanceTo(begin + 1000);
        const { Status, CreatedAt, Duration, HasResultSet, ResultRows } = await describeOne(id);
        assert.deepEqual([Status, CreatedAt?.getTime(), Duration], ["FINISHED", begin, 1_000_000_000]);
        assert.deepEqual([HasResultSet, ResultRows], [false, 1]);
        await warehouse.exec("delete from orders where id = 3");
    });

    it("gives rows with their types, NULL apart from the empty text", async () => {
        const { Records, ColumnMetadata, TotalNumRows } = await rows(
            "select id, name, price, at, id = 1 as yes, 9007199254740993::bigint::varchar, 1.5::float8 from orders order by id",
        );
        assert.deepEqual(
            Records?.map((record) => record.slice(0, 5)),
            [
                [
                    { longValue: 1 },
                    { stringValue: "a" },
                    { stringValue: "1.50" },
                    { stringValue: "2026-01-01 00:00:00" },
                    { booleanValue: true },
                ],
                [{ longValue: 2 }, { isNull: true }, { isNull: true }, { isNull: true }, { booleanValue: false }],
            ],
        );
        assert.deepEqual(Records?.[0]?.slice(5), [{ stringValue: "9007199254740993" }, { doubleValue: 1.5 }]);
        assert.deepEqual(
            ColumnMetadata?.map(({ name, typeName }) => `${name} ${typeName}`),
            [
                "id int4",
                "name varchar",
                "price numeric",
                "at timestamp",
                "yes bool",
                "varchar varchar",
                "float8 float8",
            ],
        );
        assert.equal(TotalNumRows, 2);
    });

    it("names the columns of a query that gives no rows", async () => {
        const { Records, ColumnMetadata } = await rows("select * from (\nselect * from orders -- all\n) q where 1 = 0");
        assert.deepEqual([Records, ColumnMetadata?.map(({ label }) => label)], [[], ["id", "name", "price", "at"]]);
    });

    it("gives long results page by page", async () => {
        const { Id } = await run("select n from generate_series(1, 1500) n");
        const first = await client.send(new GetStatementResultCommand({ Id }));
        const second = await client.send(new GetStatementResultCommand({ Id, NextToken: first.NextToken }));
        assert.deepEqual([first.Records?.length, second.Records?.length, second.NextToken], [1000, 500, undefined]);
        assert.deepEqual(second.Records?.[0], [{ longValue: 1001 }]);
    });

    it("carries the database's words when a statement fails", async () => {
        for (const [sql, expected] of [
            ["select nothing from orders", 'ERROR: column "nothing" does not exist'],
            ["selec 1", 'ERROR: syntax error at or near "selec"'],
            ["select 1; select 2", "ERROR: cannot insert multiple commands into a prepared statement"],
            ["select 1 / 0", "ERROR: division by zero"],
        ] as const) {
            const { Status, Error: reason, HasResultSet } = await run(sql);
            assert.deepEqual([Status, reason, HasResultSet], ["FAILED", expected, false]);
        }
        const { Records } = await rows("select 1 as n");
        assert.deepEqual(Records, [[{ longValue: 1 }]]);
    });

    it("submits once for one client token", async () => {
        const ClientToken = "token-1";
        const sql = "insert into orders values (4, 'once', 1, null)";
        const [first, again] = await Promise.all([submit(sql, { ClientToken }), submit(sql, { ClientToken })]);
        assert.equal(again, first);
        await finish(first);
        assert.equal(await submit(sql, { ClientToken }), first);
        assert.equal((await warehouse.query("select id from orders where id = 4")).length, 1);
        await assert.rejects(submit("select 2", { ClientToken }), { name: "ValidationException" });
        await warehouse.exec("delete from orders where id = 4");
    });

    it("stops a statement before it does anything, and says so of one that has ended", async () => {
        const Id = await submit("insert into orders values (5, 'never', 1, null)");
        await world.clock.advanceTo(world.clock.now() + 300);
        const { Status } = await client.send(new CancelStatementCommand({ Id }));
        assert.equal(Status, true);
        assert.equal((await finish(Id)).Status, "ABORTED");
        assert.deepEqual(await warehouse.query("select id from orders where id = 5"), []);
        await assert.rejects(client.send(new CancelStatementCommand({ Id })), {
            name: "ValidationException",
            message: /ABORTED/,
        });
    });

    it("forgets statements after a day", async () => {
        const { Id } = await run("select 1");
        await world.clock.advanceTo(world.clock.now() + 24 * 3600 * 1000);
        await assert.rejects(describeOne(Id!), { name: "ResourceNotFoundException", message: "Query does not exist." });
        await assert.rejects(describeOne("none"), { name: "ResourceNotFoundException" });
    });

    it("lists statements, newest first, by state and name", async () => {
        const first = await submit("select 1", { StatementName: "lookout one" });
        const second = await submit("select bad", { StatementName: "lookout two" });
        await finish(second);
        const list = async (more: object): Promise<(string | undefined)[]> =>
            (await client.send(new ListStatementsCommand({ StatementName: "lookout", ...more }))).Statements!.map(
                ({ Id }) => Id,
            );
        assert.deepEqual(await list({}), [second, first]);
        assert.deepEqual(await list({ Status: "FAILED" }), [second]);
        assert.deepEqual(await list({ MaxResults: 1 }), [second]);
    });

    it("knows the simulated time and Redshift's own functions", async () => {
        const { Records } = await rows(
            "select dateadd(hour, -1, '2026-03-01 00:30:00'), datediff(day, '2026-02-27', '2026-03-01'), convert_timezone('Europe/Berlin', '2026-07-01 00:00:00'), nvl(null, 7), trunc(sysdate)::varchar = current_date::varchar, getdate() > '2026-04-01'",
        );
        const text = (stringValue: string): object => ({ stringValue });
        assert.deepEqual(Records?.[0]?.slice(0, 4), [
            text("2026-02-28 23:30:00"),
            { longValue: 2 },
            text("2026-07-01 02:00:00"),
            { longValue: 7 },
        ]);
        assert.deepEqual(Records?.[0]?.slice(4), [{ booleanValue: true }, { booleanValue: true }]);
        const begin = world.clock.now();
        const now = (await rows("select getdate()")).Records?.[0]?.[0]?.stringValue;
        assert.equal(Date.parse(`${now}Z`), Math.floor((begin + 1000) / 1000) * 1000);
    });

    describe("connections", () => {
        it("fail as the database does for a wrong password or database", async () => {
            await world.wire.secrets.put("wrong", { username: "admin", password: "nope" });
            const refused = await run("select 1", { SecretArn: "wrong" });
            assert.deepEqual(
                [refused.Status, refused.Error],
                ["FAILED", 'FATAL: password authentication failed for user "admin"'],
            );
            const missing = await run("select 1", { Database: "none" });
            assert.deepEqual([missing.Status, missing.Error], ["FAILED", 'FATAL: database "none" does not exist']);
        });

        it("are refused at once for what the service can tell", async () => {
            await world.wire.secrets.put("bare", { user: "admin" });
            await world.wire.secrets.put("text", "no json");
            for (const [more, message] of [
                [{ SecretArn: "none" }, "Secrets Manager can't find the specified secret."],
                [{ SecretArn: "bare" }, "username and password in secret cannot be empty"],
                [{ SecretArn: "text" }, "The secret is not a JSON object."],
                [{ ClusterIdentifier: "none" }, "Redshift endpoint doesn't exist in this region."],
                [{ WorkgroupName: "both" }, "Specify either ClusterIdentifier or WorkgroupName."],
                [{ Sql: "x".repeat(102_401) }, "The statement is longer than 100 KB."],
            ] as const) {
                const refused = client.send(new ExecuteStatementCommand({ ...target, Sql: "select 1", ...more }));
                await assert.rejects(refused, { name: "ValidationException", message });
            }
        });

        it("read the same tables through temporary credentials", async () => {
            const { Status, DbUser } = await run("select * from orders", { SecretArn: undefined, DbUser: "reporter" });
            assert.deepEqual([Status, DbUser], ["FINISHED", "reporter"]);
        });

        it("reach a workgroup's own database", async () => {
            const workgroup = await world.wire.redshift.addWorkgroup({
                name: "team",
                database: "dev",
                secretName: "team-secret",
            });
            await workgroup.exec("create table only_here (id int)");
            const to = { ClusterIdentifier: undefined, WorkgroupName: "team" };
            assert.equal(
                (await run("select * from only_here", { ...to, SecretArn: "team-secret" })).Status,
                "FINISHED",
            );
            assert.equal((await run("select * from only_here")).Status, "FAILED");
        });
    });

    describe("permissions", () => {
        const cluster = "arn:aws:redshift:us-east-1:123456789012:cluster:sample";
        const own = { StringEquals: { "redshift-data:statement-owner-iam-userid": "${aws:userid}" } };
        const follow = allow(
            ["redshift-data:DescribeStatement", "redshift-data:CancelStatement", "redshift-data:GetStatementResult"],
            "*",
            own,
        );
        const secret = allow(
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:warehouse-??????",
        );
        const submitAs = async (config: ClientConfig): Promise<string> => {
            const other = new RedshiftDataClient(config);
            try {
                return (await other.send(new ExecuteStatementCommand({ ...target, Sql: "select 1" }))).Id!;
            } finally {
                other.destroy();
            }
        };
        const look = async (config: ClientConfig, Id: string): Promise<string | undefined> => {
            const other = new RedshiftDataClient(config);
            try {
                return (await other.send(new DescribeStatementCommand({ Id }))).Status;
            } finally {
                other.destroy();
            }
        };

        it("are needed for the cluster and for the secret", async () => {
            const execute = allow("redshift-data:ExecuteStatement", cluster);
            await assert.rejects(submitAs(world.addRole("a").client), {
                name: "AccessDeniedException",
                message: /redshift-data:ExecuteStatement/,
            });
            await assert.rejects(submitAs(world.addRole("a", execute).client), {
                name: "AccessDeniedException",
                message: /secretsmanager:GetSecretValue/,
            });
            assert.ok(await submitAs(world.addRole("a", execute, secret).client));
            await world.clock.runUntilIdle(Infinity);
        });

        it("let a role follow its own statements only", async () => {
            const policies = [allow("redshift-data:ExecuteStatement", cluster), secret, follow];
            const [mine, other] = [
                world.addRole("mine", ...policies).client,
                world.addRole("other", ...policies).client,
            ];
            const id = await submitAs(mine);
            assert.notEqual(await look(mine, id), undefined);
            await assert.rejects(look(other, id), { name: "AccessDeniedException" });
            assert.equal((await finish(id)).Status, "FINISHED");
        });
    });

    describe("faults", () => {
        it("make a statement fail before or after it did its work", async () => {
            const error = { name: "Disk", message: "Disk Full" };
            const sql = "insert into orders values (6, 'x', 1, null)";
            for (const [when, count] of [
                ["before", 0],
                ["after", 1],
            ] as const) {
                world.wire.faults.inject({ at: "statement", when, match: (text) => String(text).includes("6"), error });
                const { Status, Error: reason } = await run(sql);
                assert.deepEqual([Status, reason], ["FAILED", "ERROR: Disk Full"]);
                assert.equal((await warehouse.query("select id from orders where id = 6")).length, count);
            }
            await warehouse.exec("delete from orders where id = 6");
        });

        it("make a call fail after the statement was submitted, so that only the token tells", async () => {
            world.wire.faults.inject({
                at: "redshift-data:ExecuteStatement",
                when: "after",
                error: { name: "InternalServerException", message: "lost" },
            });
            const ClientToken = "lost-answer";
            await assert.rejects(submit("select 1", { ClientToken }), { name: "InternalServerException" });
            const id = await submit("select 1", { ClientToken });
            assert.equal((await finish(id)).Status, "FINISHED");
        });
    });

    it("ends what an earlier process left running, and keeps roles and secret", async () => {
        const first = await openWireWorld();
        await first.wire.redshift.addCluster({
            identifier: "sample",
            database: "dev",
            user: "admin",
            secretName: "warehouse",
        });
        const before = new RedshiftDataClient(first.client);
        const { Id } = await before.send(new ExecuteStatementCommand({ ...target, Sql: "select 1", ClientToken: "t" }));
        before.destroy();
        const second = await first.reopen();
        await second.wire.redshift.addCluster({
            identifier: "sample",
            database: "dev",
            user: "admin",
            secretName: "warehouse",
        });
        const later = new RedshiftDataClient(second.client);
        const { Status, CreatedAt } = await later.send(new DescribeStatementCommand({ Id }));
        assert.deepEqual([Status, CreatedAt?.getTime()], ["ABORTED", wireStart]);
        const { Id: next } = await later.send(new ExecuteStatementCommand({ ...target, Sql: "select 1" }));
        await second.clock.runUntilIdle(Infinity);
        assert.equal((await later.send(new DescribeStatementCommand({ Id: next }))).Status, "FINISHED");
        later.destroy();
        await second.close();
    });
});
