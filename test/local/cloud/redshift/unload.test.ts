import {
    DescribeStatementCommand,
    ExecuteStatementCommand,
    RedshiftDataClient,
    type DescribeStatementResponse,
} from "@aws-sdk/client-redshift-data";
import { parse } from "csv-parse/sync";
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import type { ObjectStore } from "../../../../objects/objectStore";
import { allow, openWireWorld, type WireWorld } from "../../../support/wireWorld";

const role = "arn:aws:iam::123456789012:role/unload";
const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;

describe("local/cloud/redshift/unload", () => {
    let world: WireWorld;
    let client: RedshiftDataClient;
    let store: ObjectStore;

    before(async () => {
        // Delays of 0: statements run at once, without the clock.
        world = await openWireWorld({ statementDelays: { submittedMs: 0, startedMs: 0 } });
        await world.wire.redshift.addCluster({
            identifier: "sample",
            database: "dev",
            user: "admin",
            secretName: "warehouse",
        });
        world.addRole(
            "unload",
            allow("s3:PutObject", "arn:aws:s3:::metrics/shop/*"),
            allow("s3:ListBucket", "arn:aws:s3:::metrics"),
        );
        await attach([role]);
        client = new RedshiftDataClient(world.client);
    });
    beforeEach(async () => {
        await world.wire.buckets.create("metrics");
        store = world.wire.buckets.open("metrics");
    });
    afterEach(() => world.wire.buckets.remove("metrics"));
    after(async () => {
        client.destroy();
        await world.close();
    });

    const attach = async (add: string[], remove: string[] = []): Promise<void> => {
        const { ModifyClusterIamRolesCommand, RedshiftClient } = await import("@aws-sdk/client-redshift");
        const control = new RedshiftClient(world.client);
        await control.send(
            new ModifyClusterIamRolesCommand({ ClusterIdentifier: "sample", AddIamRoles: add, RemoveIamRoles: remove }),
        );
        control.destroy();
    };
    const run = async (Sql: string): Promise<DescribeStatementResponse> => {
        const target = { ClusterIdentifier: "sample", Database: "dev", SecretArn: "warehouse" };
        const { Id } = await client.send(new ExecuteStatementCommand({ ...target, Sql }));
        await world.activity.idle();
        return client.send(new DescribeStatementCommand({ Id }));
    };
    const unload = (
        query: string,
        options = "FORMAT AS CSV HEADER PARALLEL OFF",
        to = "s3://metrics/shop/a/",
    ): Promise<DescribeStatementResponse> =>
        run(`UNLOAD (${quoted(query)}) TO ${quoted(to)} IAM_ROLE '${role}' ${options}`);
    const keys = async (): Promise<string[]> => {
        const found: string[] = [];
        for await (const { key } of store.list("")) {
            found.push(key);
        }
        return found;
    };
    const text = async (key: string): Promise<string> => (await store.get(key))!.body.toString();
    const failure = async (done: Promise<DescribeStatementResponse>): Promise<string | undefined> => {
        const { Status, Error: reason } = await done;
        assert.equal(Status, "FAILED");
        return reason;
    };

    it("writes CSV with a header line, as Redshift names the file", async () => {
        const {
            Status,
            Error: reason,
            HasResultSet,
        } = await unload(
            "select 1 as id, 'x' as name, 2.50::decimal(9,2) as price, timestamp '2026-01-01 00:00:00' as at, true as yes",
        );
        assert.deepEqual([Status, reason, HasResultSet], ["FINISHED", undefined, false]);
        assert.deepEqual(await keys(), ["shop/a/000"]);
        assert.equal(await text("shop/a/000"), "id,name,price,at,yes\n1,x,2.50,2026-01-01 00:00:00,t\n");
    });

    it("carries quotes, backslashes, newlines and unicode through query and data unharmed", async () => {
        const values = [
            "it's",
            'say "hi"',
            "back\\slash",
            "two\nlines",
            "tab\t,comma",
            "é 😀",
            "'' \\' --",
            "/* no comment */",
        ];
        // In Redshift a backslash escapes inside literals, so that the query itself doubles it.
        const rows = values.map((value, index) => `select ${index} as n, ${quoted(value)} as v -- it's "a" comment`);
        assert.equal((await unload(`${rows.join("\nunion all\n")}\norder by n`)).Error, undefined);
        const records = parse(await text("shop/a/000"), { columns: true }) as unknown as { v: string }[];
        assert.deepEqual(
            records.map(({ v }) => v),
            values,
        );
    });

    it("keeps NULL apart from the empty text", async () => {
        await unload("select null::varchar as a, ''::varchar as b, ' ' as c");
        assert.equal(await text("shop/a/000"), 'a,b,c\n,"", \n');
    });

    it("takes a dollar-quoted query", async () => {
        await run(
            `unload ($$ select 'it''s' as v $$) to 's3://metrics/shop/a/' iam_role '${role}' csv header parallel off;`,
        );
        assert.equal(await text("shop/a/000"), "v\nit's\n");
    });

    it("writes no file for no rows", async () => {
        assert.equal((await unload("select 1 as id where false")).Status, "FINISHED");
        assert.deepEqual(await keys(), []);
    });

    it("writes one file per slice in parallel, each with its header, each row once, quoted newlines whole", async () => {
        await unload("select n, 'a\nb' as v from generate_series(1, 5) n", "FORMAT CSV HEADER");
        assert.deepEqual(await keys(), ["shop/a/0000_part_00", "shop/a/0001_part_00"]);
        const parts = await Promise.all((await keys()).map(text));
        const numbers = parts.flatMap((part) =>
            (parse(part, { columns: true }) as unknown as { n: string; v: string }[]).map(({ n }) => n),
        );
        assert.deepEqual(numbers, ["1", "2", "3", "4", "5"]);
    });

    it("writes one file in parallel for one row", async () => {
        await unload("select 1 as n", "CSV PARALLEL ON");
        assert.deepEqual([await keys(), await text("shop/a/0000_part_00")], [["shop/a/0000_part_00"], "1\n"]);
    });

    it("begins another file when one would grow too large", async () => {
        await unload(
            "select n, repeat('x', 1000) as v from generate_series(1, 12000) n",
            "CSV HEADER PARALLEL OFF MAXFILESIZE 5 MB",
        );
        const sizes = await Promise.all((await keys()).map(async (key) => (await store.get(key))!.body.length));
        assert.deepEqual(await keys(), ["shop/a/000", "shop/a/001", "shop/a/002"]);
        assert.ok(sizes.every((size) => size <= 5 * 1024 * 1024));
    });

    it("compresses, names an extension and lists its files when told to", async () => {
        await unload(
            "select 1 as n",
            "FORMAT CSV GZIP PARALLEL OFF MANIFEST ENCRYPTED AUTO MAXFILESIZE AS 6.2 GB REGION AS 'us-east-1'",
        );
        assert.deepEqual(await keys(), ["shop/a/000.gz", "shop/a/manifest"]);
        assert.equal(gunzipSync((await store.get("shop/a/000.gz"))!.body).toString(), "1\n");
        const { entries } = JSON.parse(await text("shop/a/manifest")) as { entries: { url: string }[] };
        assert.deepEqual(
            entries.map(({ url }) => url),
            ["s3://metrics/shop/a/000.gz"],
        );
        await unload("select 1 as n", "CSV PARALLEL OFF EXTENSION 'csv'", "s3://metrics/shop/b/");
        assert.equal(await text("shop/b/000.csv"), "1\n");
    });

    it("refuses a prefix that holds something already, unless it may overwrite or clean", async () => {
        await store.put("shop/a/old", "old");
        assert.match(
            (await failure(unload("select 1 as n")))!,
            /^ERROR: Specified unload destination on S3 is not empty/,
        );
        assert.deepEqual(await keys(), ["shop/a/old"]);
        await unload("select 1 as n", "CSV PARALLEL OFF ALLOWOVERWRITE");
        assert.deepEqual(await keys(), ["shop/a/000", "shop/a/old"]);
        await unload("select 2 as n", "CSV PARALLEL OFF CLEANPATH");
        assert.deepEqual([await keys(), await text("shop/a/000")], [["shop/a/000"], "2\n"]);
    });

    it("needs a role that is attached to the cluster", async () => {
        await attach([], [role]);
        assert.equal(
            await failure(unload("select 1 as n")),
            `ERROR: User arn:aws:redshift:us-east-1:123456789012:dbuser:sample/admin is not authorized to assume IAM Role ${role}`,
        );
        await attach([role]);
        assert.equal((await unload("select 1 as n")).Status, "FINISHED");
    });

    it("writes only where the role's policies let it", async () => {
        assert.match(
            (await failure(unload("select 1 as n", "CSV", "s3://metrics/other/")))!,
            /S3ServiceException:Access Denied,Status 403/,
        );
        assert.match(
            (await failure(unload("select 1 as n", "CSV", "s3://none/shop/")))!,
            /bucket does not exist,Status 404,Error NoSuchBucket/,
        );
        assert.match(
            (await failure(unload("select 1 as n", "CSV REGION 'eu-west-1'")))!,
            /different region.*PermanentRedirect/,
        );
    });

    it("writes with the last role of a chain, the first being attached", async () => {
        const chain = (to: string): Promise<DescribeStatementResponse> =>
            run(`UNLOAD ('select 1 as n') TO 's3://metrics/shop/c/' IAM_ROLE '${role},${to}' CSV`);
        world.addRole("powerless");
        assert.match((await failure(chain("arn:aws:iam::123456789012:role/powerless")))!, /Access Denied/);
        assert.equal((await chain("arn:aws:iam::210987654321:role/elsewhere")).Status, "FINISHED");
    });

    it("refuses what Redshift refuses", async () => {
        for (const [sql, expected] of [
            [
                `UNLOAD ('select 1 as n limit 5') TO 's3://metrics/shop/a/' IAM_ROLE '${role}' CSV`,
                "ERROR: Limit clause is not supported",
            ],
            [
                `UNLOAD ('select 1 as n') TO 's3://metrics/shop/a/' CSV`,
                "ERROR: No AWS credentials or IAM_ROLE were specified",
            ],
            [
                `UNLOAD ('select 1 as n') TO 's3://metrics/shop/a/' IAM_ROLE '${role}' CSV SIDEWAYS`,
                'ERROR: syntax error at or near "SIDEWAYS"',
            ],
            [
                `UNLOAD (select 1) TO 's3://metrics/shop/a/' IAM_ROLE '${role}' CSV`,
                'ERROR: syntax error at or near "select"',
            ],
            [
                `UNLOAD ('select nope') TO 's3://metrics/shop/a/' IAM_ROLE '${role}' CSV`,
                'ERROR: column "nope" does not exist',
            ],
            [
                `UNLOAD ('select 1 as n') TO 's3://metrics/shop/a/' IAM_ROLE '${role}' CSV MAXFILESIZE 1 MB`,
                "ERROR: MAXFILESIZE must be between 5 MB and 6.2 GB",
            ],
        ] as const) {
            assert.equal(await failure(run(sql)), expected);
        }
        assert.deepEqual(await keys(), []);
        assert.equal((await unload("select * from (select 1 as n limit 1) q")).Status, "FINISHED");
    });

    it("understands Redshift's dates in the query, but not in its literals", async () => {
        await unload(
            "select dateadd(day, 1, '2026-02-28'::date) as d, 'dateadd(day, sysdate)' as v, convert_timezone('UTC', 'Asia/Tokyo', '2026-01-01') as t",
        );
        assert.equal(
            await text("shop/a/000"),
            'd,v,t\n2026-03-01 00:00:00,"dateadd(day, sysdate)",2026-01-01 09:00:00\n',
        );
    });
});
