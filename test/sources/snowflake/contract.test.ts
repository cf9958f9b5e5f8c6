import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { openS3ObjectStore } from "../../../objects/s3ObjectStore";
import { collect } from "../../../pipeline/collect";
import type { Extraction, Extractor } from "../../../sources/metricSource";
import { snowflakeSchema } from "../../../sources/snowflake/config";
import { open } from "../../../sources/snowflake/extractor";
import { type ContractRow, describeExtractor, type ExtractorFixture } from "../../contract/extractor";
import { SnowflakeServer } from "../../support/snowflake/server";
import { specOf } from "../../support/specs";
import { openWiredCloud } from "../../support/wiredCloud";

const bucket = "metrics";
const passphrase = "correct-horse-battery-staple";
const otherPassphrase = "another-horse-altogether";
const now = Date.parse("2026-01-01T12:00:00Z");
const start = Date.parse("2026-01-01T10:00:00Z");
const window = { start, end: start + 3_600_000 };
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const encrypted = privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase }).toString();
const clear = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const table = "create table events (ts timestamp, platform varchar(200), views bigint)";

/** Real HTTP against a SQL API whose engine is PostgreSQL; secrets and S3 by the real SDK and the embedded cloud. */
async function openAccount() {
    const cloud = await openWiredCloud(now);
    const { wire, client } = cloud;
    await wire.buckets.create(bucket);
    const s3 = new S3Client({ ...client, forcePathStyle: true });
    const store = openS3ObjectStore(s3, bucket);
    const server = await SnowflakeServer.open({
        account: "MYORG-MY_SHOP",
        username: "LOOKOUT",
        publicKey,
        bucket,
        store,
        integration: "LOOKOUT",
        stage: "SALES.PUBLIC.LOOKOUT",
        misledStage: "SALES.PUBLIC.FOLDER",
        now: () => now,
    });
    await server.engine.exec(table);
    await wire.secrets.put("snowflake", { username: "lookout", privateKey: encrypted, passphrase });
    await wire.secrets.put("clear", { username: "lookout", privateKey: clear });
    await wire.secrets.put("locked", { username: "lookout", privateKey: encrypted, passphrase: otherPassphrase });
    const extractor = (changes: object = {}): Extractor => {
        const config = snowflakeSchema.parse({
            type: "snowflake",
            account: "myorg-my_shop",
            secret: "snowflake",
            role: "lookout",
            warehouse: "lookout_wh",
            ...("stage" in changes ? {} : { storageIntegration: "LOOKOUT" }),
            ...changes,
        });
        return open(
            { name: "warehouse", config, region: client.region },
            {
                endpoint: server.url,
                now: () => now,
                secrets: new SecretsManagerClient(client),
                s3,
                sleep: () => server.settle(),
            },
        );
    };
    const close = async (): Promise<void> => {
        await server.close();
        await cloud.close();
    };
    return { server, store, extractor, close };
}

/** NULL is nothing in CSV and text is always quoted, so that the two are kept apart on the way in. */
async function load({ engine }: SnowflakeServer, rows: readonly ContractRow[]): Promise<void> {
    const quote = (text: string | null): string => (text === null ? "" : `"${text.replaceAll('"', '""')}"`);
    const lines = rows.map(({ ts, platform, views }) => `${ts},${quote(platform)},${views}`);
    await engine.exec("truncate events");
    await engine.copyFrom("events", ["ts,platform,views", ...lines].join("\n"));
}

async function openFixture(): Promise<ExtractorFixture> {
    const { server, store, extractor, close } = await openAccount();
    return {
        kind: "exports",
        extractor: extractor(),
        store,
        bucket,
        zonedQuery: "select ts at time zone 'UTC' as ts, platform, views from events",
        load: (rows) => load(server, rows),
        setSessionTimeZone: (zone) => server.engine.exec(`set timezone to '${zone}'`),
        submitted: async () => server.statements.length,
        underWay: async () => server.statements.filter(({ state }) => state === "running").length,
        // A statement runs when it is told to settle.
        hold: () => undefined,
        settle: () => server.settle(),
        openWrong: () => ({ extractor: extractor({ secret: "locked" }), key: "lookout:sources.warehouse.secret" }),
        passwords: [passphrase, otherPassphrase, encrypted.slice(100, 200), clear.slice(100, 200)],
        close,
    };
}

describeExtractor("sources/snowflake", openFixture);

describe("sources/snowflake against a SQL API", () => {
    let account: Awaited<ReturnType<typeof openAccount>>;

    before(async () => {
        account = await openAccount();
    });

    after(async () => account.close());

    const extraction: Extraction = {
        detector: "ecommerce",
        spec: specOf(),
        window,
        kind: "live",
        bucket,
        prefix: "ecommerce/live/20260101/1000/g-a/",
        token: "t",
    };

    /** Extracts under a prefix of its own; gives the rows of all files. */
    const rowsOf = async (spec: Parameters<typeof specOf>[0], name: string, config: object = {}): Promise<string[]> => {
        const prefix = `test/live/${name}/`;
        const extractor = account.extractor(config);
        const ticket = await extractor.start({ ...extraction, spec: specOf(spec), prefix, token: name });
        await account.server.settle();
        await extractor.status(ticket);
        const objects = await collect(account.store.list(prefix));
        const texts = await Promise.all(
            objects.map(async ({ key }) => (await account.store.get(key))?.body.toString()),
        );
        return texts.flatMap((text) => (text ?? "").trimEnd().split("\n").slice(1));
    };

    it("signs in as the user, and says role, warehouse, zone, tag and time limit with the statement", async () => {
        await account.extractor({ sourceTimeZone: "Europe/Berlin", schema: '"my schema"' }).describe(specOf());
        const { statement, ...body } = account.server.bodies.at(-1) ?? { statement: "" };
        assert.match(statement, /where 1 = 0$/);
        assert.deepEqual(body, {
            timeout: 3600,
            role: "LOOKOUT",
            warehouse: "LOOKOUT_WH",
            schema: "my schema",
            parameters: { timezone: "Europe/Berlin", query_tag: "lookout check", multi_statement_count: "1" },
        });
    });

    it("describes a query's columns by what they hold, called as they are configured", async () => {
        assert.deepEqual(
            await account
                .extractor()
                .describe(specOf({ query: 'select ts, platform as "My Platform", views from events' })),
            [
                { name: "ts", type: "timestamp_ntz", kind: "timestamp" },
                { name: "My Platform", type: "text", kind: "text" },
                { name: "views", type: "fixed", kind: "number" },
            ],
        );
    });

    it("looks at a window without writing anything", async () => {
        await load(account.server, [
            { ts: "2026-01-01 10:00:00", platform: "web", views: "1" },
            { ts: "2026-01-01 10:10:00", platform: null, views: "2" },
            { ts: "2026-01-01 11:00:00", platform: "app", views: "3" },
        ]);
        const before = await collect(account.store.list(""));
        const { columns, ...found } = await account.extractor().inspect(specOf(), window);
        assert.deepEqual(found, {
            rows: 2,
            combinations: 2,
            nulls: { ts: 0, views: 0 },
            sample: [
                ["2026-01-01 10:00:00", "web", "1"],
                ["2026-01-01 10:10:00", null, "2"],
            ],
        });
        assert.deepEqual(
            columns.map(({ kind }) => kind),
            ["timestamp", "text", "number"],
        );
        assert.deepEqual(await collect(account.store.list("")), before);
    });

    it("says how many rows were written", async () => {
        await load(account.server, [{ ts: "2026-01-01 10:00:00", platform: "web", views: "1" }]);
        const ticket = await account.extractor().start({ ...extraction, prefix: "rows/live/x/", token: "rows" });
        assert.deepEqual(await account.extractor().status(ticket), { state: "running" });
        await account.server.settle();
        assert.deepEqual(await account.extractor().status(ticket), { state: "finished", rows: 1 });
    });

    const written: Record<string, [column: string, format: string, sourceTimeZone: string]> = {
        "a timestamp in a zone of its own": [
            "timestamptz '2026-01-01 12:30:00+02:00'",
            "yyyy-MM-dd HH:mm:ss",
            "Europe/Berlin",
        ],
        "a timestamp of the source's zone": [
            "timestamp '2026-01-01 11:30:00.9'",
            "yyyy-MM-dd HH:mm:ss",
            "Europe/Berlin",
        ],
        "ISO text with an offset": ["text '2026-01-01T12:30:00+02:00'", "yyyy-MM-dd'T'HH:mm:ssXXX", "Europe/Berlin"],
        "ISO text of the source's zone": ["text '2026-01-01 11:30'", "yyyy-MM-dd HH:mm", "Europe/Berlin"],
        "text by a pattern": ["text '01.01.2026 11:30'", "dd.MM.yyyy HH:mm", "Europe/Berlin"],
        seconds: ["1767263400", "UNIX", "Europe/Berlin"],
        milliseconds: ["1767263400999::bigint", "UNIX", "UTC"],
    };
    for (const [what, [column, format, sourceTimeZone]] of Object.entries(written)) {
        it(`reads ${what}`, async () => {
            const query = `select ${column} as ts, text 'web' as platform, 1 as views`;
            const timestamp = { column: "ts", format };
            const rows = await rowsOf({ query, timestamp, sourceTimeZone }, what.replaceAll("'", ""), {
                sourceTimeZone,
            });
            assert.deepEqual(rows, ['"2026-01-01 10:30:00","web","1"']);
        });
    }

    it("reads days, and clocks on both sides of a change, in the source's zone", async () => {
        const query =
            "select * from (values (timestamp '2026-10-25 01:30:00', 'before', 1), (timestamp '2026-10-25 03:30:00', 'after', 2), " +
            "(date '2026-10-25', 'day', 3)) v (ts, platform, views) where {{start}} < {{end}}";
        const rows = await rowsOf({ query, sourceTimeZone: "Europe/Berlin" }, "autumn", {
            sourceTimeZone: "Europe/Berlin",
        });
        assert.deepEqual(rows.sort(), [
            '"2026-10-24 22:00:00","day","3"',
            '"2026-10-24 23:30:00","before","1"',
            '"2026-10-25 02:30:00","after","2"',
        ]);
    });

    it("keeps decimals as they are, and names of columns that need quotes", async () => {
        const query =
            "select timestamp '2026-01-01 10:00:00' as ts, text 'a' as \"Country, ISO\", 12345678901234567890.123456789 as amount";
        const spec = {
            query,
            dimensions: ["Country, ISO"],
            measures: [{ name: "amount", aggregation: "SUM" as const }],
        };
        assert.deepEqual(await rowsOf(spec, "decimals"), [
            '"2026-01-01 10:00:00","a","12345678901234567890.123456789"',
        ]);
        const [{ key = "" } = {}] = await collect(account.store.list("test/live/decimals/"));
        const text = (await account.store.get(key))?.body.toString() ?? "";
        assert.equal(text.split("\n")[0], 'ts,"Country, ISO",amount');
    });

    it("writes through a stage, signed in by a key that is not encrypted", async () => {
        const query = "select timestamp '2026-01-01 10:00:00' as ts, text 'a' as platform, 1 as views";
        const config = { stage: "SALES.PUBLIC.LOOKOUT", secret: "clear" };
        assert.deepEqual(await rowsOf({ query }, "stage", config), ['"2026-01-01 10:00:00","a","1"']);
    });

    it("says that a stage leads elsewhere, instead of taking the window for empty", async () => {
        const extractor = account.extractor({ stage: "SALES.PUBLIC.FOLDER" });
        const ticket = await extractor.start({ ...extraction, prefix: "stage/live/x/", token: "stage" });
        await account.server.settle();
        await assert.rejects(extractor.status(ticket), {
            name: "QueryError",
            message:
                /wrote 1 rows, and none of them to s3:\/\/metrics\/stage\/live\/x\/.*lookout:sources\.warehouse\.stage/,
        });
    });

    it("extracts again where two statements wrote into one folder", async () => {
        const prefix = "doubled/live/x/";
        const [first, second] = await Promise.all(
            ["one", "two"].map((token) => account.extractor().start({ ...extraction, prefix, token })),
        );
        assert.notEqual(first?.statementId, second?.statementId);
        await account.server.settle();
        await assert.rejects(account.extractor().status(first!), {
            name: "SourceBusyError",
            message: /two statements/,
        });
    });
});
